// What was said in each conversation: as it arrives, out of this browser's archive, and page by page from the server.
import type { Client, ConversationRef } from 'hongyan';
import type { StoredMessage } from 'hongyan/archive';
import { readTo } from './found.ts';
import { Timeline } from './timeline.ts';

/** Messages of a page of history. */
const PAGE = 50;

/** How far back the server's history of a conversation was read. */
type History =
  | { readonly name: 'unread' }
  | { readonly name: 'loading' }
  | { readonly name: 'partly' }
  | { readonly name: 'whole' };

export const keyOf = (ref: ConversationRef) => `${ref.type}:${ref.targetId}`;

export class Logs {
  private readonly timelines = new Map<string, Timeline>();
  private readonly histories = new Map<string, History>();
  /** Whether the SDK has spoken of every send that an earlier page left behind. */
  private outboxHeard = false;

  /** `onChange`: the log of a conversation reads differently now. */
  constructor(private readonly client: Client, private readonly onChange: (ref: ConversationRef) => void) {}

  of(ref: ConversationRef): Timeline {
    const known = this.timelines.get(keyOf(ref));
    if (known) return known;
    const timeline = new Timeline();
    this.timelines.set(keyOf(ref), timeline);
    return timeline;
  }

  /** Reads what is there as soon as a conversation is opened. */
  async begin(ref: ConversationRef): Promise<void> {
    if (!this.of(ref).restored) await this.restore(ref);
    if (this.history(ref).name === 'unread') await this.earlier(ref);
  }

  /** Reads one more page from the server. */
  async earlier(ref: ConversationRef): Promise<void> {
    const before = this.history(ref);
    if (before.name === 'loading' || before.name === 'whole') return;
    this.histories.set(keyOf(ref), { name: 'loading' });
    const after = await this.readEarlier(ref, before).catch(async () => {
      // Without a connection this browser's own memory has to do; the server is asked again later.
      await this.restore(ref);
      return before;
    });
    this.histories.set(keyOf(ref), after);
    this.onChange(ref);
  }

  /** Reads so far back that a message is there. */
  async reach(message: StoredMessage): Promise<void> {
    const timeline = this.of(message.conversation);
    if (!timeline.has(message)) await readTo(await this.client.archive(), message, (one) => timeline.restore(one));
  }

  /** Nothing is left of it. */
  clear(ref: ConversationRef): void {
    this.timelines.set(keyOf(ref), new Timeline());
    this.histories.set(keyOf(ref), { name: 'whole' });
    this.onChange(ref);
  }

  /** The SDK will say no more of sends of earlier pages. */
  endOutbox(): void {
    this.outboxHeard = true;
    for (const timeline of this.timelines.values()) timeline.failUnheard();
  }

  /** A page from the server: the newest at first, then what is before all that is here. */
  private async readEarlier(ref: ConversationRef, before: History): Promise<History> {
    const timeline = this.of(ref);
    const oldest = before.name === 'partly' ? timeline.oldest : undefined;
    const place = oldest && { before: { sentTime: oldest.time, messageUId: oldest.messageUId } };
    const { messages, hasMore } = await this.client.history(ref, { ...place, count: PAGE });
    const [first] = messages;
    // What the archive has may end long before: nothing must be missing between two rows.
    if (before.name === 'unread' && hasMore && first && !messages.some((one) => timeline.has(one))) timeline.forgetBefore(first.sentTime);
    for (const message of messages) timeline.add(message);
    return { name: hasMore ? 'partly' : 'whole' };
  }

  /** Takes a page out of the archive: the newest one, then what is before all that is here. */
  private async restore(ref: ConversationRef): Promise<void> {
    const timeline = this.of(ref);
    const { oldest, restored } = timeline;
    timeline.restored = true;
    const place = restored && oldest && { before: { sentTime: oldest.time, messageUId: oldest.messageUId } };
    const read = async () => (await this.client.archive()).page(ref, { ...place, count: PAGE });
    const { messages } = await read().catch((error: unknown) => {
      console.warn(error);
      return { messages: [] };
    });
    for (const message of messages) timeline.restore(message);
    if (this.outboxHeard) timeline.failUnheard();
    this.onChange(ref);
  }

  private history(ref: ConversationRef): History {
    return this.histories.get(keyOf(ref)) ?? { name: 'unread' };
  }
}
