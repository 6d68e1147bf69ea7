// The state of a signed-in page and what it does with the SDK. The views read it and are told by
// topic what changed.
import { createClient, HongyanError } from 'hongyan';
import type { Client, Conversation, ConversationRef, Message, MessageContent, Status } from 'hongyan';
import type { Rooms } from 'hongyan/rooms';
import type { SearchCursor, SearchResult, StoredMessage } from 'hongyan/archive';
import { Acts } from './acts.ts';
import { Calls } from './call/calls.ts';
import type { TextKey } from './i18n.ts';
import { Groups } from './groups.ts';
import { keyOf, Logs } from './logs.ts';
import { People } from './people.ts';
import { Places } from './places.ts';
import { Services } from './services.ts';
import { account, signIn, type Session } from './session.ts';
import type { Row } from './timeline.ts';
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
const TOKEN_REFUSED = [31004, 31020];
/** Hits of a page of a search. */
const HITS = 20;
/** How long the SDK may take to speak of the sends an earlier page left behind, ms. */
const OUTBOX_GRACE = 10_000;
/** How long the others may take to hear of who goes, ms. */
const FAREWELL = 1000;
/** What the other side is told at most once in this time, ms. */
const TYPING_EVERY = 3000;

export class Chat {
  readonly client: Client;
  list: readonly Conversation[] = [];
  open: ConversationRef | null = null;
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
  /** What can be done with a message. */
  readonly acts: Acts;
  private readonly logs: Logs;
  private readonly listeners = new Map<Topic, Set<() => void>>();
  private readonly stop = new AbortController();

  constructor(
    private session: Session,
    private readonly onSessionLost: () => void,
    onPlaceProblem: (key: TextKey) => void,
  ) {
    this.client = createClient({ appKey: session.appKey, navigators: location.origin, archive: true });
    this.logs = new Logs(this.client, (ref) => this.touched(ref));
    this.acts = new Acts({
      client: this.client,
      logs: this.logs,
      open: () => this.open,
      send: (...given) => this.send(...given),
      onChange: (ref) => this.touched(ref),
      onEdit: () => this.tell('edit'),
    });
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
    return this.logs.of(ref).rows;
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
    if (ref) void this.logs.begin(ref);
  }

  /** Messages that have the keyword, in all conversations or in one. */
  async search(keyword: string, where: { conversation?: ConversationRef; before?: SearchCursor } = {}): Promise<SearchResult> {
    return (await this.client.archive()).search(keyword, { ...where, count: HITS });
  }

  /** Opens the conversation of a message that was found, there. */
  async reveal(message: StoredMessage): Promise<void> {
    const { conversation } = message;
    this.show(conversation);
    await this.logs.reach(message);
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
    this.logs.of(to).submit(id, this.userId, content, Date.now());
    // The `send` event tells how it ended; the promise only has to be heard.
    sent.catch(() => {});
    this.touched(to);
  }

  sendText(text: string): void {
    if (!this.open) return;
    const mentionedInfo = this.open.type === GROUP ? this.groups.mentions(text, this.open.targetId, this) : null;
    this.send({ objectName: 'RC:TxtMsg', body: { content: text, ...(mentionedInfo && { mentionedInfo }) } }, this.open);
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
    this.logs.clear(ref);
  }

  /** What fails here changes nothing that the user would miss; the console says what it was. */
  private async quietly(work: Promise<unknown>): Promise<void> {
    await work.catch((error: unknown) => console.warn(error));
  }

  /** Reads one more page of the open conversation's history. */
  async loadEarlier(): Promise<void> {
    if (this.open) await this.logs.earlier(this.open);
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
    const told = Promise.all([this.calls.close(), this.places.close()]);
    this.silence();
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
      this.logs.of(conversation).settle(clientId, state, message);
      this.touched(conversation);
    });
    client.on('conversation', () => void this.refreshList());
    client.on('recalled', ({ conversation, messageUId, recalledBy }) => {
      this.logs.of(conversation).recall(messageUId, recalledBy);
      this.touched(conversation);
    });
    client.on('deleted', ({ conversation, messageUIds, upTo }) => {
      this.logs.of(conversation).forget(messageUIds, upTo);
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
    if (this.open) void this.logs.begin(this.open);
    setTimeout(() => {
      this.logs.endOutbox();
      this.tell('rows');
    }, OUTBOX_GRACE);
  }

  private add(message: Message): void {
    const { conversation } = message;
    this.logs.of(conversation).add(message);
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
      if (latestMessage) this.logs.of(latestMessage.conversation).add(latestMessage);
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

  private touched(ref: ConversationRef): void {
    if (this.open && keyOf(this.open) === keyOf(ref)) this.tell('rows');
  }

  private tell(topic: Topic): void {
    for (const listener of this.listeners.get(topic) ?? []) listener();
  }
}
