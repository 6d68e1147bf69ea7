import { ask, tell as post } from './http.js';

/** The link could not be opened, or its login failed. */
const FAILED = 2;

/**
 * Opens a link over long polling, as `open` of `websocket.js` does. What it needs is a file of its own that
 * most pages never load; without it the link has failed, and a later attempt asks for it again.
 *
 * @param {string} url
 * @param {boolean} json
 * @param {(what: number, unused: undefined, frame: Uint8Array) => void} tell
 * @returns {{send: (frame: Uint8Array) => void, close: () => void}}
 */
export function poll(url, json, tell) {
  let link = null;
  let over = false;
  const begin = ({ open }) => {
    if (!over) link = open(url, json, tell, { ask, post });
  };
  const fail = (error) => {
    if (over) return;
    console.warn('hongyan: polling.js, the file for networks without WebSocket, could not be loaded or begun', error);
    tell(FAILED, undefined, new Uint8Array());
  };
  import('../../../../polling.js').then(begin).catch(fail);
  return {
    // A view of the core's memory, which is another one by the time it leaves.
    send: (frame) => link?.send(frame.slice()),
    close() {
      over = true;
      link?.close();
    },
  };
}
