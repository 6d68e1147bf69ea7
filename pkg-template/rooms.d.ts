/**
 * Chatrooms: rooms that anybody comes into and leaves, with messages, members and entries shared by all.
 *
 * A module of its own, loaded by pages that use it. Importing does nothing.
 */
import type { Client, ConversationRef, HistoryPage, HistoryQuery, HongyanError, Message, MessageContent, SendOptions } from './index.js';

/** Who is in a room. */
export interface RoomMember {
  readonly userId: string;
  /** When the user came in, Unix milliseconds. */
  readonly joinTime: number;
}

/** How an entry is set. */
export interface EntryOptions {
  /** Replace (or remove) what somebody else has set. Default false: then 23424. */
  force?: boolean;
  /** Send a message of the class `RC:chrmKVNotiMsg` to everybody who is there. */
  notify?: boolean;
  /** The member `extra` of that message. */
  extra?: string;
}

/** What happens in a room. */
export interface RoomEvents {
  /** Somebody said something: never twice, in order. What this page sends is told by its `send`. */
  message: (message: Message, info: { left: number; hasMore: boolean }) => void;
  /** The page is in the room. */
  joined: () => void;
  /** Another connection was made, and the page is in the room again; what it missed follows. */
  rejoined: () => void;
  /**
   * The page is not in the room any more. `error`: null if it left; 23409 put out, 23410 destroyed, 23411 full when it
   * came back, 31011 the session ended …
   */
  left: (how: { error: HongyanError | null }) => void;
  /** Entries came to be, changed or went, here or by others. */
  entries: (change: { set: Readonly<Record<string, string>>; removed: readonly string[] }) => void;
  /** A message of this page was refused because the user, or everybody, is muted. */
  muted: () => void;
}

/** A chatroom. Calls reject with a {@link HongyanError}; the codes of chatrooms are in `docs/rooms.md`. */
export declare class Room {
  private constructor();
  readonly id: string;
  /** For {@link Client.send} and others. */
  readonly conversation: ConversationRef;
  /** Whether the page is in it, as far as is known. */
  readonly joined: boolean;
  /** Whether messages of before were asked for and could not be had at the join: they follow. */
  readonly incomplete: boolean;
  /** Copy of all entries, by key, as they are here. Empty outside of the room. */
  readonly entries: Readonly<Record<string, string>>;

  /** Listens. Returns what ends it. */
  on<E extends keyof RoomEvents>(event: E, listener: RoomEvents[E]): () => void;

  /**
   * Comes in; with the last `history` messages (default 0), which are told before it resolves. From then on the page
   * stays in the room, whatever becomes of the connection, until it leaves or `left` is told. Several rooms at once.
   */
  join(options?: { history?: number }): Promise<Room>;
  /** Leaves. With the last page (tab) of the user that was in it the user has left. */
  leave(): Promise<void>;

  /** How many are in it, and `count` of them (at most 20; default 0) by the time at which they came in. */
  info(query?: { count?: number; order?: 'none' | 'oldest' | 'newest' }): Promise<{ total: number; members: RoomMember[] }>;
  /** A page of what was said, on the server: see {@link Client.history}. */
  history(query?: HistoryQuery): Promise<HistoryPage>;
  /** See {@link Client.send}. 23406 not in the room, 23408 muted. */
  send(content: string | MessageContent, options?: SendOptions): Promise<Message>;

  /** The value of an entry as it is here. */
  entry(key: string): string | undefined;
  /**
   * Sets an entry. Key: 1 to 128 of A-Z, a-z, 0-9, `_`, `=`, `+`, `-`; value: 1 to 4096 UTF-16 units; else 33003.
   * `autoDelete`: it goes when this user leaves. 23423 too many, 23424 somebody else's, 23426 switched off.
   */
  setEntry(key: string, value: string, options?: EntryOptions & { autoDelete?: boolean }): Promise<void>;
  /** Removes an entry. 23427: there is none. */
  removeEntry(key: string, options?: EntryOptions): Promise<void>;
}

/** The chatrooms of a client. */
export declare class Rooms {
  constructor(client: Client);
  /** The rooms that the page is in. */
  readonly joined: readonly Room[];
  /** A room by its id, whether the page is in it or not: always the same object. Listen here before joining. */
  room(id: string): Room;
  /** Joins a room: {@link Room.join}. */
  join(id: string, options?: { history?: number }): Promise<Room>;
  /** Leaves messages of these classes (`RC:TxtMsg`) out of all rooms' events. A later call replaces the list. */
  leaveOut(objectNames: readonly string[]): void;
  /** Hears nothing of the client any more. Rooms are not left by that. */
  destroy(): void;
}

export type { HongyanError };
