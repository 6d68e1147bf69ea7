/** What every entry of the package offers; they differ in where the core comes from. */
import { Client } from './client.js';
import { load } from './loader.js';
import { checkedOptions } from './options.js';

export { Client };
export { HongyanError } from './errors.js';

/** Kinds of conversations and their 2.x numbers. */
export const ConversationType = /* @__PURE__ */ Object.freeze({
  PRIVATE: 1,
  DISCUSSION: 2,
  GROUP: 3,
  CHATROOM: 4,
  CUSTOMER_SERVICE: 5,
  SYSTEM: 6,
  APP_PUBLIC_SERVICE: 7,
  PUBLIC_SERVICE: 8,
});

/**
 * @param {() => import('./index.js').CoreSource | null} own the entry's own core, asked for when it is needed
 * @returns {{init: typeof import('./index.js').init, createClient: typeof import('./index.js').createClient}}
 */
export function entry(own) {
  return {
    init: (source = own()) => load(source),
    createClient: (options) => new Client(checkedOptions(options), own),
  };
}
