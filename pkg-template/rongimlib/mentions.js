import { deliveredMessage } from './incoming.js';
import { keyOf, refOf } from './refs.js';

/** How many unread mentions of a conversation are remembered. */
const REMEMBERED = 100;

/** Unread messages that mention the user, as far as this page has heard them. */
export class Mentions {
  /** @type {Map<string, import('../index.js').Message[]>} */
  #messages = new Map();

  /** @param {import('../index.js').Message} message */
  hear(message) {
    if (!message.mentioned || message.direction === 'sent') return;
    const key = keyOf(message.conversation);
    this.#messages.set(key, [...this.of(key), message].slice(-REMEMBERED));
  }

  /** @param {{changed: import('../index.js').Conversation[], removed: import('../index.js').ConversationRef[]}} change */
  changed({ changed, removed }) {
    if (this.#messages.size === 0) return;
    for (const { conversation, mentionCount } of changed) if (!mentionCount) this.#messages.delete(keyOf(conversation));
    for (const ref of removed) this.#messages.delete(keyOf(ref));
  }

  /** A message was taken back. */
  recalled({ conversation, messageUId }) {
    const key = keyOf(conversation);
    if (this.#messages.has(key)) this.#messages.set(key, this.of(key).filter((message) => message.messageUId !== messageUId));
  }

  /** @param {string} key of a conversation */
  of(key) {
    return this.#messages.get(key) ?? [];
  }

  /**
   * `mentionedMsg` of a row: its newest unread mention.
   * @param {import('../index.js').Conversation} row
   */
  shown({ conversation, mentionCount, latestMessage }) {
    if (!mentionCount) return null;
    const message = this.of(keyOf(conversation)).at(-1) ?? (latestMessage?.mentioned ? latestMessage : null);
    return message && { uid: message.messageUId, time: message.sentTime, mentionedInfo: message.content.mentionedInfo };
  }
}

/** `getUnreadMentionedMessages`, oldest first. @param {import('./face.js').Face} face */
export const unreadMentions = (face, type, targetId) => (
  face.mentions.of(keyOf(refOf(type, targetId))).map((message) => deliveredMessage(face, message))
);
