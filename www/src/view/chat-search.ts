// Searching the open conversation: a field over its log, opened by a button of its head.
import type { Chat } from '../chat.ts';
import { h, icon } from '../dom.ts';
import { t } from '../i18n.ts';
import { keyOf } from '../logs.ts';
import { hitsView } from './hits.ts';

/** The button that opens it, and what it opens. */
export function chatSearchView(chat: Chat): { button: HTMLElement; panel: HTMLElement } {
  const field = h('input', { type: 'search', class: 'find', placeholder: t('searchHere'), 'aria-label': t('searchHere'), dir: 'auto', maxlength: 200 });
  const button = h('button', { class: 'tool', 'aria-label': t('searchHere'), title: t('searchHere'), 'aria-expanded': 'false' }, icon('search'));
  const end = h('button', { class: 'tool', type: 'button', 'aria-label': t('endSearch'), title: t('endSearch') }, icon('close'));
  const hits = hitsView(chat, field, { where: () => chat.open, onPick: () => (hits.hidden = true) });
  const panel = h('div', { class: 'chat-search', role: 'search', hidden: true },
    h('div', { class: 'search-line' }, field, end), hits);

  const toggle = (open: boolean) => {
    panel.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    field.value = '';
    hits.hidden = true;
    (open ? field : button).focus();
  };
  button.addEventListener('click', () => toggle(panel.hidden !== false));
  end.addEventListener('click', () => toggle(false));
  field.addEventListener('focus', () => {
    if (field.value.trim() !== '') hits.hidden = false;
  });
  panel.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.preventDefault();
    toggle(false);
  });
  let shown: string | null = null;
  chat.on('open', () => {
    const key = chat.open && keyOf(chat.open);
    if (key === shown) return;
    shown = key;
    panel.hidden = true;
    button.setAttribute('aria-expanded', 'false');
  });
  return { button, panel };
}
