// Files of the open conversation that are on their way.
import type { Chat } from '../chat.ts';
import { h, icon } from '../dom.ts';
import { t } from '../i18n.ts';
import { fileRefusal } from '../refusals.ts';
import type { Upload } from '../uploads.ts';

function uploadView(chat: Chat, { id, name, part, problem }: Upload): HTMLElement {
  return h('li', { class: 'upload', 'data-state': problem === null ? 'running' : 'failed' },
    h('span', { class: 'name', dir: 'auto' }, name),
    problem === null
      ? h('progress', { max: 1, value: part, 'aria-label': t('uploading', { name }) })
      : h('span', { class: 'problem', role: 'alert' }, fileRefusal(problem)),
    h('button', { class: 'tool', 'aria-label': t('cancelUpload', { name }), on: { click: () => chat.uploads.cancel(id) } }, icon('close')));
}

export function uploadsView(chat: Chat): HTMLElement {
  const list = h('ul', { class: 'uploads' });
  const update = () => {
    const running = chat.open ? chat.uploads.of(chat.open) : [];
    list.replaceChildren(...running.map((upload) => uploadView(chat, upload)));
    list.hidden = running.length === 0;
  };
  chat.on('uploads', update);
  chat.on('open', update);
  update();
  return list;
}
