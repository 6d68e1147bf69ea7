// The messages of the open conversation: a log with day headings, in which rows of one sender
// within minutes stand together. Only the newest rows are in the page until the reader asks.
import { keyOf, type Chat } from '../chat.ts';
import { avatar, h, icon } from '../dom.ts';
import { t, type TextKey } from '../i18n.ts';
import type { Row, RowState } from '../timeline.ts';
import { clock, dayName, dayOf, full } from '../times.ts';
import { Keyed, type Item } from './keyed.ts';

const PAGE = 150;
/** Rows of one sender closer than this stand together, ms. */
const TOGETHER = 5 * 60_000;
/** Nearer to the end than this, the log follows new messages, px. */
const NEAR_END = 80;

const STATE_WORDS: Record<RowState, TextKey> = { sending: 'sending', sent: 'sent', failed: 'failed' };
const STATE_ICONS = { sending: 'clock', sent: 'check', failed: 'warn' } as const;

function stateView(chat: Chat, row: Row): HTMLElement {
  const offline = row.state === 'sending' && chat.status.name !== 'connected';
  const word = t(offline ? 'waiting' : STATE_WORDS[row.state]);
  const mark = h('span', { class: 'state', 'data-state': row.state, role: 'img', 'aria-label': word, title: word },
    icon(STATE_ICONS[row.state]));
  if (row.state !== 'failed') return mark;
  return h('span', { class: 'failure' }, mark, word,
    h('button', { class: 'link', on: { click: () => chat.send(row.text ?? '', row.key) } }, t('retry')));
}

function rowView(chat: Chat, row: Row, first: boolean): HTMLElement {
  const kind = `message ${row.mine ? 'mine' : 'theirs'}${first ? ' first' : ''}`;
  return h('div', { class: kind, 'data-uid': row.messageUId },
    row.mine ? null : first ? avatar(row.sender) : h('span', { class: 'avatar-space' }),
    h('div', { class: 'bubble' },
      h('p', { class: row.text === null ? 'text muted' : 'text', dir: 'auto' }, row.text ?? t('otherContent'))),
    h('span', { class: 'meta' },
      h('time', { title: full(row.time) }, clock(row.time)),
      row.mine ? stateView(chat, row) : null));
}

const dayItem = (row: Row): Item => ({
  key: `day ${dayOf(row.time)}`,
  shape: dayName(row.time),
  make: () => h('div', { class: 'day' }, h('span', {}, dayName(row.time))),
});

function itemsOf(chat: Chat, rows: readonly Row[]): Item[] {
  const items: Item[] = [];
  const online = chat.status.name === 'connected';
  let before: Row | undefined;
  for (const row of rows) {
    const newDay = !before || dayOf(before.time) !== dayOf(row.time);
    if (newDay) items.push(dayItem(row));
    const first = newDay || before?.sender !== row.sender || row.time - before.time > TOGETHER;
    const shape = [row.state, first, row.time, row.state === 'sending' && online, row.text].join(' ');
    items.push({ key: `row ${row.key}`, shape, make: () => rowView(chat, row, first) });
    before = row;
  }
  return items;
}

export function messagesView(chat: Chat): HTMLElement {
  const log = h('div', { class: 'log', role: 'log', 'aria-live': 'polite', tabindex: 0 });
  const keyed = new Keyed(log);
  const earlier = h('button', { class: 'link earlier' }, t('earlier'));
  const nothing = h('p', { class: 'muted center' }, t('noMessages'));
  const jump = h('button', { class: 'jump' });
  const scroller = h('div', { class: 'scroller' }, earlier, nothing, log);

  let shown: string | null = null;
  let limit = PAGE;
  /** Rows that came while the reader was further up. */
  let unseen = 0;
  let count = 0;

  const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END;
  const toEnd = () => {
    scroller.scrollTop = scroller.scrollHeight;
    unseen = 0;
    jump.hidden = true;
  };
  const showJump = () => {
    if (atEnd()) unseen = 0;
    jump.hidden = atEnd();
    jump.replaceChildren(icon('down'), unseen > 0 ? t('jumpNew', { count: unseen }) : t('jump'));
  };
  const draw = () => {
    const { open } = chat;
    if (!open) return;
    const rows = chat.rows(open);
    const changed = shown !== keyOf(open);
    if (changed) {
      shown = keyOf(open);
      limit = PAGE;
      log.setAttribute('aria-label', t('messagesWith', { name: open.targetId }));
    }
    const follow = changed || atEnd() || (rows.length > count && rows.at(-1)?.state === 'sending');
    unseen = follow ? 0 : unseen + Math.max(0, rows.length - count);
    count = rows.length;
    earlier.hidden = rows.length <= limit;
    nothing.hidden = rows.length > 0;
    keyed.show(itemsOf(chat, rows.slice(-limit)));
    if (follow) toEnd();
    else showJump();
  };
  let planned = false;
  const plan = () => {
    if (planned) return;
    planned = true;
    requestAnimationFrame(() => {
      planned = false;
      draw();
    });
  };

  earlier.addEventListener('click', () => {
    const fromEnd = scroller.scrollHeight - scroller.scrollTop;
    limit += PAGE;
    draw();
    scroller.scrollTop = scroller.scrollHeight - fromEnd;
    log.focus({ preventScroll: true });
  });
  jump.addEventListener('click', toEnd);
  scroller.addEventListener('scroll', showJump, { passive: true });
  // A keyboard that opens or a window that turns keeps the newest message in sight.
  new ResizeObserver(() => unseen === 0 && jump.hidden && toEnd()).observe(scroller);
  chat.on('rows', plan);
  chat.on('status', plan);
  chat.on('open', draw);
  requestAnimationFrame(draw);
  return h('div', { class: 'messages' }, scroller, jump);
}
