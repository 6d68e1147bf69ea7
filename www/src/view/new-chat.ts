// Asks with whom to chat.
import type { Chat } from '../chat.ts';
import { h } from '../dom.ts';
import { t } from '../i18n.ts';

export function newChatView(chat: Chat): HTMLDialogElement {
  const name = h('input', {
    id: 'peer', required: true, maxlength: 64, autocomplete: 'off', placeholder: t('namePlaceholder'), dir: 'auto',
  });
  const dialog = h('dialog', { class: 'card', 'aria-labelledby': 'peer-label' },
    h('form', {
      on: {
        submit: (event: Event) => {
          event.preventDefault();
          const peer = name.value.trim();
          name.value = '';
          // Before the chat opens: closing gives the focus back to where it was.
          dialog.close();
          if (peer) chat.showPerson(peer);
        },
      },
    },
    h('label', { for: 'peer', id: 'peer-label' }, t('newChatWith')),
    name,
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'quiet', on: { click: () => dialog.close() } }, t('cancel')),
      h('button', { class: 'primary', type: 'submit' }, t('open')))));
  return dialog;
}
