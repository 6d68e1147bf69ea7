// Asks with whom to chat: one name opens a chat, several make a group.
import type { Chat } from '../chat.ts';
import { h } from '../dom.ts';
import { t } from '../i18n.ts';
import { toast } from './toast.ts';

/** The names in what was typed: apart by commas, in both languages. */
const namesIn = (text: string) => [...new Set(text.split(/[,，、;；]/).map((name) => name.trim()).filter(Boolean))];

export function newChatView(chat: Chat): HTMLDialogElement {
  const peers = h('input', {
    id: 'peer', required: true, maxlength: 600, autocomplete: 'off', placeholder: t('namesPlaceholder'), dir: 'auto',
    'aria-describedby': 'peer-hint',
  });
  const title = h('input', { id: 'group-name', maxlength: 64, autocomplete: 'off', placeholder: t('groupName'), 'aria-label': t('groupName'), dir: 'auto', hidden: true });
  peers.addEventListener('input', () => (title.hidden = namesIn(peers.value).length < 2));

  const open = (names: readonly string[], groupName: string) => {
    const [peer] = names;
    if (peer && names.length === 1) chat.showPerson(peer);
    else if (peer) chat.showGroup(groupName || names.join(', '), names).catch(() => toast(t('cannotMakeGroup')));
  };
  const dialog = h('dialog', { class: 'card', 'aria-labelledby': 'peer-label' },
    h('form', {
      on: {
        submit: (event: Event) => {
          event.preventDefault();
          const [names, groupName] = [namesIn(peers.value), title.value.trim()];
          peers.value = '';
          title.value = '';
          title.hidden = true;
          // Before the chat opens: closing gives the focus back to where it was.
          dialog.close();
          open(names, groupName);
        },
      },
    },
    h('label', { for: 'peer', id: 'peer-label' }, t('newChatWith')),
    peers,
    h('p', { class: 'muted small', id: 'peer-hint' }, t('groupHint')),
    title,
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'quiet', on: { click: () => dialog.close() } }, t('cancel')),
      h('button', { class: 'primary', type: 'submit' }, t('open')))));
  return dialog;
}
