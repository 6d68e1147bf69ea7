import { connect, reconnect } from './connection.js';
import { conversationList } from './conversations.js';
import { adoptEarlier, storageProvider } from './earlier.js';
import { Face } from './face.js';
import { instanceClass } from './instance.js';
import { apiOf, clientOptions, initArguments } from './options.js';
import { logFactory, logHelpers } from './logging.js';
import { Registry } from './registry.js';
import { ConversationWatch } from './watch.js';

/**
 * Makes `RongIMClient`: one per namespace, with one instance, as 2.x has it.
 * @param {{createClient: typeof import('../index.js').createClient, version: string}} modern the face it stands on
 */
export function defineRongIMClient({ createClient, version }) {
  const registry = new Registry();
  const watch = new ConversationWatch();
  /** @type {Face | null} */
  let face = null;
  /** @type {RongIMClient | null} */
  let instance = null;

  const faceNow = () => {
    if (!face) throw new Error('RongIMClient: call init first');
    return face;
  };

  class RongIMClient extends instanceClass(faceNow, { version }) {
    static MessageType = registry.MessageType;
    static MessageParams = registry.MessageParams;
    static RegisterMessage = registry.RegisterMessage;
    static sdkver = version;
    static Conversation = watch;
    /** The codec is part of the core; pages that look whether it is there find it. */
    static Protobuf = {};
    /** What pages keep here is theirs. */
    static _memoryStore = {};
    static _storageProvider = storageProvider;
    static {
      Object.assign(this, logHelpers(() => face?.options.showError !== false));
    }

    /** What stands behind the methods has their names. */
    static get _dataAccessProvider() {
      return instance;
    }

    static get LogFactory() {
      return logFactory();
    }

    static get statusListeners() {
      return face?.statusListeners ?? [];
    }

    static get messageListeners() {
      return face?.messageListeners ?? [];
    }

    /**
     * Once per page. A later call with the same app key only takes away all listeners; one with
     * another app key ends the session of the former.
     */
    static init(appKey, ...given) {
      const { options, callback } = initArguments(given);
      if (face?.appKey === appKey) {
        face.dropListeners();
      } else {
        const given = clientOptions(appKey, options, globalThis.location);
        adoptEarlier(appKey);
        const client = createClient(given);
        face?.client.destroy();
        face = new Face(appKey, client, registry, { api: apiOf(options, globalThis.location, given.navigators), onList: () => watch.changed(), options });
        instance = new RongIMClient();
        watchList(face, watch, options);
      }
      if (callback) face.deferral.add(() => callback());
    }

    static initApp({ appkey, dataAccessProvider, opts }, callback) {
      RongIMClient.init(appkey, dataAccessProvider, opts, () => callback?.(null, instance));
    }

    static getInstance() {
      faceNow();
      return instance;
    }

    static connect(token, callback, userId) {
      connect(faceNow(), token, callback, userId);
    }

    static reconnect(callback, config) {
      if (faceNow().token === null) throw new Error('RongIMClient.reconnect: call connect first');
      reconnect(face, callback, config);
    }

    static registerMessageType(messageType, objectName, messageTag, messageContent, searchProps) {
      registry.register(messageType, objectName, messageTag, messageContent, searchProps);
    }

    /** Several classes at once: {name: {name, flag, proto}}. */
    static registerMessageTypes(types) {
      registry.registerAll(types);
    }

    /** Adds a listener; all of them are called. */
    static setConnectionStatusListener(listener) {
      if (typeof listener?.onChanged !== 'function') return;
      faceNow().statusListeners.push((status) => listener.onChanged(status));
    }

    static statusWatch(listener) {
      if (typeof listener === 'function') faceNow().statusListeners.push(listener);
    }

    /** Hears what is said in call rooms (conversation type 12), in the place of whoever did before. */
    static messageWatch(listener) {
      faceNow().callListener = typeof listener === 'function' ? listener : null;
    }

    static messageSignalWatch(listener) {
      RongIMClient.messageWatch(listener);
    }

    /** Adds a listener; all of them are called. */
    static setOnReceiveMessageListener(listener) {
      if (typeof listener?.onReceived === 'function') faceNow().messageListeners.push(listener);
    }
  }

  return RongIMClient;
}

/** How many rows `isNotifyConversationList` fetches. */
const LIST_COUNT = 300;

/** The page's watchers are told the list of this face; with the option also once it is connected. */
function watchList(face, watch, { isNotifyConversationList, maxConversationCount = LIST_COUNT }) {
  watch.attach(() => conversationList(face, {}));
  if (!isNotifyConversationList) return;
  face.watch((turn) => {
    if (turn === 'connected') conversationList(face, { count: maxConversationCount, remote: true }).then(watch._notify, () => {});
  });
}
