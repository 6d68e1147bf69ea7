/** Own sends, of this page and of others that share its link, from the call to the end, and what is told of them. */
import { HongyanError } from './errors.js';
import { parsed } from './messages.js';

/** In the order of the core's numbers. */
const STATES_ON_THE_WAY = [
  { name: 'queued', durable: false },
  { name: 'queued', durable: true },
  { name: 'sending' },
  { name: 'cancelled' },
].map(Object.freeze);

/** A message as it is before the server has it. */
export function ownMessage(named, { objectName, text, persisted, counted }, { mentioned, silent }) {
  return {
    ...named,
    direction: 'sent',
    objectName,
    content: parsed(text),
    messageUId: '',
    persisted,
    counted,
    mentioned: Boolean(mentioned),
    silent: Boolean(silent),
    offline: false,
  };
}

export class Sends {
  /** By client id. @type {Map<string, import('./index.js').Message>} */
  #messages = new Map();
  /** Those of other pages, by client id. @type {Map<string, import('./index.js').Message>} */
  #elsewhere = new Map();
  #tell;

  /** @param {(change: object) => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /** @param {import('./index.js').Message} message */
  add(message) {
    this.#messages.set(message.clientId, message);
  }

  /** A send that some page began. */
  note(message) {
    if (!this.#messages.has(message.clientId)) this.#elsewhere.set(message.clientId, message);
  }

  /** Whether this page began it, and it is not over. */
  has(clientId) {
    return this.#messages.has(clientId);
  }

  /** All that are under way. */
  get underWay() {
    return [...this.#messages.values(), ...this.#elsewhere.values()];
  }

  /** The message of a send that has just ended. */
  message(clientId) {
    return this.#messages.get(clientId);
  }

  moved(clientId, type, targetId, number) {
    const state = STATES_ON_THE_WAY[number];
    this.#changed(clientId, type, targetId, state, state.name === 'cancelled');
  }

  /**
   * `senderUserId`: who is signed in, which was not known when the page sent before that. Returns the message of
   * another page that is sent now, if it is one.
   */
  kept(senderUserId, clientId, type, targetId, messageUId, sentTime) {
    const sent = { senderUserId, messageUId, sentTime };
    const message = this.#messages.get(clientId);
    if (message) this.#messages.set(clientId, { ...message, ...sent });
    const elsewhere = this.#elsewhere.get(clientId);
    this.#changed(clientId, type, targetId, { name: 'sent', messageUId, sentTime }, true);
    return elsewhere ? { ...elsewhere, ...sent } : null;
  }

  failed(clientId, type, targetId, code, origin) {
    this.#changed(clientId, type, targetId, { name: 'failed', error: new HongyanError(code, origin) }, true);
  }

  /** A send of another page, or one that an earlier page left in the outbox, has no message here. */
  #changed(clientId, type, targetId, state, over) {
    const message = this.#messages.get(clientId) ?? null;
    // The answer to the call comes after this, in the same turn.
    if (over) queueMicrotask(() => this.#messages.delete(clientId));
    if (over) this.#elsewhere.delete(clientId);
    this.#tell({ clientId, conversation: { type, targetId }, state, message });
  }
}
