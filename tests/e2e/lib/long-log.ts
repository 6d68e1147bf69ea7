// The demo's log alone, with rows made here: what a conversation of 100,000 messages does to a page.
import { messagesView } from '../../../www/src/view/messages.ts';
import type { Chat, Topic } from '../../../www/src/chat.ts';
import type { Row } from '../../../www/src/timeline.ts';

const START = Date.UTC(2026, 0, 1);

const row = (index: number): Row => ({
  key: `k${index}`, messageUId: `u${index}`, mine: index % 3 === 0, sender: index % 3 === 0 ? 'me' : 'ada',
  body: { kind: 'text', mentions: [], text: `message ${index}${' and a few more words'.repeat((index * 7) % 23)}` }, content: null, time: START + index * 60_000, state: 'sent', code: 0,
});

const listeners = new Map<Topic, (() => void)[]>();
let rows: Row[] = [];
const chat = {
  open: { type: 1, targetId: 'ada' },
  status: { name: 'connected' },
  rows: () => rows,
  on: (topic: Topic, listener: () => void) => listeners.set(topic, [...(listeners.get(topic) ?? []), listener]),
  userId: 'me',
  titleOf: () => 'ada',
  nameOf: (userId: string) => userId,
  portraitOf: () => '',
  conversation: () => undefined,
  loadEarlier: async () => {},
} as unknown as Chat;

const tell = (topic: Topic) => (listeners.get(topic) ?? []).forEach((listener) => listener());

Object.assign(window, {
  /** Rows `from` to `to` and nothing else. */
  fill(from: number, to: number) {
    rows = Array.from({ length: to - from }, (_, index) => row(from + index));
    tell('rows');
  },
  append() {
    const last = Number(rows.at(-1)?.key.slice(1) ?? -1);
    rows = [...rows, row(last + 1)];
    tell('rows');
  },
  prepend(count: number) {
    const first = Number(rows[0]?.key.slice(1));
    rows = [...Array.from({ length: count }, (_, index) => row(first - count + index)), ...rows];
    tell('rows');
  },
});

document.getElementById('app')?.append(messagesView(chat));
