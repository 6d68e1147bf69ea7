/**
 * Public services and customer service.
 *
 * A module of its own, so that pages without them do not load it. Importing does nothing; everything
 * here is safe to import in Node.
 */
import type { Client, ConversationRef } from './index.js';

/** An entry of a public service's menu. */
export interface MenuItem {
  readonly id: string;
  readonly name?: string;
  /** 1 a list of entries, 2 a link, 3 an entry that is answered. */
  readonly type?: number;
  readonly url?: string;
  readonly sunMenuItems?: readonly MenuItem[];
}

/** A public service as the user sees it. */
export interface PublicServiceProfile {
  /** Type 7 (of the application) or 8, and its id. */
  readonly conversation: ConversationRef;
  readonly name: string;
  readonly portraitUri: string;
  readonly introduction: string;
  readonly menu: readonly MenuItem[];
  /** Whether everybody follows it who did not say otherwise. */
  readonly global: boolean;
  readonly followed: boolean;
  /** When the user followed it or it was changed, server's clock, Unix milliseconds. */
  readonly time: number;
}

/**
 * Public services. What they say comes as messages of conversations of type 7 and 8; words are sent to
 * them with {@link Client.send}. Calls reject with what {@link Client.ask} rejects with; 39001 where
 * there is no such service, -3 for an argument that cannot be meant.
 */
export declare class PublicServices {
  constructor(client: Pick<Client, 'ask' | 'submit'>);
  /** Those that the user follows, the one that changed longest ago first. `since`: only what changed then or later. */
  followed(options?: { since?: number }): Promise<PublicServiceProfile[]>;
  /** Those whose id or name has the keyword in it, or is it; of both types, or one. */
  search(keyword: string, options?: { type?: 7 | 8; exact?: boolean }): Promise<PublicServiceProfile[]>;
  follow(service: ConversationRef): Promise<PublicServiceProfile | null>;
  unfollow(service: ConversationRef): Promise<PublicServiceProfile | null>;
  /** The user chose an entry of its menu: the service hears of it. */
  choose(service: ConversationRef, item: MenuItem): Promise<void>;
}

/** Who has a talk: the robot, nobody yet, an agent, nobody any more. */
export type TalkMode = 'robot' | 'waiting' | 'human' | 'over';

/** A talk with a customer service. What is said in it are messages of its conversation (type 5). */
export interface Talk {
  readonly serviceId: string;
  readonly conversation: ConversationRef;
  /** The server's name for it. */
  readonly sid: string;
  readonly mode: TalkMode;
  /** The handshake's data: `companyName`, `robotName`, `serviceType` and what else the server says. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Hears when somebody else has the talk. Returns what ends that. */
  onMode(listener: (mode: TalkMode) => void): () => void;
  /**
   * Asks for an agent. `coming`: one will take the talk after `before` others; `nobody` is there now;
   * there `never` is one. Rejects with 51001 when the talk is over, with -1 without an answer.
   */
  human(): Promise<{ answer: 'coming' | 'nobody' | 'never'; before: number }>;
  /** Says whether the robot helped; also when the talk is over. */
  rateRobot(rating: { resolved: boolean; remark?: string }): Promise<void>;
  /** Says how the agent was, 1 to 5 stars; also when the talk is over. Other numbers: 33003. */
  rateHuman(rating: { stars: number; remark?: string }): Promise<void>;
  /** Ends it. */
  end(): Promise<void>;
}

/** Customer service, the customer's side. Make one for a client: it listens as long as the client lives. */
export declare class CustomerService {
  /** `answerMs`: how long an answer is waited for. Default 10000. */
  constructor(client: Pick<Client, 'on' | 'submit'>, options?: { answerMs?: number });
  /**
   * Begins a talk, or goes on with the one that is not over. Rejects with 20406 when there is no such
   * customer service, with -1 without an answer.
   */
  begin(serviceId: string, more?: { userInfo?: object; requestInfo?: object }): Promise<Talk>;
  /** The talk that was begun here. */
  talk(serviceId: string): Talk | null;
  /** Hears no more: talks stay as they are, and what waits for an answer ends without one. */
  close(): void;
}
