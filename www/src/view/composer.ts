// Where a message is written. Enter sends, Shift+Enter starts a new line; what an input method is
// composing is never sent. Unsent text stays with its conversation.
import { keyOf, type Chat } from '../chat.ts';
import { h, icon } from '../dom.ts';
import { t } from '../i18n.ts';

/** Characters; well under the 128 KiB that a message may have. */
const LONGEST = 20_000;

export function composerView(chat: Chat): HTMLElement {
  const text = h('textarea', {
    rows: 1, maxlength: LONGEST, placeholder: t('write'), 'aria-label': t('write'), dir: 'auto',
    enterkeyhint: 'send', title: t('enterHint'),
  });
  const button = h('button', { class: 'primary round', type: 'submit', 'aria-label': t('send') }, icon('send'));

  const fit = () => {
    text.style.height = 'auto';
    text.style.height = `${text.scrollHeight}px`;
    button.disabled = text.value.trim() === '';
  };
  const send = () => {
    if (text.value.trim() === '') return;
    chat.sendText(text.value.trim());
    text.value = '';
    remember();
    text.focus();
  };
  const remember = () => {
    if (chat.open) chat.drafts.set(keyOf(chat.open), text.value);
    fit();
  };
  text.addEventListener('input', remember);
  text.addEventListener('keydown', (event) => {
    // 229: Safari ends a composition before it reports the Enter that ended it.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  });

  let shown: string | null = null;
  const update = () => {
    const key = chat.open && keyOf(chat.open);
    if (key !== shown) {
      shown = key;
      text.value = (key && chat.drafts.get(key)) || '';
      requestAnimationFrame(fit);
    }
    if (key && matchMedia('(pointer: fine)').matches) text.focus();
  };
  chat.on('open', update);
  update();
  return h('form', {
    class: 'composer',
    on: {
      submit: (event: Event) => {
        event.preventDefault();
        send();
      },
    },
  }, text, button);
}
