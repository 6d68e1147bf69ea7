/** Callbacks, options and parameters of 2.x. */
import type { Conversation, Message, MessageTag, UserStatus } from './models.js';

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

/** What happens to the locations of a conversation. */
export interface RealTimeLocationListener {
  /** A `RealTimeLocationStatus`. */
  onStatusChange?(status: number): void;
  onReceiveLocation?(latitude: number, longitude: number, userId: string): void;
  onParticipantsJoin?(userId: string): void;
  onParticipantsQuit?(userId: string): void;
}

/** Whether a user is online. */
export interface UserStatusEntity {
  userId: string;
  status: UserStatus[];
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
