// Where a message is written, and files are added: by the button, by pasting, by dropping. Enter sends, Shift+Enter starts a new line; what an input method is
// composing is never sent. Unsent text stays with its conversation.
import type { Chat } from '../chat.ts';
import { h, icon } from '../dom.ts';
import { t } from '../i18n.ts';
import { keyOf } from '../logs.ts';

/** Characters; well under the 128 KiB that a message may have. */
const LONGEST = 20_000;
/** Writing rests for so long before it is kept as a draft, ms. */
const DRAFT_AFTER = 400;

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
  let draftTimer = 0;
  const keep = () => {
    clearTimeout(draftTimer);
    chat.wrote(text.value);
  };
  const send = () => {
    if (text.value.trim() === '') return;
    chat.sendText(text.value.trim());
    text.value = '';
    keep();
    fit();
    text.focus();
  };
  const add = (files: Iterable<File>) => {
    for (const file of files) if (chat.open) void chat.uploads.add(chat.open, file);
  };
  text.addEventListener('input', () => {
    clearTimeout(draftTimer);
    draftTimer = window.setTimeout(keep, DRAFT_AFTER);
    fit();
  });
  text.addEventListener('blur', keep);
  text.addEventListener('paste', (event) => add(event.clipboardData?.files ?? []));
  const files = h('input', { type: 'file', multiple: true, hidden: true, 'aria-hidden': 'true', tabindex: -1 });
  files.addEventListener('change', () => {
    add(files.files ?? []);
    files.value = '';
  });
  const attach = h('button', {
    class: 'tool', type: 'button', 'aria-label': t('attach'), title: t('attach'), on: { click: () => files.click() },
  }, icon('clip'));
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
      text.value = chat.open ? chat.draftOf(chat.open) : '';
      requestAnimationFrame(fit);
    }
    if (key && matchMedia('(pointer: fine)').matches) text.focus();
  };
  chat.on('open', update);
  chat.on('edit', () => {
    text.value = [text.value.trim(), chat.acts.rewritten].filter(Boolean).join('\n');
    keep();
    fit();
    text.focus();
  });
  update();
  return h('form', {
    class: 'composer',
    on: {
      submit: (event: Event) => {
        event.preventDefault();
        send();
      },
      dragover: (event: Event) => event.preventDefault(),
      drop: (event: DragEvent) => {
        event.preventDefault();
        add(event.dataTransfer?.files ?? []);
      },
    },
  }, attach, files, text, button);
}
