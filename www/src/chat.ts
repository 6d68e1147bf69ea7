// The state of a signed-in page and what it does with the SDK. The views read it and are told by
// topic what changed.
import { createClient, HongyanError } from 'hongyan';
import type { Client, Conversation, ConversationRef, Message, MessageContent, Status } from 'hongyan';
import type { Rooms } from 'hongyan/rooms';
import type { SearchCursor, SearchResult, StoredMessage } from 'hongyan/archive';
import { Calls } from './call/calls.ts';
import { readTo } from './found.ts';
import type { TextKey } from './i18n.ts';
import { Groups } from './groups.ts';
import { People } from './people.ts';
import { Places } from './places.ts';
import { Services } from './services.ts';
import { account, signIn, type Session } from './session.ts';
import { messageOf, Timeline, type Row } from './timeline.ts';
import { Uploads } from './uploads.ts';

/**
 * `list`: conversations; `rows`: messages of the open one; `status`: connection; `open`: which is
 * open; `found`: a row of it is to be shown; `typing`: who writes there; `uploads`: files on their way;
 * `people`: who is online, who is blocked, when it is quiet.
 * `services`: what services say of themselves, or who has a talk.
 * `edit`: a text of the open one is to be written anew.
 * `call`: how the call stands; `places`: who shares a live location, and where.
 */
export type Topic = 'call' | 'places' | 'edit' | 'list' | 'rows' | 'status' | 'open' | 'found' | 'gap' | 'typing' | 'uploads' | 'services' | 'people';

const [PRIVATE, DISCUSSION, GROUP, CUSTOMER_SERVICE, SYSTEM, APP_SERVICE, PUBLIC_SERVICE] = [1, 2, 3, 5, 6, 7, 8];
const SHOWN = [PRIVATE, DISCUSSION, GROUP, CUSTOMER_SERVICE, SYSTEM, APP_SERVICE, PUBLIC_SERVICE];
const NOT_IN_OUTBOX = 33003;
const TOKEN_REFUSED = [31004, 31020];
/** Messages of a page of history. */
const PAGE = 50;
/** Hits of a page of a search. */
const HITS = 20;
/** How long the SDK may take to speak of the sends an earlier page left behind, ms. */
const OUTBOX_GRACE = 10_000;

/** How long the others may take to hear of who goes, ms. */
const FAREWELL = 1000;
/** What the other side is told at most once in this time, ms. */
const TYPING_EVERY = 3000;

/** How far back the server's history of a conversation was read. */
type History =
  | { readonly name: 'unread' }
  | { readonly name: 'loading' }
  | { readonly name: 'partly' }
  | { readonly name: 'whole' };

export const keyOf = (ref: ConversationRef) => `${ref.type}:${ref.targetId}`;

export class Chat {
  readonly client: Client;
  list: readonly Conversation[] = [];
  open: ConversationRef | null = null;
  /** The text that is to be written anew. */
  rewritten = '';
  /** The row that a search led to. */
  found: string | null = null;
  readonly groups = new Groups(() => this.tell('list'));
  readonly uploads: Uploads;
  readonly services: Services;
  readonly people: People;
  readonly calls: Calls;
  readonly places: Places;
  private roomsLoaded: Promise<Rooms> | null = null;
  /** Who writes where: user ids by conversation. */
  private readonly writing = new Map<string, Set<string>>();
  private toldTyping = 0;
  private readonly timelines = new Map<string, Timeline>();
  private readonly histories = new Map<string, History>();
  /** Whether the SDK has spoken of every send that an earlier page left behind. */
  private outboxHeard = false;
  private readonly listeners = new Map<Topic, Set<() => void>>();
  private readonly stop = new AbortController();

  constructor(
    private session: Session,
    private readonly onSessionLost: () => void,
    onPlaceProblem: (key: TextKey) => void,
  ) {
    this.client = createClient({ appKey: session.appKey, navigators: location.origin, archive: true });
    this.uploads = new Uploads(this.client, () => this.tell('uploads'), (to, content) => this.send(content, to));
    this.people = new People(this.client, () => this.tell('people'), () => {
      for (const topic of ['list', 'rows', 'people'] as const) this.tell(topic);
    });
    this.calls = new Calls({
      client: this.client,
      isOnline: (userId) => this.people.isOnlineNow(userId),
      isBlocked: (userId) => this.people.isBlocked({ type: PRIVATE, targetId: userId }) === true,
      record: (content, to) => this.send(content, to),
      onChange: () => this.tell('call'),
    });
    this.places = new Places(this.client, () => this.tell('places'), onPlaceProblem);
    this.services = new Services(this.client, () => {
      this.tell('services');
      this.tell('list');
    });
    this.listen();
    const events = { signal: this.stop.signal };
    document.addEventListener('visibilitychange', () => this.markRead(), events);
    window.addEventListener('focus', () => this.markRead(), events);
    // Who closes the page hangs up, and shares no place any more. What is sent as late as at `pagehide` often does not leave; some browsers tell no other.
    for (const last of ['beforeunload', 'pagehide']) {
      window.addEventListener(last, () => {
        void this.calls.hangUp();
        void this.places.stop();
      }, events);
    }
    void this.connect();
    void this.refreshList();
  }

  /** Chatrooms; loaded when somebody wants one. */
  rooms(): Promise<Rooms> {
    this.roomsLoaded ??= import('hongyan/rooms').then(({ Rooms: Made }) => new Made(this.client)).catch((error: unknown) => {
      this.roomsLoaded = null;
      throw error;
    });
    return this.roomsLoaded;
  }

  get userId(): string {
    return this.session.userId;
  }

  /** What others are shown of the user. */
  get userName(): string {
    return (this.hasAccount && account.user?.name) || this.session.name;
  }

  get hasAccount(): boolean {
    return this.session.account;
  }

  get status(): Status {
    return this.client.status;
  }

  get unread(): number {
    return this.list.reduce((sum, row) => sum + row.unreadCount, 0);
  }

  rows(ref: ConversationRef): readonly Row[] {
    return this.timeline(ref).rows;
  }

  /** Returns what ends it. */
  on(topic: Topic, listener: () => void): () => void {
    const all = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, all.add(listener));
    return () => void all.delete(listener);
  }

  /** Takes away every listener: the views are about to be built anew. */
  silence(): void {
    this.listeners.clear();
  }

  show(ref: ConversationRef | null): void {
    this.open = ref;
    this.found = null;
    this.tell('open');
    this.markRead();
    if (ref && !this.timelines.get(keyOf(ref))?.restored) void this.restore(ref).then(() => this.loadEarlier());
    else if (ref && this.history(ref).name === 'unread') void this.loadEarlier();
  }

  /** Messages that have the keyword, in all conversations or in one. */
  async search(keyword: string, where: { conversation?: ConversationRef; before?: SearchCursor } = {}): Promise<SearchResult> {
    return (await this.client.archive()).search(keyword, { ...where, count: HITS });
  }

  /** Opens the conversation of a message that was found, there. */
  async reveal(message: StoredMessage): Promise<void> {
    const { conversation } = message;
    this.show(conversation);
    const timeline = this.timeline(conversation);
    if (!timeline.has(message)) await readTo(await this.client.archive(), message, (one) => timeline.restore(one));
    if (!this.open || keyOf(this.open) !== keyOf(conversation)) return;
    this.found = message.clientId || message.messageUId;
    this.tell('found');
  }

  showPerson(name: string): void {
    this.show({ type: PRIVATE, targetId: name });
  }

  /** Opens the talk with a customer service. */
  async startTalk(serviceId: string): Promise<void> {
    await this.services.begin(serviceId);
    this.show({ type: CUSTOMER_SERVICE, targetId: serviceId });
  }

  /** Opens a new group of these people. */
  async showGroup(name: string, members: readonly string[]): Promise<void> {
    const targetId = await this.groups.make(await this.session.token(), name, members);
    this.show({ type: GROUP, targetId });
  }

  /** What a conversation is called. */
  titleOf(ref: ConversationRef): string {
    const { type, targetId } = ref;
    if (type === PRIVATE) return this.nameOf(targetId);
    return this.services.titleOf(ref) || (type === GROUP && this.groups.get(targetId)?.name) || targetId;
  }

  /** What somebody is called. */
  nameOf(userId: string): string {
    return (userId === this.userId ? this.userName : this.people.profiles.get(userId)?.name) || userId;
  }

  /** The address of somebody's portrait, '' without one. */
  portraitOf(userId: string): string {
    if (userId === this.userId) return (this.hasAccount && account.user?.portrait) || '';
    return this.people.profiles.get(userId)?.portraitUri ?? '';
  }

  conversation(ref: ConversationRef): Conversation | undefined {
    return this.list.find((row) => keyOf(row.conversation) === keyOf(ref));
  }

  /** Who else writes in the open conversation. */
  get writers(): string[] {
    return [...(this.open && this.writing.get(keyOf(this.open)) || [])];
  }

  /** Sends; with the id of an earlier try, that one again. */
  send(content: MessageContent, to: ConversationRef, clientId?: string): void {
    const mentioned = 'mentionedInfo' in content.body;
    const { clientId: id, sent } = this.client.submit(to, content, { mentioned, ...(clientId ? { clientId } : {}) });
    this.timeline(to).submit(id, this.userId, content, Date.now());
    // The `send` event tells how it ended; the promise only has to be heard.
    sent.catch(() => {});
    this.touched(to);
  }

  sendText(text: string): void {
    if (!this.open) return;
    const mentionedInfo = this.open.type === GROUP ? this.mentionsIn(text, this.open.targetId) : null;
    this.send({ objectName: 'RC:TxtMsg', body: { content: text, ...(mentionedInfo && { mentionedInfo }) } }, this.open);
  }

  private mentionsIn(text: string, groupId: string): object | null {
    if (/@(all|所有人)(?!\p{L})/u.test(text)) return { type: 1, userIdList: [], mentionedContent: '' };
    const members = this.groups.get(groupId)?.members ?? [];
    const userIdList = members.filter((id) => id !== this.userId && (text.includes(`@${id}`) || text.includes(`@${this.nameOf(id)}`)));
    return userIdList.length > 0 ? { type: 2, userIdList, mentionedContent: '' } : null;
  }

  /** The user writes in the open conversation: kept as a draft, and told to the other side. */
  wrote(text: string): void {
    const { open } = this;
    if (!open) return;
    void this.quietly(this.client.setDraft(open, text));
    if (text === '' || Date.now() - this.toldTyping < TYPING_EVERY) return;
    this.toldTyping = Date.now();
    void this.quietly(this.client.sendTyping(open));
  }

  draftOf(ref: ConversationRef): string {
    return this.conversation(ref)?.draft ?? '';
  }

  /** Sends what failed once more; what the SDK has forgotten, anew with the same id. */
  retry({ content, key }: Row): void {
    const to = this.open;
    this.client.retry(key).catch((error: unknown) => {
      const isForgotten = error instanceof HongyanError && error.code === NOT_IN_OUTBOX;
      if (isForgotten && content && to) this.send(content, to, key);
    });
  }

  /** Takes back what has not left yet, or failed; what is on its way meanwhile goes on. */
  async takeBack({ key, state }: Row): Promise<void> {
    const ref = this.open;
    const taken = await this.client.cancel(key);
    if (taken || state !== 'failed' || !ref) return;
    this.timeline(ref).drop(key);
    this.touched(ref);
  }

  /** Takes a text off the log that the server refused, to be written otherwise. */
  async edit(row: Row): Promise<void> {
    if (row.body.kind !== 'text') return;
    this.rewritten = row.body.text;
    await this.takeBack(row);
    this.tell('edit');
  }

  /** Takes an own message back on every device; rejects when it is too late. */
  async recall(row: Row): Promise<void> {
    if (this.open) await this.client.recall(messageOf(row, this.open));
  }

  /** Takes a message off this user's devices. */
  async remove(row: Row): Promise<void> {
    const ref = this.open;
    if (!ref) return;
    await this.client.deleteMessages(ref, [messageOf(row, ref)]);
    this.timeline(ref).remove(row.messageUId);
    this.touched(ref);
  }

  /** Who has read an own message of the open group; asks the others for the next time, too. */
  async readersOf(row: Row): Promise<string[]> {
    if (!this.open) return [];
    const message = messageOf(row, this.open);
    void this.quietly(this.client.requestReceipt(message));
    const { readers } = await this.client.receiptReaders(message);
    return readers.map(({ userId }) => userId);
  }

  async setPinned(ref: ConversationRef, on: boolean): Promise<void> {
    await this.client.setPinned(ref, on);
  }

  async setMuted(ref: ConversationRef, on: boolean): Promise<void> {
    await this.client.setMuted(ref, on);
  }

  async removeConversation(ref: ConversationRef): Promise<void> {
    await this.quietly(this.client.removeConversation(ref));
    this.show(null);
  }

  async clearHistory(ref: ConversationRef): Promise<void> {
    await this.client.clearHistory(ref);
    this.timelines.set(keyOf(ref), new Timeline());
    this.histories.set(keyOf(ref), { name: 'whole' });
    this.touched(ref);
  }

  /** What fails here changes nothing that the user would miss; the console says what it was. */
  private async quietly(work: Promise<unknown>): Promise<void> {
    await work.catch((error: unknown) => console.warn(error));
  }

  /** Reads one more page of the open conversation's history. */
  async loadEarlier(): Promise<void> {
    const ref = this.open;
    const before = ref && this.history(ref);
    if (!before || before.name === 'loading' || before.name === 'whole') return;
    this.histories.set(keyOf(ref), { name: 'loading' });
    const after = await this.readEarlier(ref, before).catch(async () => {
      // Without a connection this browser's own memory has to do; the server is asked again later.
      await this.restore(ref);
      return before;
    });
    this.histories.set(keyOf(ref), after);
    this.touched(ref);
  }

  /** A page from the server: the newest at first, then what is before all that is here. */
  private async readEarlier(ref: ConversationRef, before: History): Promise<History> {
    const timeline = this.timeline(ref);
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
    const timeline = this.timeline(ref);
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
    this.touched(ref);
  }

  private history(ref: ConversationRef): History {
    return this.histories.get(keyOf(ref)) ?? { name: 'unread' };
  }

  async connect(): Promise<void> {
    try {
      await this.signedIn();
    } catch (error) {
      const refused = error instanceof HongyanError && TOKEN_REFUSED.includes(error.code);
      if (refused) await this.renewToken();
      // Every other end is shown by the status; the SDK goes on trying where that can help.
      else console.warn(error);
    }
  }

  close(): void {
    this.stop.abort();
    this.silence();
    const told = Promise.all([this.calls.close(), this.places.close()]);
    const patience = new Promise((resolve) => setTimeout(resolve, FAREWELL));
    void Promise.race([told, patience]).finally(() => this.client.destroy());
  }

  private async signedIn(): Promise<void> {
    const { userId, token } = this.session;
    await this.client.connect(this.session.account ? account.token : await token(), { userId });
  }

  private async renewToken(): Promise<void> {
    try {
      // An account renews its tokens by itself: refused is then the login.
      if (this.session.account) throw new Error('the login is over');
      this.session = await signIn(this.session.name);
      await this.signedIn();
    } catch {
      this.onSessionLost();
    }
  }

  private listen(): void {
    const { client } = this;
    client.on('status', (status) => {
      if (status.name === 'connected') this.onConnected();
      this.tell('status');
    });
    client.on('message', (message) => {
      // Another device of this user has read: nothing to show.
      if (message.objectName !== 'RC:SRSMsg') this.add(message);
    });
    client.on('send', ({ clientId, conversation, state, message }) => {
      this.timeline(conversation).settle(clientId, state, message);
      this.touched(conversation);
    });
    client.on('conversation', () => void this.refreshList());
    client.on('recalled', ({ conversation, messageUId, recalledBy }) => {
      this.timeline(conversation).recall(messageUId, recalledBy);
      this.touched(conversation);
    });
    client.on('read', () => this.tell('rows'));
    client.on('typing', ({ conversation, userId, objectName }) => {
      const writers = this.writing.get(keyOf(conversation)) ?? new Set();
      if (objectName === null) writers.delete(userId);
      else writers.add(userId);
      this.writing.set(keyOf(conversation), writers);
      this.tell('typing');
    });
    client.on('receiptRequest', () => this.markRead());
    client.on('gap', () => this.tell('gap'));
    client.on('error', (error) => console.error(error));
  }

  private onConnected(): void {
    void this.refreshList(true);
    void this.groups.refresh(this.session.token());
    void this.quietly(this.services.refresh());
    void this.quietly(this.people.refresh());
    this.markRead();
    if (this.open && this.history(this.open).name === 'unread') void this.loadEarlier();
    setTimeout(() => {
      this.outboxHeard = true;
      for (const timeline of this.timelines.values()) timeline.failUnheard();
      this.tell('rows');
    }, OUTBOX_GRACE);
  }

  private add(message: Message): void {
    const { conversation } = message;
    this.timeline(conversation).add(message);
    this.touched(conversation);
    if (message.objectName === 'RC:GrpNtf' || (conversation.type === GROUP && !this.groups.get(conversation.targetId))) {
      void this.groups.refresh(this.session.token());
    }
    this.markRead();
  }

  private async refreshList(remote = false): Promise<void> {
    try {
      this.list = await this.client.conversations({ types: SHOWN, remote });
    } catch {
      return; // Not connected, or destroyed meanwhile: the list stays as it is.
    }
    for (const { latestMessage } of this.list) {
      if (latestMessage) this.timeline(latestMessage.conversation).add(latestMessage);
    }
    this.tell('list');
    this.tell('rows');
  }

  /** The open conversation is read as soon as the window is looked at. */
  private markRead(): void {
    const { open } = this;
    if (!open || document.visibilityState !== 'visible') return;
    void this.client.markRead(open).catch(() => {});
    if (open.type === GROUP) void this.client.answerReceipts(open).catch(() => {});
  }

  private timeline(ref: ConversationRef): Timeline {
    const known = this.timelines.get(keyOf(ref));
    if (known) return known;
    const timeline = new Timeline();
    this.timelines.set(keyOf(ref), timeline);
    return timeline;
  }

  private touched(ref: ConversationRef): void {
    if (this.open && keyOf(this.open) === keyOf(ref)) this.tell('rows');
  }

  private tell(topic: Topic): void {
    for (const listener of this.listeners.get(topic) ?? []) listener();
  }
}
