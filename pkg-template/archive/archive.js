/** The archive of one user: the calls of the page, one after the other. */
import { HongyanError } from '../index.js';
import { tellAll } from '../report.js';
import { isWhole, parameterError } from './options.js';
import { changes, conversationName, messageOf, name, rowOf, time } from './rows.js';

/** Messages of one transaction: what waits behind it waits for about a tenth of a second. */
const BATCH = 100;
/** The most that one call may ask for. */
const MOST = 1_000;
/** `SentStatus.READ` and `ReceivedStatus.READ` of 2.x. */
const [SENT_READ, RECEIVED_READ] = [50, 1];

const NOTICES = {
  memory: (why) => [`messages are kept in memory only: ${WHY[why] ?? why}`, why],
  room: (count) => [`the browser has no room: the ${count} oldest messages were deleted`, 'room'],
  unreadable: (count) => [`${count} stored messages could not be read and were passed over`, 'unreadable'],
};
const WHY = {
  blocked: 'another page keeps the database in an older version, or the browser does not answer',
  newer: 'the database was made by a newer version of this package',
  full: 'the browser has no room',
  unavailable: 'the browser allows no database here',
  closed: 'the browser closes the database again and again',
  broken: 'the database is damaged',
};

export class Archive {
  #core;
  /** What is under way: calls of the core must not overlap. */
  #last = Promise.resolve();
  #listeners = { error: new Set(), change: new Set() };
  #closed = false;

  constructor(core) {
    this.#core = core;
  }

  get durable() {
    return !this.#closed && this.#core.durable();
  }

  get closed() {
    return this.#closed;
  }

  async put(messages) {
    if (!Array.isArray(messages)) throw parameterError('put takes a list of messages');
    const rows = messages.map(rowOf);
    const ids = [];
    for (let at = 0; at < rows.length; at += BATCH) {
      const { locals } = await this.#run('put', { rows: rows.slice(at, at + BATCH) });
      ids.push(...locals);
    }
    if (rows.length > 0) this.#tell('change');
    return ids;
  }

  async insert(message) {
    const [localId] = await this.put([message]);
    return this.get(localId);
  }

  async get(id) {
    const [row] = await this.#run('get', { names: [name(id)] });
    return row ? messageOf(row) : null;
  }

  async update(id, given) {
    const row = await this.#run('update', { names: [name(id)], patch: changes(given ?? {}) });
    if (row) this.#tell('change');
    return row ? messageOf(row) : null;
  }

  setExtra(id, extra) {
    return this.update(id, { extra });
  }

  async setStatus(id, { sentStatus, receivedStatus } = {}) {
    return this.update(id, { sentStatus, receivedStatus });
  }

  async delete(ids) {
    const names = (Array.isArray(ids) ? ids : [ids]).map(name);
    let gone = 0;
    for (let at = 0; at < names.length; at += BATCH) {
      gone += await this.#run('delete', { names: names.slice(at, at + BATCH) });
    }
    if (gone > 0) this.#tell('change');
    return gone;
  }

  async clear(conversation, { upTo } = {}) {
    const wanted = { conversation: conversationName(conversation), ...(upTo !== undefined && { upTo: time(upTo, 'upTo') }) };
    let gone = 0;
    for (let step = -1; step !== 0; gone += step) step = await this.#run('clear', wanted);
    if (gone > 0) this.#tell('change');
    return gone;
  }

  async page(conversation, { before, after, count = 20 } = {}) {
    if (before !== undefined && after !== undefined) throw parameterError('a page is before a message or after one');
    const from = before ?? after;
    const { rows, more } = await this.#run('page', {
      conversation: conversationName(conversation),
      ...(from && { from: point(from) }),
      newer: after !== undefined,
      count: checkedCount(count),
    });
    return { messages: rows.map(messageOf), more };
  }

  async search(keyword, { conversation, types = [], count = 20, before } = {}) {
    if (typeof keyword !== 'string') throw parameterError('a keyword must be a text');
    if (!Array.isArray(types)) throw parameterError('types must be a list of class names');
    const { hits, total, exact, next } = await this.#run('search', {
      search: {
        keyword,
        ...(conversation && { conversation: conversationName(conversation) }),
        types,
        count: checkedCount(count),
        ...(before && { before: { ...before, sentTime: time(before.sentTime, 'before.sentTime') } }),
      },
    });
    return { hits: hits.map(hitOf), total, exact, more: next !== undefined, next: next ?? null };
  }

  async searchConversations(keyword) {
    if (typeof keyword !== 'string') throw parameterError('a keyword must be a text');
    const { conversations, exact } = await this.#run('searchConversations', { search: { keyword } });
    const found = conversations.map(({ count, latest }) => {
      const hit = hitOf(latest);
      return { conversation: hit.message.conversation, count, latest: hit };
    });
    return { conversations: found, exact };
  }

  async markRead(conversation, { upTo = Number.MAX_SAFE_INTEGER - 1, sent = false } = {}) {
    const wanted = { conversation: conversationName(conversation), sent, status: sent ? SENT_READ : RECEIVED_READ };
    let step = { upTo: time(upTo, 'upTo') };
    while (step) {
      const from = await this.#run('mark', { ...wanted, ...step });
      step = from ? { from } : null;
    }
    this.#tell('change');
  }

  async stats() {
    const messages = await this.#run('count', {});
    return { messages, durable: this.durable };
  }

  on(event, listener) {
    this.#listeners[event]?.add(listener);
    return () => this.off(event, listener);
  }

  off(event, listener) {
    this.#listeners[event]?.delete(listener);
  }

  async close() {
    if (this.#closed) return;
    this.#closed = true;
    await this.#last;
    this.#core.close();
    this.#core.free();
  }

  async destroy() {
    await this.#queue((core) => core.destroy());
    await this.close();
  }

  #run(what, given) {
    return this.#queue((core) => core.run(what, given));
  }

  /** Each call waits for the one before it, whatever became of that. */
  #queue(work) {
    if (this.#closed) return Promise.reject(new HongyanError(33001, 'caller', 'the archive was closed'));
    const core = this.#core;
    const done = this.#last.then(() => work(core)).then(
      (value) => this.#told(value),
      (fault) => Promise.reject(this.#told(failure(fault))),
    );
    this.#last = done.catch(() => {});
    return done;
  }

  /** Tells what happened on the way before the answer is heard. */
  #told(value) {
    const notices = this.#core.notices();
    for (let at = 0; at < notices.length; at += 2) {
      const [text, reason] = NOTICES[notices[at]](notices[at + 1]);
      this.#tell('error', Object.assign(new HongyanError(33002, 'client', text), { reason }));
    }
    return value;
  }

  #tell(event, ...args) {
    tellAll(this.#listeners[event], ...args);
  }
}

function failure(fault) {
  if (fault === 'argument') return new HongyanError(33003, 'caller', 'the archive cannot make sense of the arguments');
  const text = typeof fault === 'string' ? (WHY[fault] ?? fault) : `the archive failed: ${fault?.message ?? fault}`;
  return new HongyanError(33002, 'client', text, fault);
}

function point({ sentTime, messageUId, localId }) {
  const tie = messageUId || localTie(localId);
  return { sentTime: time(sentTime, 'sentTime'), messageUId: tie };
}

/** What orders a message without a uid (`Row::tie`). */
function localTie(localId) {
  if (localId === undefined) return '';
  const digits = String(localId);
  return `~${String.fromCharCode(97 + digits.length)}${digits}`;
}

function checkedCount(count) {
  if (!isWhole(count, 1, MOST)) throw parameterError(`a count must be a whole number from 1 to ${MOST}`);
  return count;
}

const hitOf = ({ row, highlights, score }) => ({ message: messageOf(row), highlights, score });
