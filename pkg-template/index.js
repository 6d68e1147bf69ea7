/** Hongyan: instant messaging for the web. The core is the file beside this one. */
import { entry } from './entry.js';

export { Client, ConversationType, HongyanError } from './entry.js';
export const { init, createClient } = /* @__PURE__ */ entry(() => new URL('./hongyan_bg.wasm', import.meta.url));
