/**
 * The `RongIMLib` namespace of 2.x over the modern client.
 *
 * Callbacks are objects; they run in a later turn, and what they throw reaches the page's error
 * handler without stopping anything. Calls made before the core is loaded wait for it.
 */
import type { BuiltInMessageType, MentionedInfo, MessageContent } from './messages.js';

export * from './enums.js';
export * from './messages.js';

/** How an asynchronous call is answered. */
export interface ResultCallback<T> {
  onSuccess?(value: T): void;
  /** `code`: a number of `ErrorCode`, or what the server said. */
  onError?(code: number): void;
}

export interface ConnectCallback {
  onSuccess?(userId: string): void;
  /** The token is wrong. */
  onTokenIncorrect?(): void;
  /** A number of `ConnectionState` (a refused login), 203 (no navigator answered), 1101, or of `ErrorCode`. */
  onError?(code: number): void;
}

export interface SendCallback {
  /** In the turn of the call; `messageId` is a counter of this page. */
  onBefore?(messageId: number): void;
  /** The server keeps the message: it has its `messageUId` and `sentTime`. */
  onSuccess?(message: Message): void;
  /** After 30 seconds without an answer: -1. `message` lacks when the target is no string. */
  onError?(code: number, message?: Message): void;
}

/** Options of `init`. Others of 2.x (`protobuf`, JSONP switches, native settings) are taken and have no effect. */
export interface InitOptions {
  /** The navigation server: host and port, with or without a scheme. Default: the page's own host. */
  navi?: string;
  /** Several of them, tried in turn (the spelling is that of 2.x). */
  navigaters?: string[];
  /** `http://` or `https://`; default: the navigator's own, else the page's. */
  protocol?: string;
  /** One navigation attempt, milliseconds. Default 5000. */
  naviTimeout?: number;
  /** `true`: long polling only. Otherwise it stands in where no WebSocket gets through. */
  isPolling?: boolean;
  /** The hosts that navigation and tokens may lead to: `im.example.com`, `*.example.com`. Default: any. */
  allowedHosts?: string[];
  /** Log errors to the console. Default true. */
  showError?: boolean;
  /** Where `hasRemoteUnreadMessages` asks without a login. Default: the first navigator. */
  api?: string;
  /**
   * The application's server, for `login`, `getUserInfo`, `updateUser`, `logout`, `revoked`: its address, or what
   * `new Account` of `hongyan/account` takes (`server`, `calls`, `persist`). Default: the host of `api`.
   */
  account?: string | URL | import('../account.js').AccountOptions;
  /** Fetch the list once connected, for `RongIMClient.Conversation.watch`. Default false. */
  isNotifyConversationList?: boolean;
  /** How many rows of it. Default 300. */
  maxConversationCount?: number;
  [option: string]: unknown;
}

/** What `login` takes. */
export interface LoginParams {
  /** An e-mail address or a phone number. */
  account: string;
  password: string;
}

/** Somebody, as others see them. */
export interface AccountProfile {
  /** The same as `userId`. */
  id: string;
  userId: string;
  name: string;
  portrait: string;
}

/** Who logged in. */
export interface AccountUser extends AccountProfile {
  account: string;
  sex: string;
  /** For `connect`. */
  token: string;
}

/** What `updateUser` takes: what is left out stays as it is. */
export interface UserChanges {
  userId: string;
  account?: string;
  /** The new one. */
  password?: string;
  /** Proves who asks, where the login is older than ten minutes. */
  currentPassword?: string;
  sex?: string;
  name?: string;
  portrait?: string;
}

export interface ReconnectConfig {
  /** Try after each delay of `rate` until one try succeeds; after the last, `onError(3)`. */
  auto?: boolean;
  /** Not fetched: the navigator and its hosts are asked instead. */
  url?: string;
  /** Delays, milliseconds. Default `[100, 1000, 3000, 6000, 10000, 18000]`. */
  rate?: number[];
}

export interface SendParams {
  /** Only to these members of a group. */
  userIds?: string[];
  isPush?: boolean;
  isVoipPush?: boolean;
  /** The spelling is that of 2.x. */
  isFilerWhiteBlacklist?: boolean;
  /** The receivers' devices show no notification. */
  disableNotification?: boolean;
  /** Neither kept nor counted, whatever its class. */
  isStatusMessage?: boolean;
  /** The older name of `isStatusMessage`. */
  isStatus?: boolean;
  [param: string]: unknown;
}

/** A message, sent or received. */
export declare class Message<C = MessageContent> {
  content: C;
  conversationType: number;
  targetId: string;
  objectName: string;
  /** Name of the content's class; `UnknownMessage` for one that nobody registered. */
  messageType: string;
  /** 1 sent, 2 received. */
  messageDirection: number;
  messageId: string;
  /** The server's name for it; '' while it is sent, and for classes that are not kept. */
  messageUId: string;
  receivedStatus: number;
  receivedTime: number;
  senderUserId: string;
  sentStatus: number;
  /** Unix milliseconds, the server's clock. */
  sentTime: number;
  /** Sent before this login. */
  offLineMessage: boolean;
  extra: string;
  /** Only in this browser's archive. */
  isLocalMessage: boolean;
  /** By message: how many have read it, for messages that the user asked a group about. */
  receiptResponse: Record<string, number>;
}

/** A row of the conversation list. */
export declare class Conversation {
  conversationType: number;
  targetId: string;
  conversationTitle: string;
  unreadMessageCount: number;
  latestMessage: Message | null;
  latestMessageId: string;
  objectName: string;
  sentStatus?: number;
  sentTime: number;
  receivedStatus?: number;
  receivedTime?: number;
  senderUserId?: string;
  senderUserName?: string;
  senderPortraitUri?: string;
  isTop: boolean;
  isHidden: boolean;
  /** 1 without notifications, 0 with. */
  notificationStatus: number;
  /** '' for none. */
  draft: string;
  /** The newest unread message that mentions the user, as far as this page knows it. */
  mentionedMsg: { uid: string; time: number; mentionedInfo?: MentionedInfo } | null;
  hasUnreadMention: boolean;
  /** Puts it in front of the page's list. */
  setTop(): void;
}

/** Names a message for `deleteMessages`. */
export declare class DeleteMessage {
  constructor(msgId: string, msgDataTime: number, direct: number);
  msgId: string;
  msgDataTime: number;
  direct: number;
}

export declare const ModelUtil: {
  /** A flat copy. */
  modelClone<T extends object>(object: T): T;
  /** A class of messages with these members (the spelling is that of 2.x). */
  modleCreate(members: readonly string[], messageType: string): new (members?: any) => MessageContent;
};

/** A message to delete: one that was delivered, or its name. */
export type DeletedMessage = Pick<Message, 'messageUId' | 'sentTime' | 'messageDirection'> | DeleteMessage;

/** Which page of a history is wanted. */
export interface HistoryParams {
  conversationType: number;
  targetId: string;
  /** Unix milliseconds, 0 for the newest; without it on from the last page. */
  timestamp?: number | null;
  /** 1 to 20. Default 20. */
  count?: number;
  /** 0 older than the time (the default), 1 newer. */
  order?: number;
}

/** A page of history, oldest first. */
export interface HistoryCallback {
  onSuccess?(list: Message<any>[], hasMore: boolean): void;
  onError?(code: number): void;
}

/** Watchers of the conversation list. */
export interface ConversationWatch {
  /** Told the list now, and after each change. */
  watch(watcher: (list: Conversation[]) => void): void;
  unwatch(watcher: (list: Conversation[]) => void): void;
}

/** Whether messages of a class count as unread and are kept. */
export declare class MessageTag {
  constructor(isCounted: boolean, isPersited: boolean);
  isCounted: boolean;
  /** The spelling is that of 2.x. */
  isPersited: boolean;
  /** 3 both, 2 counted only, 1 kept only, 0 neither. */
  getMessageTag(): 0 | 1 | 2 | 3;
}

export declare class UserInfo {
  constructor(id: string, name: string, portraitUri: string);
  id: string;
  name: string;
  portraitUri: string;
}

/** An entry of a public service's menu. The spelling of `sunMenuItems` is that of 2.x. */
export declare class PublicServiceMenuItem {
  constructor(id?: string, name?: string, type?: number, sunMenuItems?: PublicServiceMenuItem[], url?: string);
  id: string;
  name: string;
  /** 1 a list of entries, 2 a link, 3 an entry that is answered. */
  type: number;
  sunMenuItems: PublicServiceMenuItem[];
  url: string;
}

/** What a customer service says of itself. */
export declare class CustomServiceConfig {
  constructor(isBlack?: boolean, companyName?: string, companyUrl?: string);
  isBlack: boolean;
  companyName: string;
  companyUrl: string;
}

/** A talk with a customer service. */
export declare class CustomServiceSession {
  constructor(uid?: string, cid?: string, pid?: string, isQuited?: boolean, type?: number, adminHelloWord?: string, adminOfflineWord?: string);
  uid: string;
  cid: string;
  pid: string;
  isQuited: boolean;
  type: number;
  adminHelloWord: string;
  adminOfflineWord: string;
}

/** Where the media of a call meet. */
export declare class ChannelInfo {
  constructor(Id?: string, Key?: string);
  Id: string;
  Key: string;
}

/** A member of a call room. */
export declare class User {
  constructor(id?: string, token?: string);
  id: string;
  token: string;
}

/** A call room. */
export declare class Room {
  constructor(id?: string, user?: User);
  id: string;
  user: User;
}

/** A public service as the user sees it. */
export declare class PublicServiceProfile {
  constructor(
    conversationType?: number, introduction?: string, menu?: PublicServiceMenuItem[], name?: string, portraitUri?: string,
    publicServiceId?: string, hasFollowed?: boolean, isGlobal?: boolean,
  );
  conversationType: number;
  introduction: string;
  menu: PublicServiceMenuItem[];
  name: string;
  portraitUri: string;
  publicServiceId: string;
  hasFollowed: boolean;
  isGlobal: boolean;
}

/** What happens to the locations of a conversation. */
export interface RealTimeLocationListener {
  /** A `RealTimeLocationStatus`. */
  onStatusChange?(status: number): void;
  onReceiveLocation?(latitude: number, longitude: number, userId: string): void;
  onParticipantsJoin?(userId: string): void;
  onParticipantsQuit?(userId: string): void;
}

/** A discussion. `memberIdList`: the owner and the longest-standing members, at most ten. */
export declare class Discussion {
  constructor(creatorId: string, id: string, memberIdList: string[], name: string, isOpen: boolean);
  creatorId: string;
  id: string;
  memberIdList: string[];
  name: string;
  isOpen: boolean;
}

/** One login of a user; one that is not online for a user without any. */
export declare class UserStatus {
  constructor(platform: string, online: boolean, status: number);
  platform: string;
  online: boolean;
  status: number;
}

/** Whether a user is online. */
export interface UserStatusEntity {
  userId: string;
  status: UserStatus[];
}

export declare class Group {
  constructor(id: string, name: string, portraitUri: string);
  id: string;
  name: string;
  portraitUri: string;
}

/** How messages of a class travel. */
export interface MessageParams {
  readonly objectName: string;
  readonly msgTag: MessageTag;
}

/** What writes and reads the content of an application's own class. */
export interface ContentCodec {
  /** JSON text of an object. */
  encode(content?: unknown): string;
  /** For content that is no JSON. */
  decode(text: string): object;
}

/** The session: static methods for signing in, `getInstance()` for everything else. */
/** Who is in a chatroom. */
export interface ChatRoomInfo {
  userInfos: { id: string; time: number }[];
  userTotalNums: number;
}

/** What members of a chatroom set for all of them. */
export interface ChatroomEntry {
  /** 1 to 128 of A-Z, a-z, 0-9, `_`, `=`, `+`, `-`. */
  key: string;
  /** 1 to 4096 characters. */
  value: string;
  /** Everybody in the room gets a `ChrmKVNotificationMessage`. */
  isSendNotification?: boolean;
  notificationExtra?: string;
  /** It goes when this user leaves. */
  isAutoDelete?: boolean;
  /** Replaces what somebody else has set. */
  isOverwrite?: boolean;
}

export declare class RongIMClient {
  private constructor();

  /** Names of classes, also of registered ones. */
  static readonly MessageType: { readonly [K in BuiltInMessageType]: K } & { readonly [name: string]: string };
  static readonly MessageParams: { readonly [K in BuiltInMessageType]: MessageParams } & { readonly [name: string]: MessageParams };
  /** The classes that `registerMessageType` made. */
  static readonly RegisterMessage: Readonly<Record<string, new (members?: any) => any>>;
  static readonly sdkver: string;
  static readonly Conversation: ConversationWatch;

  static init(appKey: string, options?: InitOptions | null): void;
  static init(appKey: string, dataAccessProvider: object | null | undefined, options?: InitOptions | null, callback?: () => void): void;
  static initApp(
    config: { appkey: string; dataAccessProvider?: object | null; opts?: InitOptions },
    callback: (error: null, instance: RongIMClient) => void,
  ): void;
  /** Throws before `init`. */
  static getInstance(): RongIMClient;
  /** Joins a running attempt, and always answers. */
  static connect(token: string, callback: ConnectCallback, userId?: string, serverConf?: object): void;
  /** Throws before the first `connect`. */
  static reconnect(callback: ConnectCallback, config?: ReconnectConfig): void;
  /** Throws on an empty name, or when there are neither members nor encode and decode. */
  static registerMessageType(
    messageType: string,
    objectName: string,
    messageTag: MessageTag,
    messageContent: readonly string[] | ContentCodec | (new (...args: any[]) => any),
    searchProps?: readonly string[],
  ): void;
  /** Several classes at once. A flag other than 2 (counted only) means counted and kept. */
  static registerMessageTypes(types: Record<string, { name: string; flag?: number; proto?: Record<string, unknown> }>): void;
  /** The codec is part of the core; this is only found. */
  static Protobuf: object;
  /** Objects that pages keep here are theirs. */
  static _memoryStore: Record<string, any>;
  /** The instance: what stands behind the methods has their names. */
  static readonly _dataAccessProvider: RongIMClient | null;
  /** Where 2.x kept its small state: localStorage with `rong_` before each name. */
  static _storageProvider: {
    setItem(key: string, value: unknown): void;
    getItem(key: string): string | null;
    removeItem(key: string): void;
  };
  static readonly statusListeners: readonly unknown[];
  static readonly messageListeners: readonly unknown[];
  /** Code → its number as a text and its name. */
  static readonly LogFactory: Readonly<Record<string, { code: string; msg: string }>>;
  /** Writes to the console, unless the option `showError` is false. */
  static showError(info: unknown): void;
  static logger(info: { code: number; funcName: string; msg?: string }): void;
  /** The callback, with its failures written to the console. */
  static logCallback(callback: object, funcName: string): object;
  static logSendCallback(callback: object, funcName: string): object;
  /** Adds a listener. */
  static setConnectionStatusListener(listener: { onChanged(status: number): void }): void;
  /** Adds a listener. */
  static statusWatch(listener: (status: number) => void): void;
  /** Adds a listener. `left`: messages after this one in the batch; `hasMore`: more wait on the server. */
  static setOnReceiveMessageListener(listener: { onReceived(message: Message<any>, left: number, hasMore: boolean): void }): void;
  /** Hears what is said in call rooms (conversation type 12), in the place of whoever did before; null for nobody. */
  static messageWatch(listener: ((message: Message<any>) => void) | null): void;
  static messageSignalWatch(listener: ((message: Message<any>) => void) | null): void;

  disconnect(): void;
  /** Ends the session, and the login of the account; nothing can be sent until the next `connect`. */
  logout(callback?: ResultCallback<true>): void;
  /**
   * Logs in at the application's server (option `account`). Without `params`: who is still logged in from an
   * earlier page, with `account: {persist: true}`; else 24001. `connect` renews the token that comes with the user.
   */
  login(params: LoginParams | null | undefined, callback?: ResultCallback<AccountUser>): void;
  /** Somebody's profile, from the application's server. */
  getUserInfo(userId: string, callback?: ResultCallback<AccountProfile>): void;
  /** Changes one's own profile, account or password. The password is never in the answer. */
  updateUser(params: UserChanges, callback?: ResultCallback<Omit<AccountUser, 'token'>>): void;
  /** Deletes the account, and ends the session. */
  revoked(callback?: ResultCallback<true>): void;
  revoked(params: { currentPassword?: string }, callback?: ResultCallback<true>): void;
  /** Public services that the user follows; `time`: only what changed then or later. */
  getRemotePublicServiceList(callback?: ResultCallback<PublicServiceProfile[]>, time?: number): void;
  getPublicServiceList(callback: ResultCallback<PublicServiceProfile[]>): void;
  /** null where there is none. */
  getPublicServiceProfile(publicServiceType: number, publicServiceId: string, callback: ResultCallback<PublicServiceProfile | null>): void;
  /** `searchType`: 0 exact, 1 fuzzy. */
  searchPublicService(searchType: number, keyword: string, callback: ResultCallback<PublicServiceProfile[]>): void;
  searchPublicServiceByType(
    publicServiceType: number, searchType: number, keyword: string, callback: ResultCallback<PublicServiceProfile[]>,
  ): void;
  subscribePublicService(publicServiceType: number, publicServiceId: string, callback: ResultCallback<true>): void;
  unsubscribePublicService(publicServiceType: number, publicServiceId: string, callback: ResultCallback<true>): void;
  /** Delivers the handshake's data (`sid`, `serviceType`, `robotName` …). */
  startCustomService(
    custId: string, callback: ResultCallback<Record<string, unknown>>, content?: { userInfo?: object; requestInfo?: object } | string,
  ): void;
  /** 51001 without a talk; so for the next three. */
  stopCustomeService(custId: string, callback: ResultCallback<true>): void;
  /** `status`: 1 an agent comes after `before` others, 2 nobody is there, 3 there are none. */
  switchToHumanMode(custId: string, callback: ResultCallback<{ status: 1 | 2 | 3; before: number }>): void;
  evaluateRebotCustomService(custId: string, isRobotResolved: boolean, sugest: string, callback: ResultCallback<true>): void;
  /** `humanValue`: 1 to 5. */
  evaluateHumanCustomService(custId: string, humanValue: number, sugest: string, callback: ResultCallback<true>): void;
  /** Errors of these are `RealTimeLocationErrorCode`s. */
  addRealTimeLocationListener(conversationType: number, targetId: string, listener: RealTimeLocationListener, callback?: ResultCallback<true>): void;
  getRealTimeLocation(
    conversationType: number, targetId: string,
    callback: ResultCallback<{ status: number; participants: { userId: string; latitude?: number; longitude?: number }[] }>,
  ): void;
  getRealTimeLocationCurrentState(conversationType: number, targetId: string, callback: ResultCallback<number>): void;
  getRealTimeLocationParticipants(conversationType: number, targetId: string, callback: ResultCallback<string[]>): void;
  startRealTimeLocation(conversationType: number, targetId: string, callback?: ResultCallback<true>): void;
  joinRealTimeLocation(conversationType: number, targetId: string, callback?: ResultCallback<true>): void;
  quitRealTimeLocation(conversationType: number, targetId: string, callback?: ResultCallback<true>): void;
  updateRealTimeLocationStatus(
    conversationType: number, targetId: string, latitude: number, longitude: number, callback?: ResultCallback<true>,
  ): void;
  /** 1 a WebSocket, 0 long polling. */
  getConnectionChannel(): 0 | 1;
  /** `'ServerDataProvider'`: 2.x has this name for everything that is no native client. */
  getStorageProvider(): string;
  /** What navigation answered stays in the core: an empty object. */
  /** All that the navigator answered last; `{}` before that. */
  getNavi(): Record<string, any>;
  /** For native clients; here nobody asks for it. */
  setDeviceInfo(device: unknown): void;
  /** Takes away all listeners. */
  clearListeners(): void;
  /** Removes what a RongIMLib 2.x left in localStorage (`rong_…`). What is needed to lose no message stays. */
  clearLocalStorage(callback?: () => void): void;
  /** '' before the first login. */
  getCurrentUserId(): string;
  /** A number of `ConnectionStatus`. */
  getCurrentConnectionStatus(): number;
  /** The local clock minus the server's, milliseconds; 0 before the first login. */
  getDeltaTime(): number;
  getAppInfo(): { appKey: string };
  getSDKInfo(): { version: string };

  sendMessage(
    conversationType: number,
    targetId: string,
    messageContent: MessageContent,
    sendCallback?: SendCallback,
    mentiondMsg?: unknown,
    pushText?: string | null,
    appData?: string | null,
    methodType?: number | null,
    params?: SendParams | null,
  ): void;
  sendTextMessage(conversationType: number, targetId: string, content: string, sendCallback?: SendCallback): void;
  /** Takes an own message back; 25101 in the turn of the call for another's. `onSuccess` gets the command's message. */
  sendRecallMessage(
    message: Message<any>,
    sendCallback?: SendCallback,
    options?: { user?: object; extra?: string; pushContent?: string },
  ): void;
  /** `messageName`: a class (`TextMessage`) or its name on the wire (`RC:TxtMsg`). */
  sendTypingStatusMessage(conversationType: number, targetId: string, messageName: string, sendCallback?: SendCallback): void;
  /** Answers everybody who asked a group who has read: `onSuccess` per answer, or once when nobody asked. */
  sendReceiptResponse(conversationType: number, targetId: string, sendCallback?: SendCallback): void;
  /** Sends a message's content so that nobody keeps it; both callbacks are told. */
  sendStatusMessage(
    message: Pick<Message<any>, 'conversationType' | 'targetId' | 'content'>,
    sendCallback?: SendCallback,
    resultCallback?: SendCallback,
  ): void;
  /** Sends a message's content again, to its conversation. */
  sendLocalMessage(message: Pick<Message<any>, 'conversationType' | 'targetId' | 'content'>, sendCallback?: SendCallback): void;
  /** Unread messages that mention the user, oldest first, as far as this page has heard them. */
  getUnreadMentionedMessages(conversationType: number, targetId: string): Message<any>[];
  /** Whether messages wait for the owner of a token; -2 when that cannot be asked. */
  hasRemoteUnreadMessages(token: string, callback: ResultCallback<boolean>): void;
  registerMessageTypes(types: Record<string, { name: string; flag?: number; proto?: Record<string, unknown> }>): void;

  /** A page of history, 1 to 20 messages; otherwise 31001 in the turn of the call. */
  getHistoryMessages(params: HistoryParams, callback: HistoryCallback): void;
  getHistoryMessages(
    conversationType: number, targetId: string, timestamp: number | null | undefined, count: number, callback: HistoryCallback,
    objectname?: string | null, order?: number,
  ): void;
  getRemoteHistoryMessages(params: HistoryParams, callback: HistoryCallback): void;
  getRemoteHistoryMessages(
    conversationType: number, targetId: string, timestamp: number | null | undefined, count: number, callback: HistoryCallback,
    config?: { order?: number } | null,
  ): void;
  /** Up to the time, included. In the turn of the call 34008 for a kind without history, 34011 for no time. */
  clearHistoryMessages(
    params: { conversationType: number; targetId: string; timestamp: number },
    callback?: ResultCallback<boolean>,
  ): void;
  clearRemoteHistoryMessages(
    params: { conversationType: number; targetId: string; timestamp: number },
    callback?: ResultCallback<boolean>,
  ): void;
  /** Of the user's own history on the server. 61001 for an empty list. */
  deleteMessages(conversationType: number, targetId: string, messages: readonly DeletedMessage[], callback?: ResultCallback<boolean>): void;
  deleteRemoteMessages(conversationType: number, targetId: string, messages: readonly DeletedMessage[], callback?: ResultCallback<boolean>): void;

  /** Of this browser's archive; 61001 if it is not there. */
  getMessage(messageId: string, callback: ResultCallback<Message<any>>): void;
  /** Keeps a message in this browser alone. */
  insertMessage(conversationType: number, targetId: string, content: MessageContent, callback?: ResultCallback<Message<any>>): void;
  insertMessage(conversationType: number, targetId: string, senderUserId: string, content: MessageContent, callback?: ResultCallback<Message<any>>): void;
  /** Keeps what the page changed in a message. */
  updateMessage(message: Message<any>, callback?: ResultCallback<Message<any>>): void;
  /** `content`: an object, or its JSON text. */
  setMessageContent(messageId: string, content: object | string, objectName?: string, callback?: ResultCallback<boolean>): void;
  setMessageSearchField(messageId: string, content: object | string, fields?: unknown, callback?: ResultCallback<boolean>): void;
  setMessageExtra(messageId: string, value: string, callback?: ResultCallback<boolean>): void;
  setMessageReceivedStatus(messageUId: string, receivedStatus: number, callback?: ResultCallback<boolean>): void;
  setMessageSentStatus(messageId: string, sentStatus: number, callback?: ResultCallback<boolean>): void;
  /** The sent status of the user's messages in a conversation up to a time. */
  setMessageStatus(conversationType: number, targetId: string, timestamp: number, status: number, callback?: ResultCallback<boolean>): void;
  deleteLocalMessages(
    conversationType: number, targetId: string, messageIds: readonly (string | Message<any>)[], callback?: ResultCallback<boolean>,
  ): void;
  /** All messages of a conversation in this browser. */
  clearMessages(conversationType: number, targetId: string, callback?: ResultCallback<boolean>): void;
  /** The newest messages with this text that are older than `timestamp` (0: the newest), and how many there are. */
  searchMessageByContent(
    conversationType: number, targetId: string, keyword: string, timestamp: number, count: number, total: number | null,
    callback: { onSuccess?(list: Message<any>[], total: number): void; onError?(code: number): void },
  ): void;
  searchConversationByContent(keyword: string, callback: ResultCallback<Conversation[]>, conversationTypes?: number[] | null): void;
  /** Deletes everything that this browser keeps of the user's messages. */
  clearData(): boolean;
  /** The next list comes from the server. */
  clearCache(): void;

  /** `conversationTypes`: null for all. The first call asks the server. */
  getConversationList(callback: ResultCallback<Conversation[]>, conversationTypes?: number[] | null, count?: number, isGetHiddenConvers?: boolean): void;
  getRemoteConversationList(callback: ResultCallback<Conversation[]>, conversationTypes?: number[] | null, count?: number, isGetHiddenConvers?: boolean): void;
  getConversation(conversationType: number, targetId: string, callback: ResultCallback<Conversation | null>): void;
  /** A new row that is in no list. */
  createConversation(conversationType: number, targetId: string, title: string): Conversation;
  /** Puts a conversation in front of this page's list. */
  /** Makes a row of what the wire says of a conversation, and puts it into the page's list. */
  pottingConversation(raw: object): Conversation;
  addConversation(conversation: Conversation, callback?: ResultCallback<boolean>): void;
  /** Sets title, sender and newest message of a row of this page's list, and gives the conversation back. */
  updateConversation(conversation: Conversation): Conversation;
  removeConversation(conversationType: number, targetId: string, callback?: ResultCallback<boolean>): void;
  clearConversations(callback: ResultCallback<boolean>, conversationTypes?: number[]): void;
  clearConversations(callback: ResultCallback<boolean>, ...conversationTypes: number[]): void;

  getUnreadCount(conversationType: number, targetId: string, callback: ResultCallback<number>): void;
  getTotalUnreadCount(callback: ResultCallback<number>, conversationTypes?: number[] | null): void;
  getConversationUnreadCount(conversationTypes: number[], callback: ResultCallback<number>): void;
  clearUnreadCount(conversationType: number, targetId: string, callback?: ResultCallback<boolean>): void;
  clearTotalUnreadCount(callback?: ResultCallback<boolean>): void;
  clearMessagesUnreadStatus(conversationType: number, targetId: string, callback?: ResultCallback<boolean>): void;
  /** What is older than the time is read. */
  clearUnreadCountByTimestamp(conversationType: number, targetId: string, timestamp: number, callback?: ResultCallback<boolean>): void;
  setUnreadCount(conversationType: number, targetId: string, count: number): void;

  setConversationToTop(conversationType: number, targetId: string, isTop: boolean, callback?: ResultCallback<boolean>): void;
  setConversationHidden(conversationType: number, targetId: string, isHidden: boolean, callback?: ResultCallback<boolean>): void;
  /** 1 without notifications, 0 with; 8001 for other kinds than private, discussion and group. */
  getConversationNotificationStatus(conversationType: number, targetId: string, callback: ResultCallback<number>): void;
  /** 1 switches notifications off, 0 on. */
  setConversationNotificationStatus(conversationType: number, targetId: string, status: number, callback?: ResultCallback<number>): void;
  saveTextMessageDraft(conversationType: number, targetId: string, value: string): boolean;
  /** Throws 38001 for no conversation. */
  getTextMessageDraft(conversationType: number, targetId: string): string | undefined;
  clearTextMessageDraft(conversationType: number, targetId: string): boolean;

  /** The user's settings on the server. */
  getPullSetting(callback: ResultCallback<{ items: readonly object[]; version: number }>): void;
  /** How many days the server keeps messages for a user who is away. */
  setOfflineMessageDuration(duration: number, callback?: ResultCallback<object>): void;
  /** What an upload needs; 41001 for a kind of file that is none of `FileType`. */
  getFileToken(fileType: number, callback: ResultCallback<FileToken>): void;
  getFileToken(fileType: number, fileName: string, callback: ResultCallback<FileToken>): void;
  getFileToken(fileType: number, fileName: string, httpMethod: string, queryString: string, callback: ResultCallback<FileToken>): void;
  getFileUrl(fileType: number, fileName: string, oriName: string | null | undefined, callback: ResultCallback<{ downloadUrl: string }>): void;

  /**
   * With the last `messageCount` messages (0 and -1: none). 36001 for an empty id; 36003: in the room, and those messages
   * follow. The client stays in the room, and in others, whatever becomes of the connection.
   */
  joinChatRoom(chatroomId: string, messageCount: number, callback?: ResultCallback<true>): void;
  quitChatRoom(chatroomId: string, callback?: ResultCallback<true>): void;
  /** `order`: a number of `GetChatRoomType`. At most 20 of the members. */
  getChatRoomInfo(chatroomId: string, count: number, order: number, callback: ResultCallback<ChatRoomInfo>): void;
  /** Where the next page of {@link getChatRoomHistoryMessages} begins, Unix milliseconds; 0 for the newest. */
  setChatroomHisMessageTimestamp(chatroomId: string, timestamp: number): void;
  /** 1 to 100 messages before (`order` 0) or after (1) the time, or the last page; delivers `(list, hasMore)`. */
  getChatRoomHistoryMessages(
    chatroomId: string, count: number, order: number,
    callback: { onSuccess?(list: Message[], hasMore: boolean): void; onError?(code: number): void }, timestamp?: number,
  ): void;
  /** 33003 for a key or value outside its limits, 23424 for what somebody else has set. */
  setChatroomEntry(chatroomId: string, entry: ChatroomEntry, callback?: ResultCallback<true>): void;
  forceSetChatroomEntry(chatroomId: string, entry: ChatroomEntry, callback?: ResultCallback<true>): void;
  removeChatroomEntry(chatroomId: string, entry: Omit<ChatroomEntry, 'value'>, callback?: ResultCallback<true>): void;
  forceRemoveChatroomEntry(chatroomId: string, entry: Omit<ChatroomEntry, 'value'>, callback?: ResultCallback<true>): void;
  /** What is here of the room that the client is in; 23427 for no such key. */
  getChatroomEntry(chatroomId: string, key: string, callback: ResultCallback<string>): void;
  getAllChatroomEntries(chatroomId: string, callback: ResultCallback<Record<string, string>>): void;
  /** Types of messages (`TextMessage`) that no chatroom delivers; anything but an array is ignored. */
  setFilterMessages(names: string[]): void;

  /** Delivers the discussion's id. */
  createDiscussion(name: string, userIds: string[] | null | undefined, callback?: ResultCallback<string>): void;
  addMemberToDiscussion(discussionId: string, userIds: string[], callback?: ResultCallback<true>): void;
  getDiscussion(discussionId: string, callback: ResultCallback<Discussion>): void;
  quitDiscussion(discussionId: string, callback?: ResultCallback<true>): void;
  removeMemberFromDiscussion(discussionId: string, userId: string, callback?: ResultCallback<true>): void;
  /** 0: every member brings in others, 1: the owner alone (`DiscussionInviteStatus`). */
  setDiscussionInviteStatus(discussionId: string, status: number, callback?: ResultCallback<true>): void;
  setDiscussionName(discussionId: string, name: string, callback?: ResultCallback<true>): void;
  addToBlacklist(userId: string, callback?: ResultCallback<true>): void;
  removeFromBlacklist(userId: string, callback?: ResultCallback<true>): void;
  getBlacklist(callback: ResultCallback<string[]>): void;
  /** Who is not on the list is an answer, too. */
  getBlacklistStatus(userId: string, callback: ResultCallback<'IN_BLACK_LIST' | 'NOT_IN_BLACK_LIST'>): void;
  /** Of any user. */
  getUserStatus(userId: string, callback: ResultCallback<UserStatusEntity>): void;
  setUserStatus(status: number, callback?: ResultCallback<true>): void;
  /** Takes the place of an earlier listener for the same user unless `multiple`. Without ids: all that is told. */
  setUserStatusListener(params: { userIds?: string[]; multiple?: boolean }, listener: (entity: UserStatusEntity) => void): void;
  /** Delivers when it is quiet, `('HH:MM:SS', minutes)`; `('', 0)` for never. */
  getNotificationQuietHours(callback: { onSuccess?(startTime: string, spanMinutes: number): void; onError?(code: number): void }): void;
  setNotificationQuietHours(startTime: string, spanMinutes: number, callback?: ResultCallback<true>): void;
  removeNotificationQuietHours(callback?: ResultCallback<true>): void;

  /** Sends an `InviteMessage`. 18: there is no such call; 51002: another one is under way. */
  startCall(type: number, targetId: string, userIds: string[] | null, mediaType: number, extra: string, callback?: ResultCallback<CallState>): void;
  /** Takes the call that came in. */
  joinCall(mediaType: number, callback?: ResultCallback<CallState>): void;
  hungupCall(type: number, targetId: string, reason?: number, callback?: ResultCallback<CallState>): void;
  changeMediaType(type: number, targetId: string, mediaType: number, callback?: ResultCallback<CallState>): void;
  /** 24012: the server makes no keys. */
  getAgoraDynamicKey(engineType: number, channelName: string, callback: ResultCallback<{ dynamicKey: string }>): void;
  joinRTCRoom(room: RTCRoom, callback?: ResultCallback<RTCUsers & { token?: string; sessionId?: string }>): void;
  quitRTCRoom(room: RTCRoom, callback?: ResultCallback<true>): void;
  RTCPing(room: RTCRoom, callback?: ResultCallback<true>): void;
  getRTCUserInfoList(room: RTCRoom, callback: ResultCallback<RTCUsers>): void;
  getRTCUserList(room: RTCRoom, callback: ResultCallback<RTCUsers>): void;
  setRTCUserInfo(room: RTCRoom, info: { key: string; value: string }, callback?: ResultCallback<true>): void;
  removeRTCUserInfo(room: RTCRoom, info: { keys: string[] }, callback?: ResultCallback<true>): void;
  getRTCRoomInfo(room: RTCRoom, callback: ResultCallback<RTCUsers & { id: string; total: number; [key: string]: unknown }>): void;
  setRTCRoomInfo(room: RTCRoom, info: { key: string; value: string }, callback?: ResultCallback<true>): void;
  removeRTCRoomInfo(room: RTCRoom, info: { keys: string[] }, callback?: ResultCallback<true>): void;
  setRTCUserData(roomId: string, key: string, value: string | object, isInner: boolean, callback?: ResultCallback<object>, message?: RTCNotice): void;
  getRTCUserData(roomId: string, keys: string | string[], isInner: boolean, callback: ResultCallback<Record<string, string>>): void;
  removeRTCUserData(roomId: string, keys: string | string[], isInner: boolean, callback?: ResultCallback<object>, message?: RTCNotice): void;
  setRTCRoomData(roomId: string, key: string, value: string | object, isInner: boolean, callback?: ResultCallback<object>, message?: RTCNotice): void;
  getRTCRoomData(roomId: string, keys: string | string[], isInner: boolean, callback: ResultCallback<Record<string, string>>): void;
  removeRTCRoomData(roomId: string, keys: string | string[], isInner: boolean, callback?: ResultCallback<object>, message?: RTCNotice): void;
  /** `type`: 1 the room's, 2 the user's. */
  setRTCOutData(roomId: string, data: { key: string; value: string | object } | { key: string; value: string | object }[], type: number, callback?: ResultCallback<object>, message?: RTCNotice): void;
  /** By user. */
  getRTCOutData(roomId: string, userIds: string | string[], callback: ResultCallback<Record<string, Record<string, string>>>): void;
  getRTCToken(room: RTCRoom, callback: ResultCallback<{ rtcToken: string }>): void;
  setRTCState(room: RTCRoom, content: { report: string }, callback?: ResultCallback<true>): void;
}

/** A call room, or its id. */
export type RTCRoom = string | { id: string; mode?: number; broadcastType?: number };

/** Members of a call room; `users`: their values by user. */
export interface RTCUsers {
  list: { userId: string; userData: { key: string; value: string }[] }[];
  users: Record<string, Record<string, string>>;
}

/** A message to the others of a call room: its class on the wire, and its content. */
export interface RTCNotice {
  name: string;
  content: string | object;
}

export type CallState = import('../rtc.js').CallState;

/** What an upload needs. */
export interface FileToken {
  deadline: number | string;
  token: string;
  bosToken?: string;
  bosDate?: string;
  path?: string;
}

import * as Namespace from './index.js';

/** The namespace: everything this module exports. */
export declare const RongIMLib: Omit<typeof Namespace, 'RongIMLib' | 'default'>;
export default RongIMLib;

declare global {
  interface Window {
    /** Set by the script file. */
    RongIMLib: typeof RongIMLib;
    /** Set by the script file. */
    RongIMClient: typeof RongIMClient;
  }
}
