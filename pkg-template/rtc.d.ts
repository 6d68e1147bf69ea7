/**
 * Calls without their media: rooms whose members find each other, and calls between users: invited, ringing, taken,
 * hung up. Which media flow, and how, is the application's choice.
 *
 * A module of its own, loaded by pages that call. Importing does nothing.
 */
import type { Client, ConversationRef, HongyanError, Message, MessageContent, SendOptions } from './index.js';
import type { ErrorCode } from './rongimlib/enums.js';

export declare const MediaType: { readonly AUDIO: 1; readonly VIDEO: 2 };
export type MediaType = (typeof MediaType)[keyof typeof MediaType];

type EndOfCall = 'CANCEL' | 'REJECT' | 'HANGUP' | 'BUSYLINE' | 'NO_RESPONSE' | 'ENGINE_UN_SUPPORTED' | 'NETWORK_ERROR';

/** Why a call ended: the numbers of 2.x. What the other side did is ten more. */
export declare const CallEnd: Pick<typeof ErrorCode, EndOfCall | `REMOTE_${EndOfCall}`> & {
  /** Another device of the user took it, or refused it. */
  readonly ELSEWHERE: 20;
};

/** Somebody else in a call. */
export interface CallMember {
  readonly userId: string;
  readonly state: 'invited' | 'ringing' | 'connected' | 'left';
  readonly mediaType: number;
}

/** A call as it stands. */
export interface CallState {
  readonly id: string;
  readonly state: 'outgoing' | 'incoming' | 'connected' | 'ended';
  readonly conversation: ConversationRef;
  /** Who began it. */
  readonly caller: string;
  /** Who brought this user in. */
  readonly inviter: string;
  readonly mediaType: number;
  /** The channel of the media service. */
  readonly channelInfo: { readonly Id: string; readonly Key: string };
  readonly extra: string;
  /** Server time, milliseconds; 0 for `connectedTime` before it is taken. */
  readonly startTime: number;
  readonly connectedTime: number;
  /** Once it is over: a number of {@link CallEnd}, and who ended it. */
  readonly end: { readonly reason: number; readonly by: string; readonly time: number } | null;
  readonly members: readonly CallMember[];
}

/** What is worth keeping of a call, as `SummaryMessage` of 2.x has it. `duration`: milliseconds. */
export interface CallSummary {
  readonly caller: string;
  readonly inviter: string;
  readonly mediaType: number;
  readonly memberIdList: readonly string[];
  readonly startTime: number;
  readonly connectedTime: number;
  readonly duration: number;
  readonly status: number;
}

/** A change of the call. `userId`: whose doing it was. */
export interface CallChange {
  readonly what: 'incoming' | 'ringing' | 'accepted' | 'connected' | 'media' | 'members' | 'left' | 'ended';
  readonly userId: string;
  readonly call: CallState;
  /** With `ended`. */
  readonly summary: CallSummary | null;
}

/**
 * Calls between users, one at a time. Calls reject with a {@link HongyanError}: -3 for an argument that cannot be meant, 18
 * without a call that this could be said of, 51002 while another one is under way, and what {@link Client.send} rejects with.
 */
export declare class Calls {
  /**
   * `ringMs`: how long it rings, default 60000. `answers`: whether invitations are answered by ringing, or that the line is
   * busy, by themselves; default true.
   */
  constructor(client: Client, options?: { ringMs?: number; answers?: boolean });
  readonly current: CallState | null;
  /** Tells of each change. Returns what stops it. */
  watch(listener: (change: CallChange) => void): () => void;
  /** Calls the other side of a private conversation, or some members (`userIds`) of a group or discussion. */
  start(to: ConversationRef, options?: { userIds?: readonly string[]; mediaType?: MediaType; extra?: string; channel?: string }): Promise<CallState>;
  /** Takes the call that comes in. */
  accept(options?: { mediaType?: MediaType }): Promise<CallState>;
  /** Cancels, refuses or hangs up, as it stands; or for a reason of {@link CallEnd}. */
  hangUp(reason?: number): Promise<void>;
  setMediaType(mediaType: MediaType): Promise<void>;
  /** Brings more members of the group in. */
  invite(userIds: readonly string[]): Promise<void>;
  /** For pages that hear messages otherwise. */
  hear(message: Message): void;
  destroy(): void;
}

/** Values by key. */
export type CallValues = Readonly<Record<string, string>>;

/** Where a value stands: the room's or one's own (default), for the signalling (default) or for the application. */
export interface CallPlace {
  owner?: 'room' | 'own';
  interior?: boolean;
}

/**
 * A call room. Rejects with 40001 for who is not in it, 23411 when it is full, 24012 where the server makes no keys.
 * Messages of the room arrive as messages of a conversation of type 12; those of the class `RCRTC:state` tell who came (0),
 * left (1) or fell silent (2).
 */
export declare class CallRoom {
  constructor(client: Client, id: string);
  readonly id: string;
  /** Joins, and says every ten seconds that this page is there; who is silent for a minute has left. */
  join(options?: { mode?: number; broadcastType?: number }): Promise<{ members: Readonly<Record<string, CallValues>>; token: string | null; sessionId: string | null }>;
  leave(): Promise<void>;
  /** By user, each with values of its own. */
  members(): Promise<Readonly<Record<string, CallValues>>>;
  info(): Promise<{ values: CallValues; members: Readonly<Record<string, CallValues>> }>;
  /** A key for the media service. */
  token(): Promise<string>;
  set(key: string, value: string, place?: CallPlace & { notice?: MessageContent }): Promise<void>;
  /** Those of these keys; all for none. */
  get(keys?: readonly string[], place?: CallPlace): Promise<CallValues>;
  remove(keys?: readonly string[], place?: CallPlace & { notice?: MessageContent }): Promise<void>;
  /** A content to the others who are there now. */
  send(content: string | MessageContent, options?: SendOptions): Promise<Message>;
}

export type { HongyanError };
