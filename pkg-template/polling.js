/**
 * Long polling in place of a WebSocket: loaded when a link is to be opened that way. One request waits for
 * frames, one sends; whatever fails ends the link, for the core to say what is repeated.
 */
import { PollLink } from './polling/link.js';

/** Empty answers come no faster than this, ms: a server that does not wait is not asked as fast as it answers. */
const EMPTY_MS = 1_000;
/** No more of an answer is read, bytes: a page of the largest messages, in JSON. */
const LIMIT = 1024 * 1024;
/** What `tell` is told besides a close code. */
const [OPENED, FRAME, FAILED] = [0, 1, 2];

/** What the end of a request would be called by a WebSocket. */
function codeOf(asked, status) {
  if (asked === 'send' && status === 413) return 1009;
  if (status === 429 || status === 503) return 1013;
  return asked === 'open' ? FAILED : 1006;
}

/**
 * Opens a link.
 * @param {string} url of the login
 * @param {boolean} json in which form
 * @param {(what: number, unused: undefined, frame: Uint8Array) => void} tell as `open` of `websocket.js` does
 * @param {{ask: Function, post: Function}} http `ask` and `tell` of `src/browser/http.js`
 * @returns {{send: (frame: Uint8Array) => void, close: () => void}} nothing is told after `close`
 * @throws {TypeError} the URL is none of a login
 */
export function open(url, json, tell, http) {
  const link = new PollLink(url, json);
  /** By what was asked: ends the request under way. */
  const stops = { receive: null, send: null };
  let askedAt = 0;
  let over = false;

  const say = (what, frame = new Uint8Array()) => over || tell(what, undefined, frame);
  const stop = () => {
    over = true;
    stops.receive?.();
    stops.send?.();
  };
  const close = (code) => {
    say(code);
    stop();
  };
  const ask = (asked, request, delayMs = 0) => {
    const { url: to, timeoutMs, body, form } = request;
    const done = (status, _retryAfter, answer) => answered(asked, status, answer);
    stops[asked === 'send' ? 'send' : 'receive'] = http.ask(to, timeoutMs, LIMIT, done, delayMs, body, form, true);
  };
  const pull = (delayMs) => {
    askedAt = Date.now();
    const request = link.pull();
    if (request) ask('pull', request, delayMs);
  };
  const send = () => {
    if (over || stops.send) return;
    const request = link.send();
    if (request) ask('send', request);
  };
  const answered = (asked, status, body) => {
    const frames = link.answered(asked, status, body);
    if (frames === null) return close(codeOf(asked, status));
    if (asked === 'open') say(OPENED);
    if (asked === 'send') stops.send = null;
    else if (!over) pull(asked === 'pull' && frames.length === 0 && Date.now() - askedAt < EMPTY_MS ? EMPTY_MS : 0);
    for (const frame of frames) say(FRAME, frame);
    send();
  };

  ask('open', link.open());
  return {
    send(frame) {
      const { answer, last } = link.push(frame);
      if (answer) say(FRAME, answer);
      if (last) http.post(last.url, last.body);
      send();
    },
    close: stop,
  };
}
