/** Hongyan with its core inside: one file, for places where a file beside a module cannot be found. */
import text from './hongyan_bg.wasm';
import { entry } from './entry.js';

export { Client, ConversationType, HongyanError } from './entry.js';
export const { init, createClient } = /* @__PURE__ */ entry(bytes);

function bytes() {
  const binary = atob(text);
  const made = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index += 1) made[index] = binary.charCodeAt(index);
  return made;
}
