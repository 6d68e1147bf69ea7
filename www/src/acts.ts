// What can be done with one message of the open conversation.
import { HongyanError } from 'hongyan';
import type { Client, ConversationRef, MessageContent } from 'hongyan';
import type { Logs } from './logs.ts';
import { messageOf, type Row } from './timeline.ts';

const NOT_IN_OUTBOX = 33003;

interface Options {
  readonly client: Client;
  readonly logs: Logs;
  /** Which conversation is open. */
  readonly open: () => ConversationRef | null;
  /** Sends with the id of an earlier try. */
  readonly send: (content: MessageContent, to: ConversationRef, clientId: string) => void;
  readonly onChange: (ref: ConversationRef) => void;
  /** A text is to be written anew. */
  readonly onEdit: () => void;
}

export class Acts {
  /** The text that is to be written anew. */
  rewritten = '';

  constructor(private readonly options: Options) {}

  /** Sends what failed once more; what the SDK has forgotten, anew with the same id. */
  retry({ content, key }: Row): void {
    const to = this.options.open();
    this.options.client.retry(key).catch((error: unknown) => {
      const isForgotten = error instanceof HongyanError && error.code === NOT_IN_OUTBOX;
      if (isForgotten && content && to) this.options.send(content, to, key);
    });
  }

  /** Takes back what has not left yet, or failed; what is on its way meanwhile goes on. */
  async takeBack({ key, state }: Row): Promise<void> {
    const ref = this.options.open();
    const taken = await this.options.client.cancel(key);
    if (taken || state !== 'failed' || !ref) return;
    this.options.logs.of(ref).drop(key);
    this.options.onChange(ref);
  }

  /** Takes a text off the log that the server refused, to be written otherwise. */
  async edit(row: Row): Promise<void> {
    if (row.body.kind !== 'text') return;
    this.rewritten = row.body.text;
    await this.takeBack(row);
    this.options.onEdit();
  }

  /** Takes an own message back on every device; rejects when it is too late. */
  async recall(row: Row): Promise<void> {
    const ref = this.options.open();
    if (ref) await this.options.client.recall(messageOf(row, ref));
  }

  /** Takes a message off this user's devices. */
  async remove(row: Row): Promise<void> {
    const ref = this.options.open();
    if (!ref) return;
    await this.options.client.deleteMessages(ref, [messageOf(row, ref)]);
    this.options.logs.of(ref).forget([row.messageUId], null);
    this.options.onChange(ref);
  }

  /** Who has read an own message of the open group; asks the others for the next time, too. */
  async readersOf(row: Row): Promise<string[]> {
    const ref = this.options.open();
    if (!ref) return [];
    const message = messageOf(row, ref);
    this.options.client.requestReceipt(message).catch((error: unknown) => console.warn(error));
    const { readers } = await this.options.client.receiptReaders(message);
    return readers.map(({ userId }) => userId);
  }
}
