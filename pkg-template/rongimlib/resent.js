import { SentStatus } from './enums.js';

/** How many failed messages are remembered for an acknowledgement that comes late. */
const REMEMBERED = 200;

/**
 * Sends that the page was told have failed. Whether the server has them may be unknown (the
 * acknowledgement was lost), so sending the same content object to the same conversation again
 * uses the same client id: the server then keeps one copy.
 */
export class ResentMessages {
  /** @type {WeakMap<object, {clientId: string, where: string, text: string}>} */
  #ids = new WeakMap();
  /** @type {Map<string, import('./models.js').Message>} by client id, oldest first */
  #failed = new Map();

  /**
   * @param {object} content the page's object
   * @param {string} where names the conversation
   * @param {string} text the content as it travels: the same id with other content is refused
   * @returns {string | undefined} the id of the failed send of this very content
   */
  idFor(content, where, text) {
    const earlier = this.#ids.get(content);
    return earlier?.where === where && earlier.text === text ? earlier.clientId : undefined;
  }

  /** Remembers a send that failed. */
  failed(message, clientId, where, text) {
    this.#ids.set(message.content, { clientId, where, text });
    this.#failed.delete(clientId);
    this.#failed.set(clientId, message);
    if (this.#failed.size > REMEMBERED) this.#failed.delete(this.#failed.keys().next().value);
  }

  /** Forgets a send that was reported as done: sending its content again means a second message. */
  succeeded(content, clientId) {
    this.#ids.delete(content);
    this.#failed.delete(clientId);
  }

  /** A late acknowledgement only marks the message; the page was answered before. */
  settledLate({ clientId, state }) {
    const message = this.#failed.get(clientId);
    if (!message || state.name !== 'sent') return;
    message.sentStatus = SentStatus.SENT;
    message.messageUId = state.messageUId ?? message.messageUId;
    message.sentTime = state.sentTime ?? message.sentTime;
    this.#failed.delete(clientId);
  }
}
