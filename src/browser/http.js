/** A request under which bytes move at least so fast goes on, ms for each of them: 256 a second. */
const MS_PER_BYTE = 4;

/**
 * Asks `url` without credentials and without a cache, `delayMs` from now, and calls `done` once with
 * the status (0: no answer within `timeoutMs`), the seconds of the header Retry-After (a date counts
 * as none) and at most `limit` bytes. A GET; a POST if there is a `body`.
 *
 * @param {string} url
 * @param {number} timeoutMs
 * @param {number} limit
 * @param {(status: number, retryAfter: number | undefined, body: Uint8Array) => void} done
 * @param {number} [delayMs]
 * @param {Uint8Array} [body]
 * @param {boolean} [form] whether the body is named as a form; else it has no type
 * @param {boolean} [patient] whether what moves has longer than `timeoutMs`: both bodies by their length
 * @returns {() => void} stops asking; `done` is not called after it
 */
export function ask(url, timeoutMs, limit, done, delayMs, body, form, patient) {
  const controller = new AbortController();
  let over = false;
  const end = (status, retryAfter, answered) => {
    if (over) return;
    stop();
    done(status, retryAfter, answered);
  };
  const fail = () => end(0, undefined, new Uint8Array());
  const begin = () => {
    let deadline = performance.now() + timeoutMs;
    const moved = (bytes) => {
      if (patient) deadline += bytes * MS_PER_BYTE;
      clearTimeout(timer);
      if (!over) timer = setTimeout(fail, deadline - performance.now());
    };
    moved(body?.length ?? 0);
    answer(url, limit, { ...post(body, form), signal: controller.signal }, moved).then((parts) => end(...parts), fail);
  };
  const stop = () => {
    over = true;
    clearTimeout(timer);
    controller.abort();
  };
  let timer = delayMs && setTimeout(begin, delayMs);
  if (!delayMs) begin();
  return stop;
}

/** POSTs something that nobody waits for, even if the page goes. @param {string} url @param {Uint8Array} body */
export function tell(url, body) {
  fetch(url, { ...post(body), keepalive: true, credentials: 'omit' }).catch(() => {});
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' };
const post = (body, form) => body && { method: 'POST', body, headers: form ? FORM : {} };

async function answer(url, limit, options, moved) {
  const response = await fetch(url, { ...options, credentials: 'omit', cache: 'no-store' });
  const [, seconds] = /^\s*(\d{1,9})\s*$/.exec(response.headers.get('retry-after')) ?? [];
  return [response.status, seconds && Number(seconds), await beginning(response, limit, moved)];
}

/** The beginning of the body: the rest is never read. */
async function beginning(response, limit, moved) {
  const chunks = [];
  let length = 0;
  const reader = response.body?.getReader();
  while (reader && length < limit) {
    const { value } = await reader.read();
    if (!value) break;
    chunks.push(value.subarray(0, limit - length));
    length += chunks.at(-1).length;
    moved(chunks.at(-1).length);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
