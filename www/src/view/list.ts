// The conversation list.
import type { Conversation, ConversationRef } from 'hongyan';
import { keyOf, type Chat } from '../chat.ts';
import { avatar, h } from '../dom.ts';
import { t } from '../i18n.ts';
import { listTime } from '../times.ts';
import { bodyOf } from '../body.ts';
import { lineOf } from './body.ts';

function preview(row: Conversation): string {
  const { latestMessage } = row;
  if (!latestMessage) return '';
  const text = lineOf(bodyOf(latestMessage));
  return (latestMessage.direction === 'sent' ? t('you') : '') + text;
}

const badge = (count: number) =>
  h('span', { class: 'badge' },
    h('span', { 'aria-hidden': 'true' }, count > 99 ? '99+' : String(count)),
    h('span', { class: 'hidden-text' }, t('unread', { count })));

function rowView(chat: Chat, row: Conversation): HTMLElement {
  const { targetId } = row.conversation;
  const current = chat.open !== null && keyOf(chat.open) === keyOf(row.conversation);
  const button = h('button', {
    class: 'row', 'data-target': targetId, 'aria-current': current ? 'true' : false,
    on: { click: () => chat.show(row.conversation) },
  },
  avatar(targetId),
  h('span', { class: 'name', dir: 'auto' }, targetId),
  h('time', { class: 'time' }, row.time ? listTime(row.time) : ''),
  h('span', { class: 'preview', dir: 'auto' }, preview(row)),
  row.unreadCount > 0 ? badge(row.unreadCount) : null);
  return h('li', {}, button);
}

/** A conversation that was opened before it has any message. */
const blank = (conversation: ConversationRef): Conversation => ({
  conversation, latestMessage: null, unreadCount: 0, mentionCount: 0, time: 0, peerReadTime: 0,
  pinned: false, muted: false, hidden: false, draft: '',
});

export function listView(chat: Chat, startNew: () => void): HTMLElement {
  const rows = h('ul', { class: 'rows' });
  const empty = h('div', { class: 'empty' },
    h('strong', {}, t('noChats')),
    h('p', {}, t('noChatsHint')),
    h('button', { class: 'primary', on: { click: startNew } }, t('newChat')));
  const update = () => {
    const { open, list } = chat;
    const known = open === null || list.some((row) => keyOf(row.conversation) === keyOf(open));
    const all = known ? list : [blank(open), ...list];
    const focused = (document.activeElement as HTMLElement | null)?.dataset['target'];
    rows.replaceChildren(...all.map((row) => rowView(chat, row)));
    if (focused) rows.querySelector<HTMLElement>(`[data-target="${CSS.escape(focused)}"]`)?.focus();
    empty.hidden = all.length > 0;
  };
  chat.on('list', update);
  chat.on('open', update);
  update();
  return h('nav', { class: 'list', 'aria-label': t('chats') }, rows, empty);
}
