// A modern client that does what a test tells it, in place of the core and a server.
import { Receipts } from '../../pkg-template/receipts.js';
import { createRongIMLib } from '../../pkg-template/rongimlib/namespace.js';

/** A failure as the modern face throws it. */
export function failure(code, retryable = false) {
  return Object.assign(new Error(`failure ${code}`), { code, retryable });
}

/** What a call of the modern face was given, and the means to settle it. */
class PendingCall {
  constructor(name, args) {
    this.name = name;
    this.args = args;
    this.promise = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }));
  }
}

/** Calls of the modern face that a test settles by hand. */
const METHODS = [
  'connect', 'disconnect', 'conversations', 'conversation', 'unreadCount', 'clearUnread', 'setUnread', 'removeConversation',
  'markRead', 'setPinned', 'setMuted', 'setHidden', 'setDraft', 'ask', 'history', 'deleteMessages', 'clearHistory', 'joinRoom', 'leaveRoom',
];

export class FakeClient {
  userId = '';
  serverTimeOffset = 0;
  destroyed = false;
  calls = [];
  receipts = new Receipts({ appKey: 'app', persist: false });
  #listeners = new Map();

  constructor(options) {
    this.options = options;
  }

  on(event, listener) {
    const listeners = this.#listeners.get(event) ?? [];
    this.#listeners.set(event, [...listeners, listener]);
    return () => {};
  }

  emit(event, ...args) {
    for (const listener of this.#listeners.get(event) ?? []) listener(...args);
  }

  status(code, name = String(code)) {
    this.emit('status', { code, name });
  }

  receiptRequests(ref) {
    return this.receipts.waiting(ref);
  }

  readerCount(messageUId) {
    return this.receipts.readerCount(messageUId);
  }

  destroy() {
    this.destroyed = true;
  }

  submit(to, content, options) {
    const call = this.#remember('submit', [to, content, options]);
    call.clientId = options.clientId ?? `client-${this.calls.length}`;
    return { clientId: call.clientId, sent: call.promise };
  }

  /** The newest call of this name. */
  last(name) {
    return this.calls.findLast((call) => call.name === name);
  }

  all(name) {
    return this.calls.filter((call) => call.name === name);
  }

  #remember(name, args) {
    const call = new PendingCall(name, args);
    this.calls.push(call);
    return call;
  }

  static {
    for (const name of METHODS) {
      FakeClient.prototype[name] = function method(...args) {
        return this.#remember(name, args).promise;
      };
    }
  }
}

/** A fresh namespace, and the clients that its `init` calls made. */
export function freshNamespace() {
  const clients = [];
  const RongIMLib = createRongIMLib({
    version: '9.9.9',
    createClient(options) {
      const client = new FakeClient(options);
      clients.push(client);
      return client;
    },
  });
  return { RongIMLib, RongIMClient: RongIMLib.RongIMClient, clients };
}

/** A namespace after `init`. */
export function initialised() {
  const made = freshNamespace();
  made.RongIMClient.init('app', null, { navi: 'http://navi.test' });
  return { ...made, client: made.clients[0], im: made.RongIMClient.getInstance() };
}

/** A namespace that is signed in as `me`. `rows`: the conversations that are known at the login. */
export async function connected(rows = []) {
  const made = initialised();
  made.RongIMClient.connect('token', {});
  made.client.userId = 'me';
  made.client.last('connect').resolve({ userId: 'me' });
  made.client.status(0, 'connected');
  await settled();
  // What is read at every login; a test's own questions come after it.
  made.client.last('conversations').resolve(rows);
  await settled();
  made.client.calls = made.client.all('connect');
  return made;
}

/** What was asked of the modern face since the login, in order: [name, …arguments]. */
export function asked(client) {
  return client.calls.filter(({ name }) => name !== 'connect').map(({ name, args }) => [name, ...args]);
}

/** Every deferred callback has run. */
export async function settled() {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setTimeout(resolve, 0));
}

/** A callback object that writes down what it is told. */
export function recorder(names = ['onSuccess', 'onError', 'onTokenIncorrect', 'onBefore']) {
  const told = [];
  const callback = Object.fromEntries(names.map((name) => [name, (...args) => told.push([name, ...args])]));
  return { told, callback };
}

/** A message as the modern face tells it. */
export function modernMessage(changes = {}) {
  return {
    conversation: { type: 1, targetId: 'ada' },
    senderUserId: 'ada',
    direction: 'received',
    objectName: 'RC:TxtMsg',
    content: { content: 'hello' },
    sentTime: 1700000000000,
    messageUId: 'AAAA-BBBB-CCCC-DDDD',
    clientId: '',
    persisted: true,
    counted: true,
    mentioned: false,
    offline: false,
    ...changes,
  };
}

/** A row of the modern face's conversation list. */
export function modernRow(changes = {}) {
  return {
    conversation: { type: 1, targetId: 'ada' },
    latestMessage: null,
    unreadCount: 0,
    mentionCount: 0,
    time: 5000,
    peerReadTime: 0,
    pinned: false,
    muted: false,
    hidden: false,
    draft: '',
    ...changes,
  };
}
