// The whole page of a signed-in user: the list on one side, the open conversation on the other; on
// a phone one of them at a time.
import type { ConversationRef } from 'hongyan';
import type { Chat } from '../chat.ts';
import { avatar, h, icon } from '../dom.ts';
import { t } from '../i18n.ts';
import { chatSearchView } from './chat-search.ts';
import { composerView } from './composer.ts';
import { listView } from './list.ts';
import { openMenu, type Choice } from './menu.ts';
import { messagesView } from './messages.ts';
import { newChatView } from './new-chat.ts';
import { profileView } from './profile.ts';
import { openQuietHours } from './quiet.ts';
import { openRoom } from './room.ts';
import { openServices, serviceBar } from './services.ts';
import { statusView } from './status.ts';
import { toast } from './toast.ts';
import { uploadsView } from './uploads.ts';

const GROUP = 3;

interface Options {
  chat: Chat;
  onLanguage: () => void;
  onSignOut: () => void;
  /** The account is gone. */
  onGone: () => void;
}

function tools({ chat, onLanguage, onSignOut, onGone }: Options, onProfile: () => void): HTMLElement {
  const second = `/?${new URLSearchParams({ chat: chat.userId })}`;
  return h('div', { class: 'tools' },
    h('a', {
      class: 'tool', href: second, target: '_blank', rel: 'noopener',
      'aria-label': t('secondWindow'), title: t('secondWindow'),
    }, icon('window')),
    chat.hasAccount ? h('button', {
      class: 'tool', 'aria-label': t('profile'), title: t('profile'),
      on: {
        click: () => {
          const dialog = profileView({ onChange: onProfile, onGone });
          document.body.append(dialog);
          dialog.showModal();
        },
      },
    }, icon('user')) : null,
    h('button', { class: 'tool', 'aria-label': t('quiet'), title: t('quiet'), on: { click: () => openQuietHours(chat) } }, icon('moon')),
    h('button', { class: 'tool word', 'aria-label': t('languageLabel'), title: t('languageLabel'), on: { click: onLanguage } }, t('language')),
    h('button', { class: 'tool', 'aria-label': t('signOut'), title: t('signOut'), on: { click: onSignOut } }, icon('signOut')));
}

function sidebar(options: Options, startNew: () => void): HTMLElement {
  const { chat } = options;
  const name = h('strong', { class: 'name', dir: 'auto' }, chat.userName);
  return h('aside', { class: 'side' },
    h('header', { class: 'me' },
      avatar(chat.userId),
      h('div', { class: 'who' }, name, statusView(chat)),
      tools(options, () => (name.textContent = chat.userName))),
    h('div', { class: 'list-head' },
      h('h2', {}, t('chats')),
      h('button', { class: 'tool', 'aria-label': t('room'), title: t('room'), on: { click: () => openRoom(chat) } }, icon('room')),
      h('button', { class: 'tool', 'aria-label': t('services'), title: t('services'), on: { click: () => openServices(chat) } }, icon('services')),
      h('button', { class: 'tool', 'aria-label': t('newChat'), title: t('newChat'), on: { click: startNew } }, icon('pen'))),
    listView(chat, startNew));
}

function choicesOf(chat: Chat, ref: ConversationRef): Choice[] {
  const row = chat.conversation(ref);
  const [pinned, muted] = [row?.pinned ?? false, row?.muted ?? false];
  const blocked = chat.people.isBlocked(ref);
  const setBlocked = (on: boolean) => void chat.people.setBlocked(ref.targetId, on)
    .then(() => toast(t(on ? 'blockedNow' : 'unblockedNow', { name: chat.titleOf(ref) })), () => toast(t('cannotNow')));
  return [
    ...(blocked === null || ref.targetId === chat.userId ? [] : [{ label: t(blocked ? 'unblock' : 'block'), run: () => setBlocked(!blocked) }]),
    { label: t(pinned ? 'unpin' : 'pin'), run: () => void chat.setPinned(ref, !pinned) },
    { label: t(muted ? 'unmute' : 'mute'), run: () => void chat.setMuted(ref, !muted) },
    { label: t('clearHistory'), grave: true, run: () => void chat.clearHistory(ref).catch(() => toast(t('cannotNow'))) },
    { label: t('removeChat'), grave: true, run: () => void chat.removeConversation(ref) },
  ];
}

function conversation(chat: Chat): HTMLElement {
  const head = h('div', { class: 'peer' });
  // On a phone the side with the other one is out of sight.
  const state = statusView(chat);
  const back = h('button', {
    class: 'tool back', 'aria-label': t('back'), on: { click: () => chat.show(null) },
  }, icon('back'));
  const gap = h('p', { class: 'gap', role: 'status', hidden: true }, t('gap'));
  const below = h('span', { class: 'below muted small', 'aria-live': 'polite' });
  const more = h('button', { class: 'tool', 'aria-label': t('moreOfChat'), title: t('moreOfChat') }, icon('more'));
  const search = chatSearchView(chat);
  more.addEventListener('click', () => chat.open && openMenu(more, choicesOf(chat, chat.open)));
  const update = () => {
    const name = chat.open ? chat.titleOf(chat.open) : '';
    head.replaceChildren(avatar(name), h('div', { class: 'who' }, h('h1', { class: 'name', dir: 'auto' }, name), below, state));
    tellBelow();
  };
  const tellBelow = () => {
    const { open, writers } = chat;
    const members = open?.type === GROUP ? chat.groups.get(open.targetId)?.members : undefined;
    const online = open ? chat.people.isOnline(open) : null;
    const presence = online === null ? '' : t(online ? 'online' : 'offline');
    const said = open && chat.people.isBlocked(open) ? t('isBlocked') : presence;
    below.dataset['online'] = String(online === true && said === presence);
    below.textContent = writers.length > 0 ? t('typing', { names: writers.join(', ') }) : (members ? t('members', { names: members.join(', ') }) : said);
  };
  chat.on('open', update);
  chat.on('open', () => void chat.people.show(chat.open).catch(() => {}));
  chat.on('list', update);
  chat.on('typing', tellBelow);
  chat.on('people', tellBelow);
  chat.on('gap', () => (gap.hidden = false));
  update();
  return h('main', { class: 'conversation' },
    h('header', { class: 'head' }, back, head, search.button, more), search.panel, gap, messagesView(chat), uploadsView(chat), serviceBar(chat), composerView(chat));
}

const nothingOpen = () =>
  h('div', { class: 'placeholder' },
    h('img', { src: '/icon.svg', alt: '', width: 64, height: 64 }),
    h('strong', {}, t('nothingOpen')),
    h('p', { class: 'muted' }, t('nothingOpenHint')));

export function shellView(options: Options): HTMLElement {
  const { chat } = options;
  const shell = h('div', { class: 'shell' });
  // Before the parts listen: they can take the focus only once they can be seen.
  const update = () => {
    shell.dataset['pane'] = chat.open ? 'chat' : 'list';
  };
  const title = () => {
    document.title = chat.unread > 0 && !chat.people.quiet ? `(${chat.unread}) ${t('title')}` : t('title');
  };
  chat.on('open', update);
  chat.on('list', title);
  chat.on('people', title);
  update();
  title();
  const dialog = newChatView(chat);
  shell.append(sidebar(options, () => dialog.showModal()), conversation(chat), nothingOpen(), dialog);
  return shell;
}
