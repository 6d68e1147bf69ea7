// A group: who is in it.
import type { ConversationRef } from 'hongyan';
import type { Chat } from '../chat.ts';
import { h } from '../dom.ts';
import { t } from '../i18n.ts';
import { openDialog } from './dialog.ts';
import { userFace } from './face.ts';
import { openPerson } from './person.ts';

export function openGroup(chat: Chat, ref: ConversationRef): void {
  const title = chat.titleOf(ref);
  const rows = h('ul', { class: 'group-members' });
  const count = h('p', { class: 'muted small' });
  const member = (userId: string, isOwner: boolean) => h('li', {},
    h('button', { type: 'button', class: 'member', on: { click: () => openPerson(chat, userId) } },
      userFace(chat, userId), h('span', { class: 'name', dir: 'auto' }, chat.nameOf(userId)),
      isOwner ? h('span', { class: 'muted small' }, t('owner')) : null,
      userId === chat.userId ? h('span', { class: 'muted small' }, t('yourself')) : null));
  let shown = '';
  const draw = () => {
    const { members = [], owner = '' } = chat.groups.get(ref.targetId) ?? {};
    const now = JSON.stringify([owner, members.map((id) => [id, chat.nameOf(id), chat.portraitOf(id)])]);
    if (now === shown) return;
    shown = now;
    count.textContent = t('memberCount', { count: members.length });
    rows.replaceChildren(...members.map((id) => member(id, id === owner)));
  };
  const stop = chat.on('list', draw);
  openDialog('group', title, stop, h('h2', { dir: 'auto' }, title), count, rows);
  draw();
  rows.querySelector('button')?.focus();
}
