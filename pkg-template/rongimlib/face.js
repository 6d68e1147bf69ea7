import { Deferral, isolated } from './deferral.js';
import { ConnectionStatus } from './enums.js';
import { deliveredMessage } from './incoming.js';
import { ResentMessages } from './resent.js';

/** What one `init` made: the modern client and what 2.x keeps around it. */
export class Face {
  deferral = new Deferral();
  /** What `getCurrentConnectionStatus` answers: known in JS, so it is there before the core is. */
  status = ConnectionStatus.CONNECTION_CLOSED;
  /** The token of the last `connect`, for `reconnect`; null before and after `logout`. */
  token = null;
  /** Whether the whole conversation list was asked of the server. */
  listAsked = false;
  /** @type {((status: number) => void)[]} */
  statusListeners = [];
  /** @type {{onReceived: Function}[]} */
  messageListeners = [];
  /** Sends that were reported as failed. */
  resent = new ResentMessages();
  /** @type {Set<(turn: 'connected' | 'ended') => void>} */
  #watchers = new Set();
  #messageIds = 0;

  /**
   * @param {string} appKey
   * @param {import('../index.js').Client} client
   * @param {import('./registry.js').Registry} registry
   */
  constructor(appKey, client, registry) {
    this.appKey = appKey;
    this.client = client;
    this.registry = registry;
    client.on('status', (status) => this.#statusChanged(shownStatus(status)));
    client.on('message', (message, info) => this.#received(message, info));
    client.on('send', (change) => this.resent.settledLate(change));
  }

  /** A number for a message of this page: never the wire's id, never twice. */
  nextMessageId() {
    this.#messageIds += 1;
    return this.#messageIds;
  }

  /**
   * Hears, in the turn in which it happens, that the link is up or that the session was ended: by
   * the page or by another login.
   * @param {(turn: 'connected' | 'ended') => void} watcher
   * @returns {() => void} stops it
   */
  watch(watcher) {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Ends the session. The status is 2 at once: 2.x closes within the call. */
  end() {
    if (this.token === null) return;
    this.status = ConnectionStatus.DISCONNECTED;
    this.#tell('ended');
    this.client.disconnect().catch(() => {
      // Ending what has ended already is no failure that anybody waits for.
    });
  }

  /** Like {@link end}; nothing can be sent until the next `connect`. */
  logOut() {
    this.end();
    this.token = null;
    this.listAsked = false;
  }

  dropListeners() {
    this.statusListeners = [];
    this.messageListeners = [];
  }

  #statusChanged(status) {
    // What navigation reports on the way leaves the status as it is.
    if (!NAVIGATION.includes(status)) this.status = status;
    if (status === ConnectionStatus.CONNECTED) this.#tell('connected');
    if (status === ConnectionStatus.KICKED_OFFLINE_BY_OTHER_CLIENT) this.#tell('ended');
    for (const listener of this.statusListeners) this.deferral.add(() => listener(status));
  }

  #tell(turn) {
    for (const watcher of [...this.#watchers]) watcher(turn);
  }

  /**
   * In the same turn: the core moves its cursor once the listeners have returned, so a message is
   * not lost when the page goes away before a deferred listener ran.
   */
  #received(modern, { left, hasMore }) {
    this.deferral.flush();
    const message = deliveredMessage(this, modern);
    for (const listener of [...this.messageListeners]) {
      isolated(() => listener.onReceived(message, left, hasMore));
    }
  }
}

const NAVIGATION = [
  ConnectionStatus.REQUEST_NAVI, ConnectionStatus.RESPONSE_NAVI, ConnectionStatus.RESPONSE_NAVI_ERROR, ConnectionStatus.RESPONSE_NAVI_TIMEOUT,
];

/** A refused login has no number of its own in 2.x. */
function shownStatus(status) {
  return status.name === 'refused' ? ConnectionStatus.DISCONNECTED : status.code;
}
