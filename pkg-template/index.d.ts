/**
 * Hongyan: instant messaging for the web.
 *
 * Importing does nothing; the WebAssembly core is loaded by the first {@link createClient} (or
 * {@link init}). Everything here is safe to import in Node.
 */

/** Where the WebAssembly core comes from; the default is the file beside this module. */
export type CoreSource =
  | string
  | URL
  | BufferSource
  | WebAssembly.Module
  | Promise<BufferSource | WebAssembly.Module>;

/**
 * Loads the core. Calling it is never necessary; call it to choose the source or to load early.
 * A second call returns the same promise; after a failure the next call tries again.
 */
export function init(source?: CoreSource): Promise<void>;

export type { Questions } from './questions.js';
import type { Archive } from './archive.js';
import type { Questions } from './questions.js';

/**
 * Supplies a token. It is called when `connect` needs one, and again when a server refuses the token
 * in use; never twice at once. A failure (it throws, gives no text, or takes more than 15 s) is told
 * as an `error` event with code 33093 and followed by another call, later and later. What ends the
 * session with the server's refusal: the same token again, four refused tokens in a row, or five
 * failures after a refusal. In the middle of a session it must be the same user's: code 33092.
 */
export type TokenProvider = (need: {
  /** What the last token was refused with; null for the first. */
  refused: HongyanError | null;
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal;
}) => string | Promise<string>;

/** Options of {@link createClient}. Unknown names are refused, so a slip does not go unnoticed. */
export interface ClientOptions {
  /** The application's key. */
  appKey: string;
  /** Navigators, in the order to ask, a second apart: `https://im.example.com`. A host without a scheme gets the page's. */
  navigators: string | readonly string[];
  /** Supplies tokens for a {@link Client.connect} without one. */
  token?: TokenProvider;
  /** One navigation attempt, milliseconds. Default 5000. */
  navigationTimeoutMs?: number;
  /**
   * What links are made of. Default `'auto'`: a WebSocket, and long polling where none gets through,
   * until one does.
   */
  transport?: 'auto' | 'websocket' | 'polling';
  /**
   * The hosts that navigation and tokens may lead to: `im.example.com`, `im.example.com:8080`,
   * `*.example.com`. Others are left out and told as error 33090. Default: any.
   */
  allowedHosts?: readonly string[];
  /** Keep small state in localStorage. Default true; `false` keeps everything in memory. */
  persist?: boolean;
  /**
   * Keep messages in this browser (`hongyan/archive`) from sign-in on. Default false: then the
   * archive is loaded by the first call of {@link Client.archive}. An object: with these options.
   */
  archive?: boolean | { maxMessages?: number; patienceMs?: number; wasm?: CoreSource };
  /**
   * Whether this page shares one connection with the other tabs of its user, where the browser can (`docs/tabs.md`).
   * Default 'shared'. 'alone': a connection and a device of its own.
   */
  tabs?: 'shared' | 'alone';
  /** Called with what a developer may want to know. Silent by default; tokens never appear. */
  log?: (level: 'debug' | 'info' | 'warn' | 'error', text: string) => void;
}

/** Kinds of conversations and their 2.x numbers. */
export declare const ConversationType: {
  readonly PRIVATE: 1;
  readonly DISCUSSION: 2;
  readonly GROUP: 3;
  readonly CHATROOM: 4;
  readonly CUSTOMER_SERVICE: 5;
  readonly SYSTEM: 6;
  readonly APP_PUBLIC_SERVICE: 7;
  readonly PUBLIC_SERVICE: 8;
};
export type ConversationType = (typeof ConversationType)[keyof typeof ConversationType] | (number & {});

/** Names one conversation. */
export interface ConversationRef {
  readonly type: ConversationType;
  readonly targetId: string;
}

/** Content of a message: a class name and the members of its JSON. */
export interface MessageContent {
  /** Default `RC:TxtMsg`. */
  objectName?: string;
  /** Members of the content, for example `{ content: 'hello', extra: '' }`. */
  body: Record<string, unknown>;
  /** Kept in history. Default: what the class is known for, else true. */
  persisted?: boolean;
  /** Counts as unread. Default: what the class is known for, else true. */
  counted?: boolean;
}

/** Options of {@link Client.send}. */
export interface SendOptions {
  /** Takes the send out of the outbox (33099) if it is not under way yet. */
  signal?: AbortSignal;
  /**
   * Give up after so many milliseconds: with code 33091 if the message never left, with -1 if the
   * server may have it. Default: wait for the network, for up to seven days (33091).
   */
  giveUpAfterMs?: number;
  /** Whether it stays in the outbox when it fails, for {@link Client.retry}. Default true. */
  keep?: boolean;
  /** Mentions its receivers (groups and discussions). */
  mentioned?: boolean;
  /** Asks its receivers' devices for no notification. */
  silent?: boolean;
  /** Only to these members of a group or discussion. */
  onlyTo?: readonly string[];
  /** Push notification. */
  pushText?: string;
  pushData?: string;
  /** `configFlag` bits of 2.x. */
  configFlag?: number;
  /** Written by an agent of a customer service to the customer: `targetId` is the customer's id. */
  asAgent?: boolean;
  /** Send again what an earlier send with this id failed to settle; the server keeps one copy. */
  clientId?: string;
}

/** A message that was sent or received. */
export interface Message {
  readonly conversation: ConversationRef;
  readonly senderUserId: string;
  readonly direction: 'sent' | 'received';
  readonly objectName: string;
  /** The content's members; for content that is not a JSON object, `{ raw: text }`. */
  readonly content: Record<string, unknown>;
  /** The server's time, Unix milliseconds; while sending, the local guess. */
  readonly sentTime: number;
  /** The server's name for it; '' for volatile messages and while sending. */
  readonly messageUId: string;
  /** The sender's id as decimal text; '' on received messages. */
  readonly clientId: string;
  readonly persisted: boolean;
  readonly counted: boolean;
  readonly mentioned: boolean;
  /** Sent before this login. */
  readonly offline: boolean;
  /** The sender wants no notification of it. */
  readonly silent?: boolean;
  /** On what a `send` resolves with and a `send` event tells: the server replaced words of it, and `content` is what it stored. */
  readonly wordsReplaced?: true;
}

/** A row of the conversation list. */
export interface Conversation {
  readonly conversation: ConversationRef;
  readonly latestMessage: Message | null;
  readonly unreadCount: number;
  /** How many of the unread messages mention the user. */
  readonly mentionCount: number;
  /** Time of the newest message, or of the draft where there is none. */
  readonly time: number;
  /** Up to when the other side of a private conversation has read; 0 if that is not known. */
  readonly peerReadTime: number;
  /** On top of the list. */
  readonly pinned: boolean;
  /** No notifications. */
  readonly muted: boolean;
  /** Left out of the list. */
  readonly hidden: boolean;
  /** What the user began to write here, on this device; '' for nothing. */
  readonly draft: string;
}

/** Where a page of history stopped: a place to go on from. */
export interface HistoryPlace {
  readonly sentTime: number;
  readonly messageUId: string;
  /** Messages of this time that were given already. */
  readonly known: readonly string[];
}

/** Which page of a history is wanted: without a place the newest. */
export interface HistoryQuery {
  /** What is older than this time, this message, or the `next` of a page. */
  before?: number | HistoryPlace | Pick<Message, 'sentTime' | 'messageUId'> | undefined;
  /** What is newer; 0 begins with the oldest. */
  after?: number | HistoryPlace | Pick<Message, 'sentTime' | 'messageUId'> | undefined;
  /** At most so many messages, 1 to 100. Default 20. */
  count?: number;
}

/** A page of a history. */
export interface HistoryPage {
  /** Oldest first. */
  readonly messages: Message[];
  /** Whether there are more in the same direction. */
  readonly hasMore: boolean;
  /** The next page's `before` (or `after`). */
  readonly next: HistoryPlace;
}

/** The connection status: a name and the 2.x number. */
export interface Status {
  readonly name:
    | 'connected' | 'connecting' | 'disconnected' | 'networkUnavailable' | 'connectionClosed'
    | 'kicked' | 'webSocketUnavailable' | 'blocked' | 'domainIncorrect' | 'appKeyFake' | 'ultraLimit'
    | 'refused' | 'navigationRequested' | 'navigationAnswered' | 'navigationFailed'
    | 'navigationTimedOut';
  readonly code: number;
}

/** How a send stands. */
export type SendState =
  | { readonly name: 'queued'; readonly durable: boolean }
  | { readonly name: 'sending' }
  | { readonly name: 'sent'; readonly messageUId: string; readonly sentTime: number }
  | { readonly name: 'failed'; readonly error: HongyanError }
  | { readonly name: 'cancelled' };

/** A send in the outbox: it waits, is under way, or has failed. */
export interface OutboxEntry {
  readonly clientId: string;
  readonly conversation: ConversationRef;
  readonly state: SendState;
  readonly message: Message;
}

/** What a client tells. Each is emitted after the state it speaks of can be read. */
export interface ClientEvents {
  /** The connection status changed. */
  status: (status: Status) => void;
  /**
   * A message arrived (or was sent by another login or another tab of this user). Never twice, in order within
   * its conversation. `left`: messages after this one in the batch; `hasMore`: more wait on the
   * server. Own sends of this client are told by `send`. Of every class: also what is only a notice (a recall, a
   * receipt, who types), which is neither `counted` nor for the page to show, and has its own event, too.
   */
  message: (message: Message, info: { left: number; hasMore: boolean }) => void;
  /** Conversations changed, came to be, or left the list. Read them by {@link Client.conversations}. */
  conversation: (change: { changed: Conversation[]; removed: ConversationRef[] }) => void;
  /**
   * A message was taken back, here or elsewhere: take it off the page. The conversation shows a
   * message of the class `RC:RcNtf` in its place.
   */
  recalled: (recall: { conversation: ConversationRef; messageUId: string; sentTime: number; recalledBy: string }) => void;
  /**
   * The user deleted messages (`messageUIds`) or cleared a history up to a time (`upTo`), on this
   * device or another: take them off the page. Told by Hongyan's server; also to a device that was
   * away.
   */
  deleted: (deletion: { conversation: ConversationRef; messageUIds: readonly string[]; upTo: number | null }) => void;
  /** The other side of a private conversation has read up to a time. */
  read: (position: { conversation: ConversationRef; upTo: number }) => void;
  /** Somebody types (the class of what), or has stopped (null): by itself after 6 seconds. */
  typing: (typing: { conversation: ConversationRef; userId: string; objectName: string | null }) => void;
  /** Somebody asks a group who has read a message: answer with {@link Client.answerReceipts} once it was shown. */
  receiptRequest: (request: { conversation: ConversationRef; userId: string; messageUId: string }) => void;
  /** Somebody has read a message that {@link Client.requestReceipt} asked about. `readerCount`: of those heard in this browser. */
  receipt: (receipt: { conversation: ConversationRef; messageUId: string; userId: string; readerCount: number }) => void;
  /**
   * The state of an own send changed; also of sends that an earlier page left in the outbox: each of them is told once
   * after the sign-in, waiting or failed. `message: null` for sends of other tabs. Notices are sends as well
   * (`message.persisted` is false for those that nobody keeps).
   */
  send: (change: { clientId: string; conversation: ConversationRef; state: SendState; message: Message | null }) => void;
  /**
   * The server told something that only parts of the package understand: who is online (`s_stat`), what the user set
   * for itself (`s_us`), values of a call (`rtc_ntf`).
   */
  told: (notice: { topic: 's_stat' | 's_us' | 'rtc_ntf'; body: Record<string, unknown> }) => void;
  /** All that a navigator answered, also what the SDK does not read. An answer is used again for two hours. */
  navigation: (answer: Record<string, unknown>) => void;
  /**
   * Something happened to a chatroom, for `hongyan/rooms`. `value`: with `left` the code of what is in the way, 0 if the
   * user left; with `joined` and `attributes` a time of the server.
   */
  room: (change: { roomId: string; change: 'joined' | 'rejoined' | 'left' | 'attributes'; value: number }) => void;
  /** Messages are gone for ever: older than what the server keeps, or the store was restored. */
  gap: (range: { from: string; to: string }) => void;
  /** Something went wrong that no call waits for; also what a listener threw. */
  error: (error: Error) => void;
}

/** Every failure of the SDK. */
export declare class HongyanError extends Error {
  /** The 2.x number. Never changes. */
  readonly code: number;
  /** Short English name, for example `TokenIncorrect`. */
  readonly name: string;
  /** Who caused it. */
  readonly origin: 'caller' | 'client' | 'network' | 'server';
  /** Whether the same call can succeed later without any change. */
  readonly retryable: boolean;
  /** What to do about it, where that is known. */
  readonly remedy: string | null;
}

/** A session of one user. */
export declare class Client {
  private constructor();
  /** The status now. */
  readonly status: Status;
  /** Who is signed in; '' before. */
  readonly userId: string;
  /** The server's clock minus the local one at login, milliseconds; 0 before. */
  readonly serverTimeOffset: number;
  /** Whether the last login was over long polling, not over a WebSocket; undefined before the first. */
  readonly polling: boolean | undefined;

  /**
   * Signs in. Settles after one full round of navigators and hosts (at most 15 s); the session
   * goes on trying after a rejection that is retryable. A second call joins the running attempt.
   * `token`: a text, or a function that supplies tokens; default: the option `token` of
   * {@link createClient}. More than five kicks within five minutes make it reject with 1101.
   * `userId`: whom the token is for, where the page knows it; the archive opens with that before
   * any server answers.
   */
  connect(token?: string | TokenProvider, options?: { userId?: string }): Promise<{ userId: string }>;
  /**
   * Ends the session, in all tabs that share it. Sends under way and waiting reject with 31011, and stay in the outbox:
   * they leave after the next login.
   */
  disconnect(): Promise<void>;
  /** Sends a message: text, or a content. Resolves once the server keeps it. */
  send(to: ConversationRef, content: string | MessageContent, options?: SendOptions): Promise<Message>;
  /**
   * Like {@link send}, but tells the client id at once, for a row that is shown while it is sent.
   */
  submit(to: ConversationRef, content: string | MessageContent, options?: SendOptions): { clientId: string; sent: Promise<Message> };
  /**
   * What is in the outbox, also what an earlier page left there, in the order in which it leaves:
   * what waits, what is under way, and what has failed (the newest hundred).
   */
  outbox(): Promise<OutboxEntry[]>;
  /**
   * Takes a send back that waits or has failed, also one of an earlier page. `false`: it is under
   * way, or not in the outbox.
   */
  cancel(clientId: string): Promise<boolean>;
  /**
   * Sends a failed message again, with the same id: a server that knows the extensions keeps one
   * copy whatever became of the first try. It goes behind what waits in its conversation. For a send
   * that waits: resolves with its end. Rejects with 33003 for one that is not in the outbox.
   */
  retry(clientId: string, options?: Pick<SendOptions, 'signal' | 'giveUpAfterMs'>): Promise<Message>;
  /** The conversation list: those on top first, then the newest. `hidden`: those that the user hid, too. */
  conversations(query?: { types?: readonly ConversationType[]; count?: number; remote?: boolean; hidden?: boolean }): Promise<Conversation[]>;
  /** Unread messages in all conversations of these types (all without types). */
  unreadCount(query?: { types?: readonly ConversationType[] }): Promise<number>;
  /** One row of the list, or null. */
  conversation(ref: ConversationRef): Promise<Conversation | null>;
  /** Marks a conversation (or all) as read, here and on the server. */
  clearUnread(ref?: ConversationRef): Promise<void>;
  /** Sets a local unread count. */
  setUnread(ref: ConversationRef, count: number): Promise<void>;
  /**
   * The user has read a conversation up to a time (its newest message by default): here, on the
   * server and on the user's other devices. In a private conversation the other side hears of it,
   * unless `receipt` is false.
   */
  markRead(ref: ConversationRef, options?: { upTo?: number; receipt?: boolean }): Promise<void>;
  /** Keeps a conversation on top of the list, on all devices. */
  setPinned(ref: ConversationRef, on: boolean): Promise<void>;
  /** Switches notifications of a conversation off, on all devices. */
  setMuted(ref: ConversationRef, on: boolean): Promise<void>;
  /** Leaves a conversation out of the list, on all devices, until it is set back. */
  setHidden(ref: ConversationRef, on: boolean): Promise<void>;
  /** Keeps what the user began to write, over reloads, on this device; '' forgets it. */
  setDraft(ref: ConversationRef, text: string): Promise<void>;
  /** What the user began to write, in all conversations. */
  drafts(): Promise<{ conversation: ConversationRef; draft: string }[]>;
  /**
   * Takes a message back, everywhere. Rejects with 25101 for a message of somebody else, and with
   * what the server says when it is too late.
   */
  recall(message: Message, options?: SendOptions): Promise<void>;
  /** Tells the other side that the user writes: a message of this class. Worth a call every few seconds. */
  sendTyping(ref: ConversationRef, objectName?: string): Promise<void>;
  /** Asks a group who has read an own message; answers come as `receipt`. */
  requestReceipt(message: Message): Promise<void>;
  /** Who asked in this conversation and was not answered yet; kept over reloads for two weeks. */
  receiptRequests(ref: ConversationRef): { userId: string; messageUIds: string[] }[];
  /** Tells everybody who asked in this conversation that the user has read. Resolves with how many did. */
  answerReceipts(ref: ConversationRef): Promise<number>;
  /**
   * How many have read an own message that was asked about, as this browser has heard (kept over
   * reloads for two weeks); null for one that nobody asked about.
   */
  readerCount(messageUId: string): number | null;
  /** Who has read a message of a group, as the server knows it. */
  receiptReaders(message: Pick<Message, 'conversation' | 'messageUId'>): Promise<{ memberCount: number; readers: readonly { userId: string; readTime: number | string }[] }>;
  /** Takes a conversation out of the list, on all of the user's devices, until its next message. */
  removeConversation(ref: ConversationRef): Promise<void>;

  /**
   * Asks the server what no other method does: a topic of {@link Questions}, of a target where it
   * has one. It is asked once: without a link, and when the link is lost before the answer, it
   * rejects with 31011, without an answer with -1 after 30 seconds, both retryable. 64-bit numbers
   * above 2^53 are decimal text.
   */
  ask<T extends keyof Questions>(topic: T, targetId: Questions[T]['target'], body: Questions[T]['request']): Promise<Questions[T]['answer']>;
  /**
   * Is in a chatroom from now on, with its last `history` messages: what `hongyan/rooms` stands on, where more is said of
   * it. 36003: in the room, and the messages of before follow.
   */
  joinRoom(roomId: string, history?: number): Promise<void>;
  /** Leaves a chatroom. */
  leaveRoom(roomId: string): Promise<void>;
  /**
   * A page of a conversation's history on the server. No message is left out between two pages,
   * of equal times neither: go on with the page's `next`.
   */
  history(ref: ConversationRef, query?: HistoryQuery): Promise<HistoryPage>;
  /** All pages from a place on: `for await (const page of client.historyPages(ref))`. */
  historyPages(ref: ConversationRef, query?: HistoryQuery): AsyncGenerator<HistoryPage, void, undefined>;
  /** Deletes messages from this user's history on the server. */
  deleteMessages(ref: ConversationRef, messages: readonly Pick<Message, 'messageUId' | 'sentTime' | 'direction'>[]): Promise<void>;
  /** Clears this user's history of a conversation on the server up to a time, by default all of it. */
  clearHistory(ref: ConversationRef, options?: { upTo?: number }): Promise<void>;

  /**
   * The user's message archive: opened by the first call, and from then on kept current with what
   * is sent, received, recalled, read and deleted. Rejects with 30002 before the user is known and
   * with 33096 where its files cannot be loaded.
   */
  archive(): Promise<Archive>;

  /**
   * Adds a listener; the returned function takes it away again. A throwing listener stops nobody. Throws for a name that
   * is no event, and for what is no function.
   */
  on<K extends keyof ClientEvents>(event: K, listener: ClientEvents[K]): () => void;
  once<K extends keyof ClientEvents>(event: K, listener: ClientEvents[K]): () => void;
  off<K extends keyof ClientEvents>(event: K, listener: ClientEvents[K]): void;

  /** Ends everything and frees the core's memory. Waiting calls are rejected with 33001. */
  destroy(): void;
}

/** Makes a client. Returns at once; the core is loaded behind it, and calls wait for that. */
export function createClient(options: ClientOptions): Client;
