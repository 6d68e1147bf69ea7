/**
 * Live locations: users of a conversation see where the others are while they share it.
 *
 * A module of its own. Importing does nothing; everything here is safe to import in Node.
 */
import type { Client, ConversationRef, HongyanError } from './index.js';

/** Nobody shares; others do; this user does, alone; this user and others do. */
export type LiveLocationState = 'idle' | 'incoming' | 'outgoing' | 'connected';

/** What happened to the locations of a conversation. */
export type LiveLocationEvent =
  | { readonly name: 'state'; readonly state: LiveLocationState }
  | { readonly name: 'joined' | 'quit'; readonly userId: string }
  | { readonly name: 'moved'; readonly userId: string; readonly latitude: number; readonly longitude: number };

/** Somebody who shares; without numbers until a location was told. */
export interface Participant {
  readonly userId: string;
  readonly latitude?: number;
  readonly longitude?: number;
}

/** Rejections are {@link HongyanError}s whose codes are those of `RealTimeLocationErrorCode` of 2.x. */
export interface LiveLocation {
  readonly conversation: ConversationRef;
  readonly state: LiveLocationState;
  /** Everybody who shares, this user first. */
  readonly participants: Participant[];
  /** Returns what ends it. */
  on(listener: (event: LiveLocationEvent) => void): () => void;
  /** Begins to share. 2: not in this kind of conversation, 3: locations are shared already, 6: the others were not told. */
  start(): Promise<void>;
  /** Shares with those who do. -1: nobody does, 3: one does already, 4: too many do, 5: the others were not told. */
  join(): Promise<void>;
  /** Shares no more. -1: one did not. */
  quit(): Promise<void>;
  /** Tells where this user is, degrees. -1: one does not share, or the numbers are no place; 7: the others were not told. */
  update(latitude: number, longitude: number): Promise<void>;
}

/** The live locations of a client: make one, it listens until it is closed. */
export declare class LiveLocations {
  /**
   * `maxParticipants` besides oneself (5). Who was not heard of for `expireMs` (60000) has gone; whoever
   * shares is heard of every `beatMs` (20000).
   */
  constructor(
    client: Pick<Client, 'on' | 'submit' | 'userId' | 'serverTimeOffset'>,
    options?: { maxParticipants?: number; expireMs?: number; beatMs?: number },
  );
  /** Those of a conversation. */
  of(conversation: ConversationRef): LiveLocation;
  /** Hears no more, and says no more. */
  close(): void;
}

export type { HongyanError };
