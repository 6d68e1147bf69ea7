/** One chatroom, as its page sees it. */
import { tellAll } from '../report.js';
import { Entries } from './entries.js';

const CHATROOM = 4;
const MOST_MEMBERS = 20;
/** The page is in the room, and what was said before follows. */
const HISTORY_LATER = 36003;
const MUTED = 23408;
/** In the order of the wire. */
const ORDERS = ['none', 'oldest', 'newest'];

export class Room {
  /** Whether the page is in it, as far as is known. */
  joined = false;
  /** Whether what was said before follows. */
  incomplete = false;
  #kit;
  #entries;
  #joining = null;
  /** @type {Map<string, Set<Function>>} */
  #listeners = new Map();

  /** @param {string} id @param {{client: import('../index.js').Client, fail: Function, named: (error: Error) => Error}} kit */
  constructor(id, kit) {
    this.id = id;
    this.#kit = kit;
    this.#entries = new Entries({
      ask: (topic, body) => this.#ask(topic, body),
      fail: (code, detail) => kit.fail(code, 'caller', detail),
      me: () => kit.client.userId,
      tell: (change) => this.#emit('entries', change),
    });
  }

  get conversation() {
    return { type: CHATROOM, targetId: this.id };
  }

  /** The entries of the room that are here. */
  get entries() {
    return this.#entries.all;
  }

  on(event, listener) {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** One join at a time: who calls meanwhile waits for it. */
  async join({ history = 0 } = {}) {
    if (!Number.isInteger(history) || history < 0 || history > 2 ** 31 - 1) throw this.#kit.fail(-3, 'caller', 'history is a whole number of messages');
    this.#joining ??= this.#join(history).finally(() => (this.#joining = null));
    return this.#joining;
  }

  async #join(history) {
    try {
      await this.#kit.client.joinRoom(this.id, history);
      this.incomplete = false;
    } catch (error) {
      this.incomplete = error?.code === HISTORY_LATER;
      if (!this.incomplete) throw this.#kit.named(error);
    }
    const wasIn = this.joined;
    this.joined = true;
    // Without them now, with the next notice; servers that have none say so.
    await this.#entries.pull().catch(() => {});
    if (!wasIn) this.#emit('joined');
    return this;
  }

  async leave() {
    const wasIn = this.joined;
    this.joined = false;
    try {
      await this.#kit.client.leaveRoom(this.id);
    } catch (error) {
      throw this.#kit.named(error);
    } finally {
      if (wasIn) this.#gone(null);
    }
  }

  async info({ count = 0, order = 'oldest' } = {}) {
    if (!Number.isInteger(count) || count < 0 || !ORDERS.includes(order)) {
      throw this.#kit.fail(-3, 'caller', `count is a whole number up to ${MOST_MEMBERS}, and order is one of ${ORDERS.join(', ')}`);
    }
    const { userTotalNums = 0, userInfos } = await this.#ask('queryChrmI', { count, order: ORDERS.indexOf(order) });
    return { total: userTotalNums, members: userInfos.map(({ id, time }) => ({ userId: id, joinTime: Number(time) })) };
  }

  async history(query) {
    return this.#named(this.#kit.client.history(this.conversation, query));
  }

  async send(content, options) {
    return this.#named(this.#kit.client.send(this.conversation, content, options));
  }

  entry(key) {
    return this.#entries.get(key);
  }

  async setEntry(key, value, options) {
    await this.#entries.set(key, value, options);
  }

  async removeEntry(key, options) {
    await this.#entries.remove(key, options);
  }

  // What the client tells.

  changed({ change, value }) {
    if (change === 'attributes' && this.joined) this.#entries.changed(value);
    if (change === 'rejoined') {
      this.#entries.pull().catch(() => {});
      this.#emit('rejoined');
    }
    if (change === 'left' && this.joined) {
      this.joined = false;
      this.#gone(value === 0 ? null : this.#kit.fail(value, 'server'));
    }
  }

  heard(message, info) {
    this.#emit('message', message, info);
  }

  sent({ state }) {
    if (state.error?.code === MUTED) this.#emit('muted');
  }

  /** Entries go with the room: whoever comes back learns them anew. */
  #gone(error) {
    this.#entries.forget();
    this.#emit('left', { error });
  }

  #ask(topic, body) {
    return this.#named(this.#kit.client.ask(topic, this.id, body));
  }

  async #named(answer) {
    try {
      return await answer;
    } catch (error) {
      throw this.#kit.named(error);
    }
  }

  #emit(event, ...what) {
    tellAll(this.#listeners.get(event) ?? [], ...what);
  }
}
