/** Hongyan with its core inside: one file, for places where a file beside a module cannot be found. */
import * as core from './hongyan_bg.wasm';
import { fromAscii } from './ascii.js';
import { entry } from './entry.js';

export { Client, ConversationType, HongyanError } from './entry.js';
export const { init, createClient } = /* @__PURE__ */ entry(() => fromAscii(core));
