// The messages of one conversation as they are shown: each once, in order, own sends that the
// server has not confirmed at the end.
import type { ConversationRef, Message, MessageContent, SendState } from 'hongyan';
import type { StoredMessage } from 'hongyan/archive';
import { bodyOf, isShown, type Body } from './body.ts';

/** How an own message stands; received ones are `sent`. */
export type RowState = 'waiting' | 'sending' | 'sent' | 'failed';

/** How a row shows the state of a send that has not ended. */
const SHOWN_AS = { queued: 'waiting', sending: 'sending', failed: 'failed' } as const;

export interface Row {
  /** Names the row while it lives: the client's id of an own send, else the server's id. */
  readonly key: string;
  readonly messageUId: string;
  readonly mine: boolean;
  readonly sender: string;
  readonly body: Body;
  /** What to send again; null once the server has it. */
  readonly content: MessageContent | null;
  /** Unix ms; the server's once it is sent. */
  readonly time: number;
  readonly state: RowState;
  /** The code of what it failed with; 0 where that is not known, or it did not fail. */
  readonly code: number;
  /** The server replaced words of it: the row shows what it stored. */
  readonly replaced?: true;
}

const codeOf = (state: SendState): number => (state.name === 'failed' ? state.error.code : 0);

function rowOf(message: Message): Row {
  return {
    key: message.clientId || message.messageUId,
    messageUId: message.messageUId,
    mine: message.direction === 'sent',
    sender: message.senderUserId,
    body: bodyOf(message),
    content: message.messageUId === '' ? { objectName: message.objectName, body: message.content } : null,
    time: message.sentTime,
    state: 'sent',
    code: 0,
  };
}

/** A row as the SDK names its message. */
export const messageOf = (row: Row, conversation: ConversationRef) =>
  ({
    conversation, messageUId: row.messageUId, sentTime: row.time, senderUserId: row.sender,
    direction: row.mine ? 'sent' : 'received', objectName: '', content: {}, clientId: '',
    persisted: true, counted: true, mentioned: false, offline: false,
  }) satisfies Message;

/** How an own content will look. */
export const contentBody = ({ objectName = 'RC:TxtMsg', body }: MessageContent, senderUserId: string): Body =>
  bodyOf({ objectName, content: body, senderUserId });

/** `SentStatus` of a send that failed, as the archive has it. */
const FAILED = 20;

const isBefore = (a: Row, b: Row) =>
  a.time < b.time || (a.time === b.time && a.messageUId < b.messageUId);

export class Timeline {
  /** Confirmed, by (time, uid). */
  private settled: Row[] = [];
  /** Own sends without an answer, in the order they were made. */
  private pending: Row[] = [];
  private readonly uids = new Set<string>();
  /** Keys of sends of an earlier page that nothing was heard of yet. */
  private readonly unheard = new Set<string>();
  /** Whether the newest page of what earlier pages kept is here. */
  restored = false;

  get rows(): readonly Row[] {
    return [...this.settled, ...this.pending];
  }

  /**
   * Takes a message that the server keeps; a second copy changes nothing. One without the server's
   * id (an own send on its way, as the conversation list shows it) is told of by {@link settle}.
   */
  add(message: Message): void {
    if (message.messageUId === '' || !isShown(message)) return;
    const row = rowOf(message);
    this.pending = this.pending.filter((other) => other.key !== row.key);
    if (!this.uids.has(row.messageUId)) this.insert(row);
  }

  /** Takes a message that an earlier page kept: an own send may be one that nobody has heard of since. */
  restore(message: StoredMessage): void {
    if (message.messageUId !== '') return this.add(message);
    const key = message.clientId;
    if (!isShown(message) || [...this.settled, ...this.pending].some((row) => row.key === key)) return;
    const state = message.sentStatus === FAILED ? 'failed' : 'sending';
    if (state === 'sending') this.unheard.add(key);
    this.pending = [...this.pending, { ...rowOf(message), state } as const].sort((a, b) => a.time - b.time);
  }

  /** Whether the row of a message is here. */
  has({ messageUId, clientId }: Pick<Message, 'messageUId' | 'clientId'>): boolean {
    return messageUId === '' ? this.pending.some(({ key }) => key === clientId) : this.uids.has(messageUId);
  }

  /** Forgets what was sent before a time: there may be a gap behind it. */
  forgetBefore(time: number): void {
    for (const row of this.settled) if (row.time < time) this.uids.delete(row.messageUId);
    this.settled = this.settled.filter((row) => row.time >= time);
  }

  /** An own message on its way. Sent again, it keeps its row. */
  submit(clientId: string, sender: string, content: MessageContent, now: number): void {
    const body = contentBody(content, sender);
    const row: Row = {
      key: clientId, messageUId: '', mine: true, sender, body, content, time: now, state: 'sending', code: 0,
    };
    const at = this.pending.findIndex((other) => other.key === clientId);
    this.unheard.delete(clientId);
    if (at < 0) this.pending.push(row);
    else this.pending[at] = { ...row, time: this.pending[at]?.time ?? now };
  }

  /** What became of an own message. */
  settle(clientId: string, state: SendState, message: Message | null): void {
    if (message && !isShown(message)) return;
    this.unheard.delete(clientId);
    const at = this.pending.findIndex((row) => row.key === clientId);
    const row = this.pending[at];
    if (state.name === 'sent') {
      if (row) this.confirm(message?.wordsReplaced ? { ...row, body: bodyOf(message), replaced: true } : row, state);
      else if (message) this.add(message);
    } else if (state.name === 'cancelled') {
      this.pending = this.pending.filter((other) => other.key !== clientId);
    } else if (row) {
      this.pending[at] = { ...row, state: SHOWN_AS[state.name], code: codeOf(state) };
    } else if (message) {
      // Left in the outbox by an earlier page.
      this.pending.push({ ...rowOf(message), state: SHOWN_AS[state.name], code: codeOf(state) });
    }
  }

  /** Takes an own message that never left off the log. */
  drop(clientId: string): void {
    this.pending = this.pending.filter((row) => row.key !== clientId);
  }

  /** Offers a retry for sends of an earlier page that the SDK does not know of. */
  failUnheard(): void {
    this.pending = this.pending.map((row) =>
      this.unheard.has(row.key) ? { ...row, state: 'failed' } : row,
    );
    this.unheard.clear();
  }

  /** The sender took it back: the row stays, what it said does not. */
  recall(messageUId: string, by: string): void {
    const at = this.settled.findIndex((row) => row.messageUId === messageUId);
    const row = this.settled[at];
    if (row) this.settled[at] = { ...row, body: { kind: 'recalled', by } };
  }

  /** Takes messages that were deleted off the log, and all that were sent up to a time. */
  forget(messageUIds: readonly string[], upTo: number | null): void {
    const gone = new Set(messageUIds);
    this.settled = this.settled.filter((row) => !gone.has(row.messageUId) && row.time > (upTo ?? 0));
  }

  /** The oldest message that the server keeps. */
  get oldest(): Row | undefined {
    return this.settled[0];
  }

  private confirm(row: Row, sent: { messageUId: string; sentTime: number }): void {
    this.pending = this.pending.filter((other) => other.key !== row.key);
    if (this.uids.has(sent.messageUId)) return;
    this.insert({ ...row, content: null, state: 'sent', messageUId: sent.messageUId, time: sent.sentTime });
  }

  private insert(row: Row): void {
    this.uids.add(row.messageUId);
    let [low, high] = [0, this.settled.length];
    // Nearly every row is the newest one.
    const newest = this.settled[high - 1];
    if (!newest || !isBefore(row, newest)) low = high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(row, this.settled[middle] as Row)) high = middle;
      else low = middle + 1;
    }
    this.settled.splice(low, 0, row);
  }
}
