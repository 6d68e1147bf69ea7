// An archive in memory with the calls that the 2.x face makes.
import { failure } from './fake-client.mjs';

export class FakeArchive {
  messages = [];
  #last = 0;

  find(id) {
    return this.messages.find((message) => (typeof id === 'number' ? message.localId === id : message.messageUId === id)) ?? null;
  }

  async insert(message) {
    this.#last += 1;
    const stored = { extra: '', sentStatus: 0, receivedStatus: 0, ...message, localId: this.#last };
    this.messages.push(stored);
    return stored;
  }

  async get(id) {
    return this.find(id);
  }

  async update(id, changes) {
    const message = this.find(id);
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    return message && Object.assign(message, Object.fromEntries(given));
  }

  async setStatus(id, status) {
    return this.update(id, status);
  }

  async delete(ids) {
    this.messages = this.messages.filter((message) => !ids.includes(message.localId) && !ids.includes(message.messageUId));
  }

  async clear({ type, targetId }) {
    this.messages = this.messages.filter(({ conversation }) => conversation.type !== type || conversation.targetId !== targetId);
  }

  async destroy() {
    this.messages = [];
  }

  #of({ type, targetId }) {
    const mine = this.messages.filter(({ conversation }) => conversation.type === type && conversation.targetId === targetId);
    return mine.sort((a, b) => a.sentTime - b.sentTime);
  }

  async page(ref, { before, after, count }) {
    const all = this.#of(ref);
    if (after) {
      const newer = all.filter((message) => message.sentTime > after.sentTime);
      return { messages: newer.slice(0, count), more: newer.length > count };
    }
    const older = before ? all.filter((message) => message.sentTime < before.sentTime) : all;
    return { messages: older.slice(-count), more: older.length > count };
  }

  async markRead(ref, { upTo, sent }) {
    for (const message of this.#of(ref)) {
      if (message.sentTime <= upTo && (message.direction === 'sent') === sent) message[sent ? 'sentStatus' : 'receivedStatus'] = sent ? 50 : 1;
    }
  }

  /** Windows of `count` hits, newest first; the hits of one come in another order, as ranks do. */
  async search(keyword, { conversation, count, before }) {
    const has = (message) => message.content.content?.includes(keyword) && (!before || message.sentTime < before.sentTime);
    const found = this.#of(conversation).filter(has).reverse();
    const hits = found.slice(0, count);
    const next = found.length > count ? { sentTime: hits.at(-1).sentTime } : null;
    return { hits: hits.reverse().map((message) => ({ message, highlights: [], score: 1 })), total: found.length, exact: true, more: next !== null, next };
  }

  async searchConversations(keyword) {
    const found = this.messages.filter((message) => message.content.content?.includes(keyword));
    const names = new Map(found.map((message) => [`${message.conversation.type}/${message.conversation.targetId}`, message]));
    return { conversations: [...names.values()].map((message) => ({ conversation: message.conversation, count: 1, latest: { message } })), exact: true };
  }
}

/** Gives a client an archive; returns it. */
export function withArchive(client) {
  const archive = new FakeArchive();
  client.archive = async () => archive;
  return archive;
}

/** Gives a client an archive that cannot be had. */
export function withoutArchive(client) {
  client.archive = () => Promise.reject(failure(33002));
}
