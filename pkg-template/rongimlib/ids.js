/**
 * Message ids of 2.x: texts that name a message on this page. That of a kept message carries its
 * uid, so it is the same after a reload and in every list; an own message has a number until then.
 */

/** How many numbers of own messages are remembered. */
const REMEMBERED = 1000;

export class MessageIds {
  #last = 0;
  /** By the number of an own message: its uid. @type {Map<string, string>} */
  #uids = new Map();

  /** A number for a message of this page: never the wire's id, never twice. */
  next() {
    this.#last += 1;
    return this.#last;
  }

  /** @param {Partial<import('../archive.js').StoredMessage> & import('../index.js').Message} message */
  of({ conversation: { type }, messageUId, localId }) {
    if (messageUId) return `${type}_${messageUId}`;
    return localId ? `${type}~${localId}` : `${type}-${this.next()}`;
  }

  /** An own message is kept now. */
  kept(messageId, messageUId) {
    this.#uids.set(messageId, messageUId);
    if (this.#uids.size > REMEMBERED) this.#uids.delete(this.#uids.keys().next().value);
  }

  /**
   * How the archive knows a message: by its uid (text) or by its number there.
   * @param {unknown} id a messageId, or a messageUId
   * @returns {string | number | null} null for a message that nobody keeps
   */
  resolve(id) {
    const text = String(id ?? '');
    const [, mark, rest] = /^\d+([_~-])(.+)$/.exec(text) ?? [];
    if (mark === '_') return rest;
    if (mark === '~') return Number(rest);
    return this.#uids.get(text) ?? (text === '' || /^(\d+-)?\d+$/.test(text) ? null : text);
  }
}
