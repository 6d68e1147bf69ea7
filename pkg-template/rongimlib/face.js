import { isolated } from '../report.js';
import { Deferral } from './deferral.js';
import { Drafts } from './drafts.js';
import { storageProvider } from './earlier.js';
import { ConnectionStatus, ConversationType } from './enums.js';
import { MessageIds } from './ids.js';
import { deliveredMessage } from './incoming.js';
import { lazilyFrom } from './lazy.js';
import { Mentions } from './mentions.js';
import { PageRows } from './page-rows.js';
import { refOf } from './refs.js';
import { ResentMessages } from './resent.js';

/** What one `init` made: the modern client and what 2.x keeps around it. */
export class Face {
  deferral = new Deferral();
  /** What `getCurrentConnectionStatus` answers: known in JS, so it is there before the core is. */
  status = ConnectionStatus.CONNECTION_CLOSED;
  /** The token of the last `connect`, for `reconnect`; null before and after `logout`. */
  token = null;
  /** Tokens that a login of the account gave, and where the next one comes from. @type {{owns: (token: string) => boolean, provider: import('../index.js').TokenProvider} | null} */
  ownTokens = null;
  /** Whether long polling stands in for a WebSocket. */
  polling = false;
  /** What the navigator answered, if this tab asked it. @type {object | null} */
  navi = null;
  /** Whether the whole conversation list was asked of the server. */
  listAsked = false;
  /** @type {((status: number) => void)[]} */
  statusListeners = [];
  /** @type {{onReceived: Function}[]} */
  messageListeners = [];
  /** Hears what is said in call rooms. @type {((message: object) => void) | null} */
  callListener = null;
  /** Sends that were reported as failed. */
  resent = new ResentMessages();
  messageIds = new MessageIds();
  mentions = new Mentions();
  pageRows = new PageRows();
  /** Types of messages that are left out of chatrooms. @type {Set<string>} */
  filtered = new Set();
  /** Where the last page of each history ended. @type {Map<string, import('./history.js').LastPage>} */
  pages = new Map();
  /** @type {Set<(turn: 'connected' | 'ended') => void>} */
  #watchers = new Set();
  #onList;
  /** Whose mentions and drafts these are; '' before the first login. */
  #userId = '';

  /**
   * @param {string} appKey
   * @param {import('../index.js').Client} client
   * @param {import('./registry.js').Registry} registry
   * @param {{api: string, onList: () => void, options: Record<string, any>}} more where what needs no
   *   session is asked, what to do when the conversation list has changed, what `init` was given
   */
  constructor(appKey, client, registry, { api, onList, options }) {
    this.appKey = appKey;
    this.client = client;
    this.registry = registry;
    this.api = api;
    this.options = options;
    this.polling = options.isPolling === true;
    this.#onList = onList;
    this.drafts = new Drafts(client);
    client.on('status', (status) => this.#statusChanged(shownStatus(status)));
    client.on('message', (message, info) => this.#received(message, info));
    client.on('send', (change) => this.resent.settledLate(change));
    client.on('recalled', (recall) => this.mentions.recalled(recall));
    client.on('conversation', (change) => this.#rowsChanged(change));
    client.on('navigation', (answer) => this.#navigated(answer));
  }

  /** Sets what the page says of a conversation's row, and gives it the first place where `toFront`. */
  setRow({ conversationType, targetId, ...row }, toFront = false) {
    const members = Object.fromEntries(ROW_MEMBERS.filter((name) => row[name] !== undefined).map((name) => [name, row[name]]));
    this.pageRows.set(refOf(conversationType, targetId), members, toFront ? this.now() : undefined);
    this.#onList();
  }

  /** For `Conversation.setTop`. */
  toFront = (row) => this.setRow(row, true);

  /** The server's clock, Unix milliseconds. */
  now() {
    return Date.now() + this.client.serverTimeOffset;
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

  /** An answer is used again for two hours, by other tabs too, where 2.x kept it. */
  #navigated(navi) {
    this.navi = navi;
    storageProvider.setItem('fullnavi', JSON.stringify(navi));
  }

  #statusChanged(status) {
    if (status === ConnectionStatus.WEBSOCKET_UNAVAILABLE) this.polling = true;
    // What navigation reports on the way leaves the status as it is.
    if (!NAVIGATION.includes(status)) this.status = status;
    // The client knows the user at the end of this turn.
    queueMicrotask(() => this.#signedIn());
    if (status === ConnectionStatus.CONNECTED) this.#tell('connected');
    if (status === ConnectionStatus.KICKED_OFFLINE_BY_OTHER_CLIENT) this.#tell('ended');
    for (const listener of this.statusListeners) this.deferral.add(() => listener(status));
  }

  /** What was kept here for another user is forgotten; drafts of this one are read. */
  #signedIn() {
    const { userId } = this.client;
    if (userId === '' || userId === this.#userId) return;
    if (this.#userId !== '') {
      this.drafts = new Drafts(this.client);
      this.mentions = new Mentions();
      this.pageRows = new PageRows();
      this.pages.clear();
      this.listAsked = false;
    }
    this.#userId = userId;
    this.drafts.signedIn();
    const { drafts } = this;
    // Without them drafts of an earlier page show once their rows are listed.
    this.client.conversations({ hidden: true }).then((rows) => drafts.learn(rows), () => {});
  }

  #rowsChanged(change) {
    this.drafts.learn(change.changed);
    for (const ref of change.removed) this.drafts.removed(ref);
    this.mentions.changed(change);
    this.#onList();
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
    this.mentions.hear(modern);
    const message = deliveredMessage(this, modern);
    if (message.conversationType === CALL_ROOM) {
      const listener = this.callListener;
      if (listener) isolated(() => listener(message));
      return;
    }
    if (modern.objectName === 'RC:VCInvite') hearCall(this, modern).catch(() => {});
    if (message.conversationType === ConversationType.CHATROOM && this.filtered.has(message.messageType)) return;
    for (const listener of [...this.messageListeners]) {
      isolated(() => listener.onReceived(message, left, hasMore));
    }
  }
}

/** The kind of conversation that a call room is. */
const CALL_ROOM = 12;
/** What comes in can be taken once the file of calls is there; it hears the rest by itself. */
const hearCall = lazilyFrom('rtc')('hear');

/** What a page may say of a row. */
const ROW_MEMBERS = ['conversationTitle', 'senderUserName', 'senderPortraitUri', 'latestMessage', 'sentStatus'];

const NAVIGATION = [
  ConnectionStatus.REQUEST_NAVI, ConnectionStatus.RESPONSE_NAVI, ConnectionStatus.RESPONSE_NAVI_ERROR, ConnectionStatus.RESPONSE_NAVI_TIMEOUT,
];

/** A refused login has no number of its own in 2.x. */
function shownStatus(status) {
  return status.name === 'refused' ? ConnectionStatus.DISCONNECTED : status.code;
}
