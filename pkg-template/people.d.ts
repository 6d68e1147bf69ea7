/**
 * Other people: discussions, the blacklist, who is online, quiet hours, names.
 *
 * A module of its own, loaded by pages that use it. Importing does nothing.
 */
import type { Client, HongyanError } from './index.js';

/** A discussion: a room that users make and run by themselves. */
export interface Discussion {
  readonly id: string;
  readonly name: string;
  /** '' in one that everybody has left. */
  readonly ownerId: string;
  /** The owner and the longest-standing members, at most ten. */
  readonly memberIds: readonly string[];
  /** Whether every member may bring in others; else only the owner. */
  readonly open: boolean;
}

/** Whether somebody is online. */
export interface Presence {
  readonly userId: string;
  /** Whether at least one login is there. */
  readonly online: boolean;
  /** What the user says of itself; 0 before it says anything. */
  readonly status: number;
  /** One for each login; one that is not online for a user without any. */
  readonly logins: readonly { readonly online: boolean; readonly platform: string; readonly status: number }[];
}

/** Every day, by the clock of each device. */
export interface QuietHours {
  /** `HH:MM:SS`. */
  readonly start: string;
  /** From 1 to 1439. */
  readonly minutes: number;
}

/** What the server was told of a user. */
export interface UserInfo {
  readonly userId: string;
  readonly name: string;
  readonly portraitUri: string;
}

/**
 * What a user wants of others. Calls reject with a {@link HongyanError}: -3 for an argument that cannot be meant, 33003
 * for one that the server refuses, and what {@link Client.ask} rejects with.
 */
export declare class People {
  constructor(client: Client);

  /** Makes a discussion, which the user owns; its id. */
  createDiscussion(name: string, userIds?: readonly string[]): Promise<string>;
  /** Brings others in. 21409: only the owner may. */
  invite(id: string, userIds: readonly string[]): Promise<void>;
  /** 21406: not a member, or no such discussion. */
  discussion(id: string): Promise<Discussion>;
  leaveDiscussion(id: string): Promise<void>;
  /** The owner puts somebody out. */
  removeMember(id: string, userId: string): Promise<void>;
  renameDiscussion(id: string, name: string): Promise<void>;
  /** Whether every member may bring in others; the owner decides. */
  setDiscussionOpen(id: string, open: boolean): Promise<void>;

  /** Hears nothing more of somebody: what they send privately is refused with 405 and kept nowhere. */
  block(userId: string): Promise<void>;
  unblock(userId: string): Promise<void>;
  /** By id. */
  blacklist(): Promise<string[]>;
  isBlocked(userId: string): Promise<boolean>;

  /** 23407: the server was told nothing of this user. */
  userInfo(userId: string): Promise<UserInfo>;

  presence(userId: string): Promise<Presence>;
  /** What the user says of itself: a number from 0 with a meaning of the application's own. Kept. */
  setStatus(status: number): Promise<void>;
  /**
   * Tells of these users now and whenever one comes, goes or says something else; also after the link was lost. Resolves
   * with what stops it. 26022: more than 200 in all pages that share the link; 26021: somebody is watched by too many.
   */
  watch(userIds: readonly string[], listener: (presence: Presence) => void): Promise<() => void>;

  /** Null for never. The same on all devices. */
  quietHours(): Promise<QuietHours | null>;
  setQuietHours(start: string, minutes: number): Promise<void>;
  removeQuietHours(): Promise<void>;
  /** Tells when they change, here or on another device. Returns what stops it. */
  onQuietHours(listener: (hours: QuietHours | null) => void): () => void;

  /** Hears nothing of the client any more. */
  destroy(): void;
}

/** Whether it is quiet at a time (default: now), by the clock of this device: then a page does not make a sound. */
export function isQuiet(hours: QuietHours | null, at?: Date): boolean;

export type { HongyanError };
