/** What `tell` is told besides a close code, which is never below 1000. */
const OPENED = 0;
const FRAME = 1;
/** Data of a type that is not accepted: what a text frame is answered with. */
const UNSUPPORTED_DATA = 1003;
/** The end of a socket without a close frame. */
const NO_CLOSE_FRAME = 1006;
const LEAST_CODE = 1000;

/**
 * Opens a WebSocket and calls `tell` with 0 when it is open, with 1 and the bytes of each frame,
 * and with a close code when it is over or sends what is not binary.
 *
 * @param {string} url
 * @param {(what: number, unused: undefined, frame: Uint8Array) => void} tell
 * @returns {WebSocket}
 */
export function open(url, tell) {
  const socket = new WebSocket(url);
  const say = (what, frame = new Uint8Array()) => tell(what, undefined, frame);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => say(OPENED);
  socket.onmessage = ({ data }) => (data instanceof ArrayBuffer ? say(FRAME, new Uint8Array(data)) : say(UNSUPPORTED_DATA));
  socket.onclose = ({ code }) => say(code >= LEAST_CODE ? code : NO_CLOSE_FRAME);
  return socket;
}

/** Closes a link that `open` made, or `poll` of `polling.js`; nothing is told after it. @param {WebSocket | {close: () => void}} link */
export function close(link) {
  link.onopen = link.onmessage = link.onclose = null;
  link.close();
}
