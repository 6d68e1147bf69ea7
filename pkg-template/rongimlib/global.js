/**
 * The single script: the 2.x namespace that carries its core. The text becomes bytes, and the bytes
 * a module, with the first `RongIMClient.init`; loading the script does neither.
 */
import { createClient, init } from '../index.js';
import coreText from '../hongyan_bg.wasm';
import { createRongIMLib } from './namespace.js';
import { version } from './version.js';

export default createRongIMLib({
  version,
  createClient(options) {
    // A failure comes back from every call of the client; the next one tries again.
    init(bytesOf(coreText)).catch(() => {});
    return createClient(options);
  },
});

/** @param {string} base64 */
function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}
