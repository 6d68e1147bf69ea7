// One message of the log: its bubble, its time, how an own send stands; and the heading of its day
// when it is the day's first.
import type { Chat } from '../chat.ts';
import { isMention } from '../body.ts';
import { avatar, h, icon } from '../dom.ts';
import { t, type TextKey } from '../i18n.ts';
import type { Row, RowState } from '../timeline.ts';
import { faceButton } from './face.ts';
import { messageMenu } from './message-menu.ts';
import { bodyView, lineOf } from './body.ts';
import { refusalOf } from '../refusals.ts';
import { openPerson } from './person.ts';
import { clock, dayName, dayOf, full } from '../times.ts';

const GROUP = 3;
/** Kinds whose senders are people with profiles. */
const OF_PEOPLE = [1, 2, GROUP];
/** Rows of one sender closer than this stand together, ms. */
const TOGETHER = 5 * 60_000;

const STATE_WORDS: Record<RowState, TextKey> = { waiting: 'waiting', sending: 'sending', sent: 'sent', failed: 'failed' };
const STATE_ICONS = { waiting: 'clock', sending: 'clock', sent: 'check', failed: 'warn' } as const;

/** Whether the other side of a private chat has read an own message. */
const isRead = (chat: Chat, row: Row) =>
  row.mine && row.state === 'sent' && chat.open !== null && row.time <= (chat.conversation(chat.open)?.peerReadTime ?? 0);

/** How a row follows the one before it. */
export interface Place {
  readonly newDay: boolean;
  /** Begins a group of rows of one sender. */
  readonly first: boolean;
}

/** Whether a row is a line of the log rather than somebody's bubble. */
const inTheMiddle = ({ body }: Row) => body.kind === 'notice' || body.kind === 'recalled' || body.kind === 'liveOver' || body.kind === 'group';

export function placeOf(row: Row, before: Row | undefined): Place {
  const newDay = !before || dayOf(before.time) !== dayOf(row.time);
  const first = newDay || inTheMiddle(before) || before.sender !== row.sender || row.time - before.time > TOGETHER;
  return { newDay, first };
}

/** Equal shapes look equal. */
export function shapeOf(chat: Chat, row: Row, { newDay, first }: Place): string {
  return [row.state, row.code, row.replaced, isRead(chat, row), first, chat.nameOf(row.sender), chat.portraitOf(row.sender), newDay && dayName(row.time), row.time, lineOf(row.body), row.body.kind, 'url' in row.body && row.body.url].join(' ');
}

function stateView(chat: Chat, row: Row): HTMLElement {
  const word = t(STATE_WORDS[row.state]);
  if (isRead(chat, row)) {
    return h('span', { class: 'state', 'data-state': 'read', role: 'img', 'aria-label': t('read'), title: t('read') }, icon('checks'));
  }
  const mark = h('span', { class: 'state', 'data-state': row.state, role: 'img', 'aria-label': word, title: word },
    icon(STATE_ICONS[row.state]));
  const button = (name: TextKey, click: () => void) => h('button', { type: 'button', class: 'link', on: { click } }, t(name));
  const takeBack = () => button('takeBack', () => void chat.acts.takeBack(row));
  switch (row.state) {
    case 'waiting':
      return h('span', { class: 'pending' }, mark, word, takeBack());
    case 'failed':
      return failureView(chat, row, mark);
    default:
      return mark;
  }
}

function face(chat: Chat, { sender }: Row, named: boolean): HTMLElement {
  return OF_PEOPLE.includes(chat.open?.type ?? 0) ? faceButton(chat, sender, named) : avatar(chat.open ? chat.titleOf(chat.open) : sender);
}

const senderView = (chat: Chat, { sender }: Row) =>
  h('button', { type: 'button', class: 'sender', dir: 'auto', title: t('showProfile'), on: { click: () => openPerson(chat, sender) } }, chat.nameOf(sender));

/** What became of a message that was refused, and what can be done: again, otherwise, or not at all. */
function failureView(chat: Chat, row: Row, mark: HTMLElement): HTMLElement {
  const { text, again } = refusalOf(row.code, chat.open ? chat.titleOf(chat.open) : '');
  const can = (name: TextKey, click: () => void) => h('button', { type: 'button', class: 'link', on: { click } }, t(name));
  const edit = row.body.kind === 'text' ? can('edit', () => void chat.acts.edit(row)) : null;
  return h('span', { class: 'failure' }, mark, h('span', { class: 'why', role: 'status' }, text),
    again ? can('retry', () => chat.acts.retry(row)) : edit, can('takeBack', () => void chat.acts.takeBack(row)));
}

function bubbleRow(chat: Chat, row: Row, first: boolean): HTMLElement {
  const named = first && !row.mine && chat.open?.type === GROUP;
  const meant = !row.mine && isMention(row.body, chat.userId);
  return h('div', { class: `message ${row.mine ? 'mine' : 'theirs'}${first ? ' first' : ''}${meant ? ' meant' : ''}`, 'data-uid': row.messageUId },
    row.mine ? null : first ? face(chat, row, named) : h('span', { class: 'avatar-space' }),
    h('div', { class: 'bubble', 'data-kind': row.body.kind },
      named ? senderView(chat, row) : null, bodyView(row.body)),
    h('span', { class: 'meta' },
      h('time', { title: full(row.time) }, clock(row.time)),
      row.replaced ? h('span', { class: 'why', role: 'status' }, t('wordsReplaced')) : null,
      row.mine ? stateView(chat, row) : null,
      row.messageUId === '' ? null : messageMenu(chat, row)));
}

const noticeRow = (row: Row) =>
  h('div', { class: 'notice', 'data-uid': row.messageUId }, h('span', { dir: 'auto' }, lineOf(row.body)));

export function rowView(chat: Chat, row: Row, { newDay, first }: Place): HTMLElement {
  return h('div', { class: row.key === chat.found ? 'item found' : 'item' },
    newDay ? h('div', { class: 'day' }, h('span', {}, dayName(row.time))) : null,
    inTheMiddle(row) ? noticeRow(row) : bubbleRow(chat, row, first));
}
