import { keyOf } from './refs.js';

/** Receipts of groups: who asked the user, and how many answered what the user asked. */
export class Receipts {
  /** By conversation: by the user who asked, the messages asked about. @type {Map<string, Map<string, Set<string>>>} */
  #asked = new Map();
  /** By message: how many have read it. @type {Map<string, number>} */
  #counts = new Map();

  /** Somebody asks who has read a message. */
  asked(conversation, userId, uids) {
    const key = keyOf(conversation);
    const users = this.#asked.get(key) ?? new Map();
    const known = users.get(userId) ?? new Set();
    for (const uid of uids) known.add(uid);
    this.#asked.set(key, users.set(userId, known));
  }

  /** Takes out what is to be answered in a conversation: [who asked, about which messages]. */
  take(conversation) {
    const users = this.#asked.get(keyOf(conversation)) ?? new Map();
    this.#asked.delete(keyOf(conversation));
    return [...users].map(([userId, uids]) => [userId, [...uids]]);
  }

  /** The user asked who has read an own message: nobody yet, as far as is known. */
  requested(messageUId) {
    if (!this.#counts.has(messageUId)) this.#counts.set(messageUId, 0);
  }

  counted({ messageUId, readerCount }) {
    this.#counts.set(messageUId, readerCount);
  }

  /**
   * `receiptResponse` of a message: for an answer the counts of the messages it speaks of, for a
   * message that the user asked about its own.
   */
  shown({ objectName, content, messageUId }, userId) {
    const answered = objectName === 'RC:RRRspMsg' ? content.receiptMessageDic?.[userId] : null;
    const uids = Array.isArray(answered) ? answered : [messageUId];
    return Object.fromEntries(uids.filter((uid) => this.#counts.has(uid)).map((uid) => [uid, this.#counts.get(uid)]));
  }
}
