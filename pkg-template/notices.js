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

/** The content that tells one who asked that messages were read. */
export const receiptAnswer = (userId, uids) => ({ objectName: 'RC:RRRspMsg', body: { receiptMessageDic: { [userId]: uids } } });

/** The content that asks a group who has read a message. */
export const receiptRequest = (message) => ({ objectName: 'RC:RRReqMsg', body: { messageUId: checkedMessage(message).messageUId } });

export class Notices {
  #emit;
  #receipts;
  /** Who types where: the timer that ends it. @type {Map<string, ReturnType<typeof setTimeout>>} */
  #typing = new Map();

  /**
   * @param {(event: string, ...args: unknown[]) => void} emit
   * @param {import('./receipts.js').Receipts} receipts
   */
  constructor(emit, receipts) {
    this.#emit = emit;
    this.#receipts = receipts;
  }

  /**
   * Tells what a message says of others, before the message itself is told.
   * @param {import('./index.js').Message} message
   * @param {string} userId the user
   * @returns {boolean} whether the message itself is to be told
   */
  hear(message, userId) {
    const { conversation, senderUserId, objectName, content } = message;
    if (objectName === 'hy:Deleted') {
      const { messageUIds, upTo = null } = content;
      if (senderUserId === userId) this.#emit('deleted', { conversation, messageUIds: texts(messageUIds), upTo: Number.isSafeInteger(upTo) ? upTo : null });
      return false;
    }
    this.#tell(message, userId);
    return true;
  }

  #tell(message, userId) {
    const { conversation, senderUserId, objectName, content, direction } = message;
    if (objectName === 'RC:TypSts') {
      if (direction === 'received') this.#typed(conversation, senderUserId, content.typingContentType);
      return;
    }
    if (direction === 'received' && message.counted) this.#typed(conversation, senderUserId, null);
    switch (objectName) {
      case 'RC:RcCmd':
        this.#recalled(conversation, senderUserId, content);
        break;
      case 'RC:ReadNtf':
        if (direction === 'received') this.#emit('read', { conversation, upTo: Number(content.lastMessageSendTime) });
        break;
      case 'RC:RRReqMsg':
        if (direction === 'received') this.#wasAsked(conversation, senderUserId, content.messageUId);
        else this.#receipts.request(content.messageUId);
        break;
      case 'RC:RRRspMsg':
        if (direction === 'received') this.#wasAnswered(conversation, senderUserId, content.receiptMessageDic?.[userId]);
        else this.#receipts.answered(answersOf(content));
        break;
    }
  }

  /** What an own message says of others, once the server took it. */
  sent({ conversation, objectName, content }, userId) {
    if (objectName === 'RC:RcCmd') this.#recalled(conversation, userId, content);
    if (objectName === 'RC:RRReqMsg') this.#receipts.request(content.messageUId);
  }

  /** An own message leaves. What it answers waits for no answer, unless it fails. */
  leaves({ conversation, objectName, content }, sent) {
    if (objectName !== 'RC:RRRspMsg') return;
    this.#receipts.answered(answersOf(content));
    sent.catch(() => {
      for (const [userId, uids] of answerEntries(content)) this.#receipts.ask(conversation, userId, uids);
    });
  }

  clear() {
    for (const timer of this.#typing.values()) clearTimeout(timer);
    this.#typing.clear();
  }

  #recalled(conversation, recalledBy, { messageUId, sentTime }) {
    this.#emit('recalled', { conversation, messageUId, sentTime, recalledBy });
  }

  #typed(conversation, userId, objectName) {
    if (objectName === null && this.#typing.size === 0) return;
    const key = `${keyOf(conversation)}:${userId}`;
    const known = this.#typing.get(key);
    if (known) clearTimeout(known);
    this.#typing.delete(key);
    if (objectName) this.#typing.set(key, setTimeout(() => this.#typed(conversation, userId, null), TYPING_MS));
    if (objectName || known) this.#emit('typing', { conversation, userId, objectName: objectName || null });
  }

  #wasAsked(conversation, userId, messageUId) {
    if (typeof messageUId !== 'string') return;
    this.#receipts.ask(conversation, userId, [messageUId]);
    this.#emit('receiptRequest', { conversation, userId, messageUId });
  }

  #wasAnswered(conversation, userId, uids) {
    for (const messageUId of texts(uids)) {
      const readerCount = this.#receipts.read(messageUId, userId);
      this.#emit('receipt', { conversation, messageUId, userId, readerCount });
    }
  }
}

const texts = (list) => (Array.isArray(list) ? list.filter((one) => typeof one === 'string') : []);
/** Whom an answer tells of which messages. */
const answerEntries = ({ receiptMessageDic }) => Object.entries(receiptMessageDic ?? {}).map(([userId, uids]) => [userId, texts(uids)]);
const answersOf = (content) => answerEntries(content).flatMap(([, uids]) => uids);
