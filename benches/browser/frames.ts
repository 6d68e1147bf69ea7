// The demo's log with many messages while others arrive: called by scripts/bench-frames.mjs. Every
// message goes the way of the demo: into the timeline, then the log is told.
import type { Message } from 'hongyan';
import type { Chat, Topic } from '../../www/src/chat.ts';
import { Timeline } from '../../www/src/timeline.ts';
import { messagesView } from '../../www/src/view/messages.ts';

const START = Date.UTC(2026, 0, 1);
const WORDS = '今天下午三点开会，请把合同带上。 The tea is ready and the train leaves at nine.';

const message = (n: number): Message => {
  const mine = n % 3 === 0;
  const text = `${n} ${WORDS.slice(0, 10 + ((n * 7) % (WORDS.length - 10)))}`.repeat(1 + (n % 5 === 0 ? 3 : 0));
  return {
    conversation: { type: 3, targetId: 'crew' }, senderUserId: mine ? 'me' : `user-${n % 7}`, direction: mine ? 'sent' : 'received',
    objectName: 'RC:TxtMsg', content: { content: text }, sentTime: START + n * 60_000, messageUId: `U-${String(n).padStart(9, '0')}`,
    clientId: '', persisted: true, counted: true, mentioned: false, offline: false,
  };
};

const listeners = new Map<Topic, (() => void)[]>();
const timeline = new Timeline();
let count = 0;
const chat = {
  open: { type: 3, targetId: 'crew' },
  found: null,
  status: { name: 'connected' },
  rows: () => timeline.rows,
  on: (topic: Topic, listener: () => void) => listeners.set(topic, [...(listeners.get(topic) ?? []), listener]),
  userId: 'me',
  titleOf: () => 'crew',
  conversation: () => undefined,
  loadEarlier: async () => {},
} as unknown as Chat;

const tell = (topic: Topic) => (listeners.get(topic) ?? []).forEach((listener) => listener());
const arrive = () => timeline.add(message((count += 1)));

/** Times between frames, ms, while messages arrive every `every` ms. */
function watch(ms: number, every: number): Promise<number[]> {
  const timer = setInterval(() => {
    arrive();
    tell('rows');
  }, every);
  return new Promise((done) => {
    const gaps: number[] = [];
    const end = performance.now() + ms;
    let last = 0;
    const frame = (now: number) => {
      if (last > 0) gaps.push(now - last);
      last = now;
      if (now < end) return void requestAnimationFrame(frame);
      clearInterval(timer);
      done(gaps);
    };
    requestAnimationFrame(frame);
  });
}

Object.assign(window, {
  fill(messages: number) {
    while (count < messages) arrive();
    tell('rows');
  },
  watch,
});
document.getElementById('app')?.append(messagesView(chat));
