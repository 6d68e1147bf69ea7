// A modern client that does what a test tells it, in place of the core and a server.
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

export class FakeClient {
  userId = '';
  serverTimeOffset = 0;
  destroyed = false;
  calls = [];
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

  destroy() {
    this.destroyed = true;
  }

  connect(...args) {
    return this.#call('connect', args);
  }

  disconnect(...args) {
    return this.#call('disconnect', args);
  }

  conversations(...args) {
    return this.#call('conversations', args);
  }

  conversation(...args) {
    return this.#call('conversation', args);
  }

  clearUnread(...args) {
    return this.#call('clearUnread', args);
  }

  setUnread(...args) {
    return this.#call('setUnread', args);
  }

  removeConversation(...args) {
    return this.#call('removeConversation', args);
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

  #call(name, args) {
    return this.#remember(name, args).promise;
  }

  #remember(name, args) {
    const call = new PendingCall(name, args);
    this.calls.push(call);
    return call;
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

/** A namespace that is signed in as `me`. */
export async function connected() {
  const made = initialised();
  made.RongIMClient.connect('token', {});
  made.client.userId = 'me';
  made.client.last('connect').resolve({ userId: 'me' });
  made.client.status(0, 'connected');
  await settled();
  return made;
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
