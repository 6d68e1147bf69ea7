/** Messages that say something of others, as events of their own: recalls, receipts, typing. */
import { parameterError } from './errors.js';

/** Who types and says nothing more of it has stopped, ms. */
const TYPING_MS = 6000;

const keyOf = ({ type, targetId }) => `${type}:${targetId}`;

/** A message that is kept on the server. @param {import('./index.js').Message} message */
function checkedMessage(message) {
  if (typeof message?.messageUId !== 'string' || message.messageUId === '' || !message.conversation) {
    throw parameterError('a message that the server keeps is needed');
  }
  return message;
}

/** The content that takes a message back. */
export function recallOf(message, userId) {
  const { conversation, messageUId, sentTime, direction } = checkedMessage(message);
  if (direction !== 'sent' && message.senderUserId !== userId) return null;
  const { type, targetId } = conversation;
  return { objectName: 'RC:RcCmd', body: { messageUId, conversationType: type, targetId, sentTime } };
}

/** The content that asks a group who has read a message. */
export const receiptRequest = (message) => ({ objectName: 'RC:RRReqMsg', body: { messageUId: checkedMessage(message).messageUId } });

export class Notices {
  #emit;
  /** Who types where: the timer that ends it. @type {Map<string, ReturnType<typeof setTimeout>>} */
  #typing = new Map();
  /** By conversation: by the user who asked, the messages asked about. @type {Map<string, Map<string, Set<string>>>} */
  #asked = new Map();
  /** By message: who has read it. @type {Map<string, Set<string>>} */
  #readers = new Map();

  /** @param {(event: string, ...args: unknown[]) => void} emit */
  constructor(emit) {
    this.#emit = emit;
  }

  /**
   * Tells what a message says of others, before the message itself is told.
   * @param {import('./index.js').Message} message
   * @param {string} userId the user
   */
  hear(message, userId) {
    const { conversation, senderUserId, objectName, content, direction } = message;
    if (objectName === 'RC:TypSts') {
      if (direction === 'received') this.#typed(conversation, senderUserId, content.typingContentType);
      return;
    }
    if (direction === 'received' && message.counted) this.#typed(conversation, senderUserId, null);
    switch (objectName) {
      case 'RC:RcCmd':
        this.recalled(conversation, senderUserId, content);
        break;
      case 'RC:ReadNtf':
        if (direction === 'received') this.#emit('read', { conversation, upTo: Number(content.lastMessageSendTime) });
        break;
      case 'RC:RRReqMsg':
        if (direction === 'received') this.#wasAsked(conversation, senderUserId, content.messageUId);
        break;
      case 'RC:RRRspMsg':
        this.#answered(conversation, senderUserId, content.receiptMessageDic?.[userId]);
        break;
    }
  }

  recalled(conversation, recalledBy, { messageUId, sentTime }) {
    this.#emit('recalled', { conversation, messageUId, sentTime, recalledBy });
  }

  /** What others asked about in a conversation and nobody answered yet: each answer with its receiver. */
  answers(conversation) {
    const asked = this.#asked.get(keyOf(conversation)) ?? new Map();
    this.#asked.delete(keyOf(conversation));
    return [...asked].map(([userId, uids]) => ({
      userId,
      content: { objectName: 'RC:RRRspMsg', body: { receiptMessageDic: { [userId]: [...uids] } } },
    }));
  }

  clear() {
    for (const timer of this.#typing.values()) clearTimeout(timer);
    for (const map of [this.#typing, this.#asked, this.#readers]) map.clear();
  }

  #typed(conversation, userId, objectName) {
    const key = `${keyOf(conversation)}:${userId}`;
    const known = this.#typing.get(key);
    if (known) clearTimeout(known);
    this.#typing.delete(key);
    if (objectName) this.#typing.set(key, setTimeout(() => this.#typed(conversation, userId, null), TYPING_MS));
    if (objectName || known) this.#emit('typing', { conversation, userId, objectName: objectName || null });
  }

  #wasAsked(conversation, userId, messageUId) {
    const key = keyOf(conversation);
    const asked = this.#asked.get(key) ?? new Map();
    this.#asked.set(key, asked.set(userId, (asked.get(userId) ?? new Set()).add(messageUId)));
    this.#emit('receiptRequest', { conversation, userId, messageUId });
  }

  #answered(conversation, userId, uids) {
    if (!Array.isArray(uids)) return;
    for (const messageUId of uids) {
      const readers = this.#readers.get(messageUId) ?? new Set();
      this.#readers.set(messageUId, readers.add(userId));
      this.#emit('receipt', { conversation, messageUId, userId, readerCount: readers.size });
    }
  }
}
