// The page of an agent of the customer service: who waits, the talks, the last ratings.
import { createClient } from 'hongyan';
import type { Client, ConversationRef, Message, Status } from 'hongyan';
import { language, t } from './i18n.ts';
import { agentSignIn, agentView, type Line, type Rating, type TalkRow } from './view/agent.ts';
import { refusalOf } from './refusals.ts';
import { toast } from './view/toast.ts';

const CUSTOMER_SERVICE = 5;
/** How often the talks are asked for without being told to, ms. */
const REFRESH = 30_000;
/** Messages of a talk that are read when it is opened. */
const PAGE = 50;

interface Signed { readonly userId: string; readonly token: string; readonly appKey: string }

async function post<T>(path: string, body: object): Promise<T> {
  const response = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) throw Object.assign(new Error(`${path}: ${response.status}`), { status: response.status });
  return response.json() as Promise<T>;
}

const textOf = ({ content }: Message): string => (typeof content['content'] === 'string' ? content['content'] : t('otherContent'));
const isSaid = ({ conversation, persisted }: Message) => conversation.type === CUSTOMER_SERVICE && persisted;

/** What an agent's page knows, and does. */
class Desk {
  talks: readonly TalkRow[] = [];
  ratings: readonly Rating[] = [];
  /** The customer whose talk is open. */
  open: string | null = null;
  /** What was said, by customer. */
  private readonly said = new Map<string, Map<string, Line>>();
  readonly client: Client;
  onChange: () => void = () => {};
  private onStatus: () => void = () => {};

  constructor(readonly signed: Signed) {
    this.client = createClient({ appKey: signed.appKey, navigators: location.origin, persist: false });
    this.client.on('message', (message) => this.hear(message));
    this.client.on('error', (error) => console.error(error));
    this.client.on('status', () => this.onStatus());
    void this.connect();
    setInterval(() => void this.refresh(), REFRESH);
  }

  get status(): Status {
    return this.client.status;
  }

  /** Signs in; again, after another window of the agent did. */
  async connect(): Promise<void> {
    await this.client.connect(this.signed.token).then(() => this.refresh(), () => toast(t('cannotNow')));
  }

  on(_: 'status', listener: () => void): void {
    this.onStatus = listener;
  }

  get lines(): readonly Line[] {
    const all = [...(this.open === null ? [] : this.said.get(this.open)?.values() ?? [])];
    return all.sort((one, other) => one.time - other.time);
  }

  /** The open talk, if it is the agent's. */
  get talk(): TalkRow | undefined {
    return this.talks.find(({ customer, waits }) => customer === this.open && !waits);
  }

  async refresh(): Promise<void> {
    try {
      const told = await post<{ talks: TalkRow[]; ratings: Rating[] }>('/agents/talks', { token: this.signed.token });
      ({ talks: this.talks, ratings: this.ratings } = told);
      this.onChange();
    } catch (error) {
      console.warn(error);
    }
  }

  async take(talk: TalkRow): Promise<void> {
    await this.act('/agents/take', { talk: talk.talk });
    await this.show(talk.customer);
  }

  async leave(talk: TalkRow, toRobot: boolean): Promise<void> {
    await this.act('/agents/leave', { talk: talk.talk, toRobot });
  }

  async show(customer: string): Promise<void> {
    this.open = customer;
    this.onChange();
    try {
      const { messages } = await this.client.history(this.ref(customer), { count: PAGE });
      for (const message of messages) this.add(message);
    } catch (error) {
      console.warn(error);
    }
    this.onChange();
  }

  /** Whether the customer has it. */
  async say(text: string): Promise<boolean> {
    const customer = this.open;
    if (customer === null || text === '') return false;
    const user = { id: this.signed.userId, name: this.signed.userId };
    try {
      this.add(await this.client.send(this.ref(customer), { body: { content: text, user } }, { asAgent: true, keep: false }));
      this.onChange();
      return true;
    } catch (error) {
      console.warn(error);
      toast(refusalOf((error as { code?: number }).code ?? 0, customer).text);
      return false;
    }
  }

  private async act(path: string, body: object): Promise<void> {
    await post(path, { token: this.signed.token, ...body }).catch((error: unknown) => {
      console.warn(error);
      toast(t('cannotNow'));
    });
    await this.refresh();
  }

  private ref(customer: string): ConversationRef {
    return { type: CUSTOMER_SERVICE, targetId: customer };
  }

  private hear(message: Message): void {
    if (message.objectName === 'RC:CmdMsg') void this.refresh();
    if (!isSaid(message)) return;
    this.add(message);
    this.onChange();
  }

  private add(message: Message): void {
    if (!isSaid(message)) return;
    const { conversation: { targetId }, messageUId, direction, sentTime } = message;
    const lines = this.said.get(targetId) ?? new Map<string, Line>();
    lines.set(messageUId, { text: textOf(message), own: direction === 'sent', time: sentTime });
    this.said.set(targetId, lines);
  }
}

const app = document.getElementById('app') as HTMLElement;
document.documentElement.lang = language() === 'zh' ? 'zh-CN' : 'en';
document.title = t('agentTitle');

app.replaceChildren(agentSignIn(async (agent, secret) => {
  try {
    const desk = new Desk(await post<Signed>('/agents/sign-in', { agent, secret }));
    app.replaceChildren(agentView(desk));
    return null;
  } catch (error) {
    const { status = 0 } = error as { status?: number };
    return t(status === 429 ? 'agentWait' : status === 401 ? 'agentRefused' : 'signInUnreachable');
  }
}));

export type { Desk };
