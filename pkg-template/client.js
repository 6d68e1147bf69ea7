/** A session of one user: the calls of the page, and what it is told. */
import { onAbort } from './abort.js';
import { Archives } from './archives.js';
import { Calls } from './calls.js';
import { checkedId, checkedNumber, checkedRef, checkedSend, checkedTypes, flagBits, newClientId, randomWords, wireContent } from './contents.js';
import { HongyanError, parameterError } from './errors.js';
import { checkedHistory, historyPage } from './history.js';
import { Listeners } from './listeners.js';
import { Core } from './loader.js';
import { Notices, recallOf, receiptAnswer, receiptRequest } from './notices.js';
import { asked, cleaning, deletion, navigationOf, noticed } from './questions.js';
import { Receipts } from './receipts.js';
import { isolated, report } from './report.js';
import { ownMessage, Sends } from './sends.js';
import { CLOSED, STATUSES } from './status.js';
import { Seat } from './tabs/seat.js';
import { Shown } from './tabs/shown.js';
import { Tokens } from './tokens.js';

/** Such a send is not in the outbox, or under way. */
const NOT_IN_OUTBOX = 33003;
/** Changes of a conversation, in the order of the core's numbers. */
const CHANGES = ['remove', 'unread', 'read', 'draft', 'pin', 'mute', 'hide', 'join', 'rejoin', 'leave'];

/** `ClientEvents` of `index.d.ts`. */
const EVENTS = [
  'status', 'message', 'conversation', 'recalled', 'deleted', 'read', 'typing', 'receiptRequest', 'receipt', 'send', 'told', 'navigation', 'room', 'gap', 'error',
];

export class Client {
  #calls;
  #log;
  #listeners = new Listeners(EVENTS, (error, event) => this.#threw(error, event));
  #status = CLOSED;
  #userId = '';
  #serverTimeOffset = 0;
  /** @type {boolean | undefined} nothing before the first login */
  #polling;
  #sends = new Sends((change) => this.#sendChanged(change));
  #shown = new Shown();
  #receipts;
  #notices;
  #tokens;
  #archives;
  /** Whether the archive is opened without being asked for. */
  #archived;
  /** Who the page says signs in: the archive needs no server's word for that. */
  #expected = '';

  /**
   * @param {ReturnType<typeof import('./options.js').checkedOptions>} options
   * @param {() => import('./index.js').CoreSource | null} source
   */
  constructor(options, source) {
    this.#log = options.log;
    this.#tokens = new Tokens(options.token, {
      answer: (...given) => this.#calls.tell('token', ...given),
      failed: (error) => this.#emit('error', error),
    });
    this.#receipts = new Receipts(options);
    this.#notices = new Notices((...event) => this.#emit(...event), this.#receipts);
    this.#archives = new Archives(this, options, () => this.#userId || this.#expected);
    this.#archived = options.archive !== null;
    const { appKey, navigators, navigationTimeoutMs, securePage, transport, allowedHosts, persist } = options;
    const network = [navigators, navigationTimeoutMs, securePage, transport, allowedHosts];
    const make = () => new Seat({
      make: (page) => new Core(page, appKey, ...network, persist, ...randomWords()),
      hear: (name, ...what) => this.#hear(name, what),
      snapshot: () => this.#snapshot(),
      listed: () => this.#listeners.has('conversation'),
      guarded: (work) => this.#calls.guarded(work),
      asks: () => this.#tokens.provider !== null,
      shared: persist && options.tabs === 'shared',
    });
    this.#calls = new Calls({ source, make, crashed: (error) => this.#emit('error', error) });
    this.#calls.start();
  }

  get status() {
    return this.#status;
  }

  get userId() {
    return this.#userId;
  }

  get serverTimeOffset() {
    return this.#serverTimeOffset;
  }

  get polling() {
    return this.#polling;
  }

  async connect(token = this.#tokens.provider, options) {
    const userId = options?.userId;
    if (typeof (userId ?? '') !== 'string') throw parameterError('userId must be a text');
    if (userId) this.#expected = userId;
    if (typeof token === 'function') {
      this.#tokens.provider = token;
      return this.#calls.call('connectAsking', userId);
    }
    if (typeof token !== 'string' || token === '') throw parameterError('a token must be a text, or a function that gives one');
    return this.#calls.call('connect', token, userId);
  }

  async disconnect() {
    this.#tokens.stop();
    return this.#calls.call('disconnect');
  }

  async send(...what) {
    return this.submit(...what).sent;
  }

  submit(to, content, options) {
    const { signal, giveUpAfterMs, onlyTo, pushText, pushData, configFlag, ...given } = checkedSend(options);
    const conversation = checkedRef(to);
    const wire = wireContent(content);
    const clientId = given.clientId ?? newClientId();
    if (signal?.aborted) return { clientId, sent: Promise.reject(new HongyanError(33099, 'caller')) };
    const senderUserId = this.#userId;
    const message = ownMessage({ conversation, senderUserId, sentTime: Date.now() + this.#serverTimeOffset, clientId }, wire, given);
    const keep = given.keep && (wire.persisted || wire.counted);
    this.#sends.add(message, keep);
    const { type, targetId } = conversation;
    const what = [type, targetId, wire.objectName, wire.text, clientId, flagBits(wire, { ...given, keep })];
    const sent = this.#calls.call('send', ...what, giveUpAfterMs, onlyTo, pushText, pushData, configFlag, message);
    sent.catch(() => this.#sends.refused(clientId));
    this.#notices.leaves(message, sent);
    this.#cancelOnAbort(signal, clientId, sent);
    return { clientId, sent };
  }

  async outbox() {
    return this.#sends.entries(await this.#calls.call('outbox'));
  }

  async cancel(clientId) {
    try {
      await this.#calls.call('cancel', checkedId(clientId));
      return true;
    } catch (error) {
      if (error.code !== NOT_IN_OUTBOX) throw error;
      return false;
    }
  }

  async retry(clientId, options) {
    const { signal, giveUpAfterMs } = checkedSend(options);
    checkedId(clientId);
    if (signal?.aborted) throw new HongyanError(33099, 'caller');
    this.#sends.adopt(clientId);
    const sent = this.#calls.call('retry', clientId, giveUpAfterMs);
    this.#cancelOnAbort(signal, clientId, sent);
    return sent;
  }

  async conversations(query) {
    const { types, count, remote, hidden } = query ?? {};
    return this.#calls.call('conversations', checkedTypes(types), checkedNumber(count, 'count'), Boolean(remote), Boolean(hidden));
  }

  async unreadCount(query) {
    const rows = await this.conversations({ types: query?.types, hidden: true });
    return rows.reduce((sum, { unreadCount }) => sum + unreadCount, 0);
  }

  async conversation(ref) {
    const { type, targetId } = checkedRef(ref);
    return this.#calls.call('conversation', type, targetId);
  }

  async clearUnread(ref) {
    if (ref === undefined) return this.#calls.call('clearAllUnread');
    return this.setUnread(ref, 0);
  }

  async setUnread(ref, count) {
    if (!Number.isInteger(count) || count < 0) throw parameterError('an unread count must be a whole number from 0');
    return this.#change(ref, 'unread', count);
  }

  async removeConversation(ref) {
    return this.#change(ref, 'remove');
  }

  async markRead(ref, options) {
    const { upTo, receipt = true } = options ?? {};
    const { type } = checkedRef(ref);
    const latest = (await this.conversation(ref))?.latestMessage;
    const until = upTo ?? latest?.sentTime;
    if (until === undefined) return;
    if (!Number.isSafeInteger(until) || until < 0) throw parameterError('what is read is read up to a time in milliseconds');
    await this.#change(ref, 'read', until);
    const lastMessageSendTime = until;
    const told = [this.send(ref, { objectName: 'RC:SRSMsg', body: { lastMessageSendTime } }, { onlyTo: type === 1 ? [] : [this.#userId] })];
    if (receipt && type === 1) {
      const messageUId = latest?.sentTime === until ? latest.messageUId : '';
      told.push(this.send(ref, { objectName: 'RC:ReadNtf', body: { lastMessageSendTime, messageUId, type: 1 } }));
    }
    // They are worth nothing later: without a link the server hears of the read time alone.
    await Promise.allSettled(told);
  }

  async setPinned(ref, on) {
    return this.#change(ref, 'pin', Number(Boolean(on)));
  }

  async setMuted(ref, on) {
    return this.#change(ref, 'mute', Number(Boolean(on)));
  }

  async setHidden(ref, on) {
    return this.#change(ref, 'hide', Number(Boolean(on)));
  }

  async setDraft(ref, text) {
    if (typeof text !== 'string') throw parameterError('a draft must be a text');
    return this.#change(ref, 'draft', 0, text);
  }

  async drafts() {
    const rows = await this.conversations({ hidden: true });
    return rows.filter(({ draft }) => draft !== '').map(({ conversation, draft }) => ({ conversation, draft }));
  }

  async #change(ref, what, number = 0, text = '') {
    const { type, targetId } = checkedRef(ref);
    return this.#calls.call('change', type, targetId, CHANGES.indexOf(what), number, text);
  }

  async recall(message, options) {
    const content = recallOf(message, this.#userId);
    if (content === null) throw new HongyanError(25101, 'caller');
    await this.send(message.conversation, content, { ...options, keep: false });
  }

  async sendTyping(ref, objectName = 'RC:TxtMsg') {
    await this.send(ref, { objectName: 'RC:TypSts', body: { typingContentType: objectName, data: '' } });
  }

  async requestReceipt(message) {
    await this.send(message?.conversation, receiptRequest(message));
  }

  receiptRequests(ref) {
    return this.#receipts.waiting(checkedRef(ref));
  }

  async answerReceipts(ref) {
    const asked = this.receiptRequests(ref);
    await Promise.all(asked.map(({ userId, messageUIds }) => this.send(ref, receiptAnswer(userId, messageUIds), { onlyTo: [userId] })));
    return asked.length;
  }

  readerCount(messageUId) {
    return this.#receipts.readerCount(messageUId);
  }

  async receiptReaders(message) {
    const { type, targetId } = checkedRef(message?.conversation);
    const { messageUId } = message;
    const { totalMemberNum, list } = await this.ask('rrList', targetId, { msgId: [messageUId], hyType: type });
    return { memberCount: totalMemberNum, readers: list };
  }

  async ask(topic, targetId = null, body = {}) {
    if (typeof topic !== 'string' || (targetId !== null && typeof targetId !== 'string')) {
      throw parameterError('a question has a topic, a text, and goes to a target, a text or null');
    }
    return asked((...how) => this.#calls.call('ask', topic, targetId ?? undefined, ...how), topic, targetId, body);
  }

  async joinRoom(roomId, history = 0) {
    return this.#change({ type: 4, targetId: roomId }, 'join', checkedNumber(history, 'history') ?? 0);
  }

  async leaveRoom(roomId) {
    await this.#change({ type: 4, targetId: roomId }, 'leave');
  }

  async history(ref, query) {
    const { type, targetId } = checkedRef(ref);
    const ask = (...args) => this.#calls.call('history', type, targetId, ...args);
    const page = await historyPage(ask, checkedHistory(query));
    this.#archives.tell((archive) => archive.put(page.messages));
    return page;
  }

  async archive() {
    if (this.#calls.ended) throw new HongyanError(33001, 'caller');
    return this.#archives.archive();
  }

  async *historyPages(ref, query) {
    const way = query?.after === undefined ? 'before' : 'after';
    for (;;) {
      const page = await this.history(ref, query);
      if (page.messages.length === 0) return;
      yield page;
      if (!page.hasMore) return;
      query = { ...query, [way]: page.next };
    }
  }

  async deleteMessages(ref, messages) {
    await this.ask(...deletion(checkedRef(ref), messages));
    this.#archives.tell((archive) => archive.delete(messages.map(({ messageUId }) => messageUId)));
  }

  async clearHistory(ref, options) {
    const { upTo = Date.now() + this.#serverTimeOffset } = options ?? {};
    await this.ask(...cleaning(checkedRef(ref), upTo));
    this.#archives.tell((archive) => archive.clear(checkedRef(ref), { upTo }));
  }

  on(event, listener) {
    this.#listeners.add(event, listener, false);
    return () => this.off(event, listener);
  }

  once(event, listener) {
    this.#listeners.add(event, listener, true);
    return () => this.off(event, listener);
  }

  off(event, listener) {
    this.#listeners.remove(event, listener);
  }

  destroy() {
    if (this.#calls.ended) return;
    const seat = this.#calls.end(new HongyanError(33001, 'caller'));
    this.#tokens.stop();
    this.#archives.close();
    this.#listeners.clear();
    this.#notices.clear();
    this.#status = CLOSED;
    seat?.stop();
  }

  #cancelOnAbort(signal, clientId, sent) {
    // Too late is no failure: then the send ends as it does.
    onAbort(signal, sent, () => void this.cancel(clientId).catch(() => {}));
  }

  /** What is told, here or in the page that holds the link. */
  #facts = {
    status: (number) => this.#statusChanged(STATUSES[number]),
    signedIn: (...who) => this.#signedIn(...who),
    messages: (messages, hasMore) => this.#received(messages, hasMore),
    changed: (changed) => this.#emit('conversation', { changed, removed: [] }),
    removed: (removed) => this.#emit('conversation', { changed: [], removed }),
    outgoing: (message) => this.#sends.note(message),
    restored: (rows) => this.#sends.restored(rows),
    sendMoved: (...change) => this.#sends.moved(...change),
    sendKept: (...change) => this.#kept(...change),
    sendFailed: (...change) => this.#sends.failed(...change),
    told: (...notice) => this.#told(...notice),
    gap: (from, to) => this.#emit('gap', { from, to }),
    room: (roomId, change, value) => this.#emit('room', { roomId, change, value }),
    trouble: (code, origin) => this.#emit('error', new HongyanError(code, origin)),
    tokenWanted: (request, code) => this.#tokens.ask(request, code === 0 ? null : new HongyanError(code, 'server')),
    resolve: (call, value) => this.#calls.resolve(call, value),
    sent: (call, clientId) => this.#calls.resolve(call, this.#sends.message(clientId)),
    reject: (call, code, origin) => this.#calls.reject(call, new HongyanError(code, origin)),
    refuse: (call, thrown) => this.#calls.refuse(call, thrown),
  };

  #hear(name, what) {
    isolated(() => this.#facts[name](...what));
  }

  /** Facts that hold now, for a page that comes to share the link. */
  #snapshot() {
    const facts = [['status', STATUSES.indexOf(this.#status)]];
    if (this.#userId !== '') facts.push(['signedIn', this.#userId, this.#serverTimeOffset, this.#polling]);
    for (const message of this.#sends.underWay) facts.push(['outgoing', message]);
    return facts;
  }

  #statusChanged(status) {
    // What navigation reports on the way leaves the status as it is.
    if (status.code < 200 || status.code > 204) this.#status = status;
    this.#log('info', `status ${status.name}`);
    this.#emit('status', status);
  }

  /** `offset`, `polling`: nothing before the first login of this page. */
  #signedIn(userId, offset = this.#serverTimeOffset, polling = this.#polling) {
    this.#userId = userId;
    this.#receipts.open(userId);
    this.#shown.begin();
    this.#serverTimeOffset = offset;
    this.#polling = polling;
    if (this.#archived) this.archive().catch((error) => this.#emit('error', error));
  }

  /** What the core does not read is read here, if somebody listens. */
  async #told(topic, bytes) {
    const event = topic === 'navi' ? 'navigation' : 'told';
    if (!this.#listeners.has(event)) return;
    try {
      this.#emit(event, event === 'told' ? { topic, body: await noticed(topic, bytes) } : navigationOf(bytes));
    } catch (error) {
      this.#emit('error', error);
    }
  }

  #received(given, hasMore) {
    // A send of this page that is not over tells of itself.
    const isNews = (message) => (message.clientId === '' || !this.#sends.has(message.clientId)) && this.#shown.isNew(message.messageUId);
    const messages = given.filter(isNews);
    let left = messages.length;
    for (const message of messages) {
      left -= 1;
      if (this.#notices.hear(message, this.#userId)) this.#emit('message', message, { left, hasMore });
    }
  }

  /** A send is over; what another page sent is news here. */
  #kept(...change) {
    const message = this.#sends.kept(this.#userId, ...change);
    if (!message) this.#shown.isNew(change[3]);
    else if (message.messageUId) this.#received([message], false);
    else this.#notices.hear(message, this.#userId);
  }

  #sendChanged(change) {
    this.#emit('send', change);
    if (change.state.name === 'sent' && change.message) this.#notices.sent(change.message, this.#userId);
  }

  #emit(event, ...args) {
    const heard = this.#listeners.emit(event, ...args);
    if (event === 'error') this.#log(heard ? 'info' : 'warn', args[0].message);
  }

  #threw(error, event) {
    if (event === 'error' || !this.#listeners.emit('error', error)) report(error);
  }
}
