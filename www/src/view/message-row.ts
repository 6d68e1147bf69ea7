// One message of the log: its bubble, its time, how an own send stands; and the heading of its day
// when it is the day's first.
import type { Chat } from '../chat.ts';
import { avatar, h, icon } from '../dom.ts';
import { t, type TextKey } from '../i18n.ts';
import type { Row, RowState } from '../timeline.ts';
import { bodyView, lineOf } from './body.ts';
import { clock, dayName, dayOf, full } from '../times.ts';

/** Rows of one sender closer than this stand together, ms. */
const TOGETHER = 5 * 60_000;

const STATE_WORDS: Record<RowState, TextKey> = { sending: 'sending', sent: 'sent', failed: 'failed' };
const STATE_ICONS = { sending: 'clock', sent: 'check', failed: 'warn' } as const;

/** How a row follows the one before it. */
export interface Place {
  readonly newDay: boolean;
  /** Begins a group of rows of one sender. */
  readonly first: boolean;
}

export function placeOf(row: Row, before: Row | undefined): Place {
  const newDay = !before || dayOf(before.time) !== dayOf(row.time);
  return { newDay, first: newDay || before.sender !== row.sender || row.time - before.time > TOGETHER };
}

/** Equal shapes look equal. */
export function shapeOf(chat: Chat, row: Row, { newDay, first }: Place): string {
  const waiting = row.state === 'sending' && chat.status.name !== 'connected';
  return [row.state, waiting, first, newDay && dayName(row.time), row.time, lineOf(row.body), row.body.kind, 'url' in row.body && row.body.url].join(' ');
}

function stateView(chat: Chat, row: Row): HTMLElement {
  const offline = row.state === 'sending' && chat.status.name !== 'connected';
  const word = t(offline ? 'waiting' : STATE_WORDS[row.state]);
  const mark = h('span', { class: 'state', 'data-state': row.state, role: 'img', 'aria-label': word, title: word },
    icon(STATE_ICONS[row.state]));
  if (row.state !== 'failed') return mark;
  return h('span', { class: 'failure' }, mark, word,
    h('button', { class: 'link', on: { click: () => chat.retry(row) } }, t('retry')));
}

function bubbleRow(chat: Chat, row: Row, first: boolean): HTMLElement {
  return h('div', { class: `message ${row.mine ? 'mine' : 'theirs'}${first ? ' first' : ''}`, 'data-uid': row.messageUId },
    row.mine ? null : first ? avatar(row.sender) : h('span', { class: 'avatar-space' }),
    h('div', { class: 'bubble', 'data-kind': row.body.kind }, bodyView(row.body)),
    h('span', { class: 'meta' },
      h('time', { title: full(row.time) }, clock(row.time)),
      row.mine ? stateView(chat, row) : null));
}

const noticeRow = (row: Row) =>
  h('div', { class: 'notice', 'data-uid': row.messageUId }, h('span', { dir: 'auto' }, lineOf(row.body)));

export function rowView(chat: Chat, row: Row, { newDay, first }: Place): HTMLElement {
  const inTheMiddle = row.body.kind === 'notice' || row.body.kind === 'recalled';
  return h('div', { class: 'item' },
    newDay ? h('div', { class: 'day' }, h('span', {}, dayName(row.time))) : null,
    inTheMiddle ? noticeRow(row) : bubbleRow(chat, row, first));
}
