/** Hongyan without its core: call `init` with a source of it before `createClient`. */
import { entry } from './entry.js';

export { Client, ConversationType, HongyanError } from './entry.js';
export const { init, createClient } = /* @__PURE__ */ entry(() => null);
