/**
 * The `RongIMLib` namespace of 2.x over the modern client.
 *
 * Callbacks are objects; they run in a later turn, and what they throw reaches the page's error
 * handler without stopping anything. Calls made before the core is loaded wait for it.
 */
import type { BuiltInMessageType, MessageContent } from './messages.js';
import type { Conversation, DeletedMessage, Discussion, Message, MessageTag, PublicServiceProfile } from './models.js';
import type {
  AccountProfile, AccountUser, CallState, ChatRoomInfo, ChatroomEntry, ConnectCallback, ContentCodec,
  ConversationWatch, FileToken, HistoryCallback, HistoryParams, InitOptions, LoginParams, MessageParams, RTCNotice,
  RTCRoom, RTCUsers, RealTimeLocationListener, ReconnectConfig, ResultCallback, SendCallback, SendParams, UserChanges,
  UserStatusEntity,
} from './params.js';

export * from './enums.js';
export * from './messages.js';
export * from './models.js';
export * from './params.js';

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
