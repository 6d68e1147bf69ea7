// The whole page of a signed-in user: the list on one side, the open conversation on the other; on
// a phone one of them at a time.
import type { Chat } from '../chat.ts';
import { h, icon } from '../dom.ts';
import { t } from '../i18n.ts';
import { callView } from './call.ts';
import { composerView } from './composer.ts';
import { userFace } from './face.ts';
import { headView } from './head.ts';
import { listView } from './list.ts';
import { liveView, sharingNote } from './live.ts';
import { messagesView } from './messages.ts';
import { newChatView } from './new-chat.ts';
import { openPerson } from './person.ts';
import { profileView } from './profile.ts';
import { openQuietHours } from './quiet.ts';
import { openRoom } from './room.ts';
import { openServices, serviceBar } from './services.ts';
import { statusView } from './status.ts';
import { uploadsView } from './uploads.ts';

interface Options {
  chat: Chat;
  onLanguage: () => void;
  onSignOut: () => void;
  /** The account is gone. */
  onGone: () => void;
}

function tools({ chat, onLanguage, onSignOut }: Options): HTMLElement {
  const second = `/?${new URLSearchParams({ chat: chat.userId })}`;
  return h('div', { class: 'tools' },
    h('a', {
      class: 'tool', href: second, target: '_blank', rel: 'noopener',
      'aria-label': t('secondWindow'), title: t('secondWindow'),
    }, icon('window')),
    h('button', { class: 'tool', 'aria-label': t('quiet'), title: t('quiet'), on: { click: () => openQuietHours(chat) } }, icon('moon')),
    h('button', { class: 'tool word', 'aria-label': t('languageLabel'), title: t('languageLabel'), on: { click: onLanguage } }, t('language')),
    h('button', { class: 'tool', 'aria-label': t('signOut'), title: t('signOut'), on: { click: onSignOut } }, icon('signOut')));
}

function sidebar(options: Options, startNew: () => void): HTMLElement {
  const { chat } = options;
  const name = h('strong', { class: 'name', dir: 'auto' }, chat.userName);
  const profile = () => {
    if (!chat.hasAccount) return openPerson(chat, chat.userId);
    const dialog = profileView({ client: chat.client, onChange: renew, onGone: options.onGone });
    document.body.append(dialog);
    dialog.showModal();
  };
  const face = h('button', { type: 'button', class: 'face', 'aria-label': t('profile'), title: t('profile'), on: { click: profile } }, userFace(chat, chat.userId));
  const renew = () => {
    name.textContent = chat.userName;
    face.replaceChildren(userFace(chat, chat.userId));
  };
  return h('div', { class: 'side' },
    h('header', { class: 'me' },
      face,
      h('div', { class: 'who' }, name, statusView(chat)),
      tools(options)),
    h('div', { class: 'list-head' },
      h('h2', {}, t('chats')),
      h('button', { class: 'tool', 'aria-label': t('room'), title: t('room'), on: { click: () => openRoom(chat) } }, icon('room')),
      h('button', { class: 'tool', 'aria-label': t('services'), title: t('services'), on: { click: () => openServices(chat) } }, icon('services')),
      h('button', { class: 'tool', 'aria-label': t('newChat'), title: t('newChat'), on: { click: startNew } }, icon('pen'))),
    sharingNote(chat),
    listView(chat, startNew));
}

function conversation(chat: Chat): HTMLElement {
  const { head, panel } = headView(chat);
  const gap = h('p', { class: 'gap', role: 'status', hidden: true }, t('gap'));
  chat.on('gap', () => (gap.hidden = false));
  return h('section', { class: 'conversation' },
    head, panel, gap, liveView(chat), messagesView(chat), uploadsView(chat), serviceBar(chat), composerView(chat));
}

const nothingOpen = () =>
  h('div', { class: 'placeholder' },
    h('img', { src: '/icon.svg', alt: '', width: 64, height: 64 }),
    h('h2', {}, t('nothingOpen')),
    h('p', { class: 'muted' }, t('nothingOpenHint')));

export function shellView(options: Options): HTMLElement {
  const { chat } = options;
  const shell = h('main', { class: 'shell' }, h('h1', { class: 'hidden-text' }, t('title')));
  // Before the parts listen: they can take the focus only once they can be seen.
  const update = () => {
    shell.dataset['pane'] = chat.open ? 'chat' : 'list';
  };
  const title = () => {
    const { stage } = chat.calls;
    if (stage.name === 'ringing') document.title = t('callFrom', { name: chat.nameOf(stage.peer) });
    else document.title = chat.unread > 0 && !chat.people.quiet ? `(${chat.unread}) ${t('title')}` : t('title');
  };
  chat.on('open', update);
  chat.on('list', title);
  chat.on('people', title);
  chat.on('call', title);
  update();
  title();
  const dialog = newChatView(chat);
  shell.append(sidebar(options, () => dialog.showModal()), conversation(chat), nothingOpen(), dialog, callView(chat));
  return shell;
}
