// The conversation list.
import type { Conversation, ConversationRef } from 'hongyan';
import type { Chat } from '../chat.ts';
import { h, icon } from '../dom.ts';
import { t } from '../i18n.ts';
import { keyOf } from '../logs.ts';
import { listTime } from '../times.ts';
import { bodyOf } from '../body.ts';
import { lineOf } from './body.ts';
import { chatFace } from './face.ts';
import { hitsView } from './hits.ts';
import { Keyed } from './keyed.ts';

/** What stands under the name: a draft before the newest message, and whether one is meant. */
function preview(chat: Chat, row: Conversation): (Node | string)[] {
  const { latestMessage, draft, mentionCount, conversation } = row;
  if (draft !== '') return [h('span', { class: 'flag' }, t('draft')), draft];
  const flag = mentionCount > 0 ? [h('span', { class: 'flag' }, t('mentioned'))] : [];
  if (!latestMessage) return flag;
  const body = bodyOf(latestMessage);
  const who = latestMessage.direction === 'sent' ? t('you') : `${chat.nameOf(latestMessage.senderUserId)}: `;
  const says = body.kind === 'notice' || body.kind === 'recalled' || body.kind === 'liveOver' || body.kind === 'group' || (conversation.type !== GROUP && latestMessage.direction !== 'sent') ? '' : who;
  return [...flag, says + lineOf(body)];
}

const badge = (count: number, muted: boolean) =>
  h('span', { class: muted ? 'badge quiet-badge' : 'badge' },
    h('span', { 'aria-hidden': 'true' }, count > 99 ? '99+' : String(count)),
    h('span', { class: 'hidden-text' }, t('unread', { count })));

const mark = (name: 'pin' | 'mute', word: string) =>
  h('span', { class: 'mark', role: 'img', 'aria-label': word, title: word }, icon(name));

function rowView(chat: Chat, row: Conversation): HTMLElement {
  const { targetId } = row.conversation;
  const title = chat.titleOf(row.conversation);
  const current = chat.open !== null && keyOf(chat.open) === keyOf(row.conversation);
  const button = h('button', {
    class: 'row', 'data-target': targetId, 'aria-current': current ? 'true' : false,
    on: { click: () => chat.show(row.conversation) },
  },
  chatFace(chat, row.conversation),
  h('span', { class: 'name', dir: 'auto' }, title,
    row.pinned ? mark('pin', t('pinned')) : null, row.muted ? mark('mute', t('muted')) : null),
  h('time', { class: 'time' }, row.time ? listTime(row.time) : ''),
  h('span', { class: 'preview', dir: 'auto' }, ...preview(chat, row)),
  row.unreadCount > 0 ? badge(row.unreadCount, row.muted) : null);
  return h('li', {}, button);
}

const GROUP = 3;

/** A conversation that was opened before it has any message. */
const blank = (conversation: ConversationRef): Conversation => ({
  conversation, latestMessage: null, unreadCount: 0, mentionCount: 0, time: 0, peerReadTime: 0,
  pinned: false, muted: false, hidden: false, draft: '',
});

/** Equal shapes look equal. */
function shapeOf(chat: Chat, row: Conversation): string {
  const current = chat.open !== null && keyOf(chat.open) === keyOf(row.conversation);
  const { unreadCount, mentionCount, pinned, muted, draft, time, latestMessage } = row;
  const line = latestMessage ? lineOf(bodyOf(latestMessage)) : '';
  const whose = latestMessage ? `${latestMessage.direction} ${chat.nameOf(latestMessage.senderUserId)}` : '';
  const face = row.conversation.type === 1 ? chat.portraitOf(row.conversation.targetId) : '';
  return JSON.stringify([chat.titleOf(row.conversation), face, current, unreadCount, mentionCount, pinned, muted, draft, time && listTime(time), whose, line]);
}

const isWanted = (chat: Chat, row: Conversation, wanted: string) =>
  chat.titleOf(row.conversation).toLocaleLowerCase().includes(wanted.trim().toLocaleLowerCase());

export function listView(chat: Chat, startNew: () => void): HTMLElement {
  const search = h('input', { type: 'search', class: 'find', placeholder: t('find'), 'aria-label': t('find'), dir: 'auto' });
  search.addEventListener('input', () => update());
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.isComposing || search.value === '') return;
    event.preventDefault();
    search.value = '';
    search.dispatchEvent(new Event('input'));
  });
  const hits = hitsView(chat, search, { where: () => null, onPick: () => {} });
  const rows = h('ul', { class: 'rows' });
  const empty = h('div', { class: 'empty' },
    h('strong', {}, t('noChats')),
    h('p', {}, t('noChatsHint')),
    h('button', { class: 'primary', on: { click: startNew } }, t('newChat')));
  const keyed = new Keyed(rows);
  const update = () => {
    const { open, list } = chat;
    const known = open === null || list.some((row) => keyOf(row.conversation) === keyOf(open));
    const all = (known ? list : [blank(open), ...list]).filter((row) => isWanted(chat, row, search.value));
    // Rows that look the same stay: a click that began on one must end on it, and focus stays, too.
    keyed.show(all.map((row) => ({ key: keyOf(row.conversation), shape: shapeOf(chat, row), make: () => rowView(chat, row) })));
    empty.hidden = all.length > 0 || search.value !== '';
    search.hidden = search.value === '' && list.length === 0;
  };
  chat.on('list', update);
  chat.on('open', update);
  update();
  return h('nav', { class: 'list', 'aria-label': t('chats') }, search, rows, hits, empty);
}
