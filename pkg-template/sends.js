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
/** So many failed sends stay in the core's outbox. */
const MAX_FAILED = 100;

/** How a send in the outbox stands. @param {string} mark what the core says in the place of its uid: `mark_of` in `events.rs` */
function stateOf(mark) {
  const [number, origin] = mark.split(',');
  return origin === undefined ? STATES_ON_THE_WAY[number] : failedBy(Number(number), Number(origin));
}

const failedBy = (code, origin) => ({ name: 'failed', error: new HongyanError(code, origin) });

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
  /** Ids of those that failed and can be tried again, oldest first. @type {Set<string>} */
  #failed = new Set();
  /** Ids of those that leave the outbox when they fail, and of those that the core has told nothing of. @type {Set<string>} */
  #fleeting = new Set();
  #untold = new Set();
  #tell;

  /** @param {(change: object) => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /** A send that this page begins. @param {import('./index.js').Message} message @param {boolean} keep whether it stays when it fails */
  add(message, keep) {
    const { clientId } = message;
    this.#messages.set(clientId, message);
    this.#untold.add(clientId);
    if (keep) this.#fleeting.delete(clientId);
    else this.#fleeting.add(clientId);
  }

  /** The core refused it at once: it was never in the outbox. */
  refused(clientId) {
    if (this.#untold.has(clientId)) this.#forget(clientId);
  }

  /** This page takes a send of another one in hand. */
  adopt(clientId) {
    const message = this.#elsewhere.get(clientId);
    if (message) this.#messages.set(clientId, message);
    this.#elsewhere.delete(clientId);
  }

  /** What an earlier page left in the outbox, as the core packed it. */
  restored(rows) {
    for (const row of rows) {
      const { clientId } = row;
      if (!this.#messages.has(clientId) && !this.#elsewhere.has(clientId)) this.#messages.set(clientId, { ...row, messageUId: '' });
    }
  }

  /**
   * What is in the outbox, as the core packed it: how each stands is in the place of its uid.
   * @param {import('./index.js').Message[]} rows
   */
  entries(rows) {
    return rows.map((row) => {
      const { clientId, conversation, messageUId, senderUserId } = row;
      const message = this.#messages.get(clientId) ?? this.#elsewhere.get(clientId) ?? row;
      return { clientId, conversation, state: stateOf(messageUId), message: { ...message, senderUserId, messageUId: '' } };
    });
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
    this.#failed.delete(clientId);
    this.#changed(clientId, type, targetId, state, state.name === 'cancelled');
  }

  /**
   * `senderUserId`: who is signed in, which was not known when the page sent before that. Returns the message of
   * another page that is sent now, if it is one. `words`: the content that the server stored, where it replaced words.
   */
  kept(senderUserId, clientId, type, targetId, messageUId, sentTime, words = '') {
    const sent = { senderUserId, messageUId, sentTime, ...(words && { content: parsed(words), wordsReplaced: true }) };
    const message = this.#messages.get(clientId);
    if (message) this.#messages.set(clientId, { ...message, ...sent });
    const elsewhere = this.#elsewhere.get(clientId);
    this.#changed(clientId, type, targetId, { name: 'sent', messageUId, sentTime }, true);
    return elsewhere ? { ...elsewhere, ...sent } : null;
  }

  failed(clientId, type, targetId, code, origin) {
    const over = this.#fleeting.has(clientId);
    if (!over) this.#keepFailed(clientId);
    this.#changed(clientId, type, targetId, failedBy(code, origin), over);
  }

  #keepFailed(clientId) {
    this.#failed.delete(clientId);
    this.#failed.add(clientId);
    const [oldest] = this.#failed;
    if (this.#failed.size > MAX_FAILED) this.#forget(oldest);
  }

  #forget(clientId) {
    for (const known of [this.#messages, this.#elsewhere, this.#failed, this.#fleeting, this.#untold]) known.delete(clientId);
  }

  /** A send of another page has no message here. */
  #changed(clientId, type, targetId, state, over) {
    const message = this.#messages.get(clientId) ?? null;
    this.#untold.delete(clientId);
    // The answer to the call comes after this, in the same turn.
    if (over) queueMicrotask(() => this.#forget(clientId));
    if (over) this.#elsewhere.delete(clientId);
    this.#tell({ clientId, conversation: { type, targetId }, state, message });
  }
}
