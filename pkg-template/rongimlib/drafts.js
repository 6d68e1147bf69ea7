import { keyOf } from './refs.js';

/**
 * What the user began to write. 2.x asks and answers in the same turn, so the texts are here; the
 * client keeps them over reloads.
 */
export class Drafts {
  /** '' for a forgotten one: the page's last word counts, not a row that tells an earlier one late. @type {Map<string, string>} */
  #texts = new Map();
  /** Those that the client does not have yet: it keeps nothing for a user it does not know. */
  #unsaved = new Map();
  #client;

  /** @param {import('../index.js').Client} client */
  constructor(client) {
    this.#client = client;
  }

  /** '' forgets it. */
  set(ref, text) {
    const key = keyOf(ref);
    this.#texts.set(key, text);
    if (this.#client.userId === '') this.#unsaved.set(key, [ref, text]);
    else this.#save(ref, text);
  }

  /** @returns {string | undefined} */
  get(ref) {
    return this.#texts.get(keyOf(ref)) || undefined;
  }

  /** The user is known: the client's rows are the user's own. */
  signedIn() {
    for (const [ref, text] of this.#unsaved.values()) this.#save(ref, text);
    this.#unsaved.clear();
  }

  /** @param {import('../index.js').Conversation[]} rows */
  learn(rows) {
    for (const { conversation, draft } of rows) {
      const key = keyOf(conversation);
      if (draft && !this.#texts.has(key)) this.#texts.set(key, draft);
    }
  }

  /** A removed conversation has lost its draft. */
  removed(ref) {
    this.#texts.delete(keyOf(ref));
  }

  /** Nobody waits for it; a failure is told by the client's `error` event. */
  #save(ref, text) {
    this.#client.setDraft(ref, text).catch(() => {});
  }
}
