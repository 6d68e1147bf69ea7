/**
 * The `RongIMLib` namespace of 2.x over the modern client.
 *
 * Callbacks are objects; they run in a later turn, and what they throw reaches the page's error
 * handler without stopping anything. Calls made before the core is loaded wait for it.
 */
import type { BuiltInMessageType, MessageContent } from './messages.js';

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
  /** Log errors to the console. Default true. */
  showError?: boolean;
  [option: string]: unknown;
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
  isLocalMessage: boolean;
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
  isTop: boolean;
  isHidden: boolean;
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
export declare class RongIMClient {
  private constructor();

  /** Names of classes, also of registered ones. */
  static readonly MessageType: { readonly [K in BuiltInMessageType]: K } & { readonly [name: string]: string };
  static readonly MessageParams: { readonly [K in BuiltInMessageType]: MessageParams } & { readonly [name: string]: MessageParams };
  /** The classes that `registerMessageType` made. */
  static readonly RegisterMessage: Readonly<Record<string, new (members?: any) => any>>;
  static readonly sdkver: string;

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
  /** Adds a listener. */
  static setConnectionStatusListener(listener: { onChanged(status: number): void }): void;
  /** Adds a listener. */
  static statusWatch(listener: (status: number) => void): void;
  /** Adds a listener. `left`: messages after this one in the batch; `hasMore`: more wait on the server. */
  static setOnReceiveMessageListener(listener: { onReceived(message: Message<any>, left: number, hasMore: boolean): void }): void;

  disconnect(): void;
  /** Ends the session; nothing can be sent until the next `connect`. */
  logout(): void;
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

  /** `conversationTypes`: null for all. The first call asks the server. */
  getConversationList(callback: ResultCallback<Conversation[]>, conversationTypes?: number[] | null, count?: number): void;
  getRemoteConversationList(callback: ResultCallback<Conversation[]>, conversationTypes?: number[] | null, count?: number): void;
  getConversation(conversationType: number, targetId: string, callback: ResultCallback<Conversation | null>): void;
  /** A new row that is in no list. */
  createConversation(conversationType: number, targetId: string, title: string): Conversation;
  removeConversation(conversationType: number, targetId: string, callback?: ResultCallback<boolean>): void;
  clearConversations(callback: ResultCallback<boolean>, conversationTypes?: number[]): void;
  clearConversations(callback: ResultCallback<boolean>, ...conversationTypes: number[]): void;

  getUnreadCount(conversationType: number, targetId: string, callback: ResultCallback<number>): void;
  getTotalUnreadCount(callback: ResultCallback<number>, conversationTypes?: number[] | null): void;
  getConversationUnreadCount(conversationTypes: number[], callback: ResultCallback<number>): void;
  clearUnreadCount(conversationType: number, targetId: string, callback?: ResultCallback<boolean>): void;
  clearTotalUnreadCount(callback?: ResultCallback<boolean>): void;
  setUnreadCount(conversationType: number, targetId: string, count: number): void;
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
