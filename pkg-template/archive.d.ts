/**
 * The message archive: what this browser has seen, kept in rows in IndexedDB, paged by time and
 * searched by words.
 *
 * A module of its own with a WebAssembly file of its own: `await import('hongyan/archive')`.
 */
import type { Client, ConversationRef, CoreSource, HongyanError, Message } from './index.js';

/** Options of {@link open}. Unknown names are refused. */
export interface ArchiveOptions {
  /** The application's key. Each application and user has a database of its own. */
  appKey: string;
  /** Whose messages these are. */
  userId: string;
  /** The oldest messages go when there are more. Default 100,000; in memory at most 10,000. */
  maxMessages?: number;
  /** How long the database is waited for before memory takes its place, milliseconds. Default 5000. */
  patienceMs?: number;
  /** Where the archive's WebAssembly module comes from; the default is the file beside the package. */
  wasm?: CoreSource;
}

/** A message of the archive. */
export interface StoredMessage extends Message {
  /** The message's number in this archive: the same for as long as it is kept. */
  readonly localId: number;
  /** What the page noted down with it; '' if nothing. */
  readonly extra: string;
  /** 2.x's `SentStatus`: 10 sending, 20 failed, 30 sent, 40 received, 50 read. 0 on received messages. */
  readonly sentStatus: number;
  /** 2.x's `ReceivedStatus`: 0 unread, bits 1 read, 2 listened, 4 downloaded, 8 retrieved. */
  readonly receivedStatus: number;
}

/** A message to keep: one of the client's, with what the archive adds where that is known. */
export type NewMessage = Message & Partial<Pick<StoredMessage, 'localId' | 'extra' | 'sentStatus' | 'receivedStatus'>>;

/** A messageUId (text), a localId (number), or the clientId that a message was sent under. */
export type MessageId = string | number | { readonly clientId: string };

/** Where a page begins: a message, or a time. */
export interface Position {
  /** Unix milliseconds. */
  readonly sentTime: number;
  /** Without a messageUId and a localId: before everything of that millisecond. */
  readonly messageUId?: string;
  /** Of a message that has no messageUId. */
  readonly localId?: number;
}

/** What {@link Archive.update} changes. */
export interface MessageChanges {
  objectName?: string;
  content?: Record<string, unknown>;
  extra?: string;
  sentStatus?: number;
  receivedStatus?: number;
  /** Members of the content that are searched, in place of the usual ones; an empty list: none. At most seven. */
  searchFields?: readonly string[];
}

/** A place in a content's text that has a part of the keyword. */
export interface Highlight {
  /** The content's member, for example `content` or `title`. */
  readonly field: string;
  /** First index in that text, as `String.prototype.slice` counts. */
  readonly start: number;
  /** Index behind it. */
  readonly end: number;
}

/** A message that has what was looked for. */
export interface SearchHit {
  readonly message: StoredMessage;
  readonly highlights: readonly Highlight[];
  /** How well it fits, 0 to 1: how often it has the keyword, and how new it is. */
  readonly score: number;
}

/** Where a search goes on; opaque but for the time. */
export interface SearchCursor {
  /** Only messages sent before this time (Unix milliseconds), or at it where the cursor says so. */
  readonly sentTime: number;
}

export interface SearchResult {
  /** Best first among those that compete: the newest fifty, then the next fifty. */
  readonly hits: readonly SearchHit[];
  /** How many messages match; when `exact` is false a guess, and 1025 stands for any number above 1024. */
  readonly total: number;
  readonly exact: boolean;
  /** Whether there are more hits: give `next` as `before`. */
  readonly more: boolean;
  readonly next: SearchCursor | null;
}

export interface ConversationHit {
  readonly conversation: ConversationRef;
  /** Matching messages in it. */
  readonly count: number;
  /** The newest of them. */
  readonly latest: SearchHit;
}

/** What an archive tells. */
export interface ArchiveEvents {
  /**
   * Something went wrong and was mended. `reason`: `unreadable` (damaged rows were passed over),
   * `room` (the oldest messages were deleted because the browser is full), or why messages are
   * kept in memory from now on: `blocked`, `newer`, `full`, `unavailable`, `closed`, `broken`.
   */
  error: (error: HongyanError & { readonly reason: string }) => void;
  /** Messages of this archive changed. */
  change: () => void;
}

/** The messages of one user. Calls are done one after the other. */
export declare class Archive {
  private constructor();
  /** Whether messages outlive the page; false until the first call was answered. */
  readonly durable: boolean;
  /** Whether it was closed or destroyed: {@link Client.archive} gives a new one then. */
  readonly closed: boolean;

  /**
   * Keeps messages and resolves to their local ids (0 for one that could not be kept). A message
   * that is there already (by messageUId, by clientId of an own message, by localId) is replaced;
   * its localId, and the extra and states that are not given, stay.
   */
  put(messages: readonly NewMessage[]): Promise<number[]>;
  /** Keeps one message, be it of this page alone, and gives it back with its localId. */
  insert(message: NewMessage): Promise<StoredMessage | null>;
  /** One message, or null. */
  get(id: MessageId): Promise<StoredMessage | null>;
  /** Changes a message and gives it back; null if there is none. */
  update(id: MessageId, changes: MessageChanges): Promise<StoredMessage | null>;
  setExtra(id: MessageId, extra: string): Promise<StoredMessage | null>;
  setStatus(id: MessageId, status: Pick<MessageChanges, 'sentStatus' | 'receivedStatus'>): Promise<StoredMessage | null>;
  /** Deletes messages here (not on the server); resolves to how many there were. */
  delete(ids: MessageId | readonly MessageId[]): Promise<number>;
  /** Deletes a conversation's messages here, all or those up to a time (included). */
  clear(conversation: ConversationRef, options?: { upTo?: number }): Promise<number>;
  /**
   * A piece of a conversation, oldest message first: the newest ones, those before a position, or
   * those after it. `count`: 1 to 1000, default 20. `more`: there are others beyond.
   */
  page(
    conversation: ConversationRef,
    options?: { before?: Position; after?: Position; count?: number },
  ): Promise<{ messages: StoredMessage[]; more: boolean }>;
  /**
   * Messages that have every word of the keyword (by its beginning) and every run of Chinese,
   * Japanese, Korean or Thai characters (anywhere). Capitals, widths and accents written as marks
   * make no difference.
   */
  search(
    keyword: string,
    options?: { conversation?: ConversationRef; types?: readonly string[]; count?: number; before?: SearchCursor },
  ): Promise<SearchResult>;
  /** Conversations with such messages, newest hit first. `exact`: all hits were counted, not only the newest 2000. */
  searchConversations(keyword: string): Promise<{ conversations: ConversationHit[]; exact: boolean }>;
  /**
   * Marks a conversation's received messages up to a time (included) as read; with `sent` the own
   * ones, which the other side has read.
   */
  markRead(conversation: ConversationRef, options?: { upTo?: number; sent?: boolean }): Promise<void>;
  /** How many messages there are, and whether they outlive the page. */
  stats(): Promise<{ messages: number; durable: boolean }>;

  /** Adds a listener; the returned function takes it away again. */
  on<K extends keyof ArchiveEvents>(event: K, listener: ArchiveEvents[K]): () => void;
  off<K extends keyof ArchiveEvents>(event: K, listener: ArchiveEvents[K]): void;

  /** Waits for what is under way and closes the database. */
  close(): Promise<void>;
  /** Deletes the database and closes. */
  destroy(): Promise<void>;
}

/** Opens a user's archive. It never fails for the database's sake: then messages are kept in memory. */
export function open(options: ArchiveOptions): Promise<Archive>;

/** Keeps an archive current; see {@link link}. */
export interface Link {
  /** Writes what waits; resolves once all of it is kept. */
  flush(): Promise<void>;
  /** Stops, after writing what waits. */
  stop(): Promise<void>;
}

/** Puts into the archive what the client sends and receives, several messages at a time. */
export function link(client: Client, archive: Archive): Link;
