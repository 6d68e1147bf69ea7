/**
 * GETs `url` without credentials and without a cache, and calls `done` once with the status (0: no
 * answer within `timeoutMs`), the seconds of the header Retry-After (a date counts as none) and at
 * most `limit` bytes.
 *
 * @param {string} url
 * @param {number} timeoutMs
 * @param {number} limit
 * @param {(status: number, retryAfter: number | undefined, body: Uint8Array) => void} done
 * @returns {() => void} stops asking; `done` is not called after it
 */
export function ask(url, timeoutMs, limit, done) {
  const controller = new AbortController();
  let over = false;
  const end = (status, retryAfter, body) => {
    if (over) return;
    stop();
    done(status, retryAfter, body);
  };
  const fail = () => end(0, undefined, new Uint8Array());
  const timer = setTimeout(fail, timeoutMs);
  const stop = () => {
    over = true;
    clearTimeout(timer);
    controller.abort();
  };
  answer(url, limit, controller.signal).then((parts) => end(...parts), fail);
  return stop;
}

async function answer(url, limit, signal) {
  const response = await fetch(url, { signal, credentials: 'omit', cache: 'no-store' });
  const [, seconds] = /^\s*(\d{1,9})\s*$/.exec(response.headers.get('retry-after')) ?? [];
  return [response.status, seconds && Number(seconds), await body(response, limit)];
}

/** The beginning of the body: the rest is never read. */
async function body(response, limit) {
  const read = new Uint8Array(limit);
  let length = 0;
  const reader = response.body?.getReader();
  while (reader && length < limit) {
    const { value } = await reader.read();
    if (!value) break;
    const fits = value.subarray(0, limit - length);
    read.set(fits, length);
    length += fits.length;
  }
  return read.subarray(0, length);
}
