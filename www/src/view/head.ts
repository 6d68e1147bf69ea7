// The head of the open conversation: whom it is with, how they are, and the way to their profile.
import type { ConversationRef } from 'hongyan';
import type { Chat } from '../chat.ts';
import { h, icon } from '../dom.ts';
import { t } from '../i18n.ts';
import { toast } from './toast.ts';
import { chatSearchView } from './chat-search.ts';
import { chatFace } from './face.ts';
import { openGroup } from './group.ts';
import { openMenu, type Choice } from './menu.ts';
import { shareLive } from './live.ts';
import { openPerson } from './person.ts';
import { statusView } from './status.ts';

const [PRIVATE, DISCUSSION, GROUP] = [1, 2, 3];

function choicesOf(chat: Chat, ref: ConversationRef): Choice[] {
  const row = chat.conversation(ref);
  const [pinned, muted] = [row?.pinned ?? false, row?.muted ?? false];
  const blocked = chat.people.isBlocked(ref);
  const attempt = (work: Promise<void>) => void work.catch(() => toast(t('cannotNow')));
  const setBlocked = (on: boolean) => attempt(chat.people.setBlocked(ref.targetId, on)
    .then(() => toast(t(on ? 'blockedNow' : 'unblockedNow', { name: chat.titleOf(ref) }))));
  return [
    ...(hasCard(ref) ? [{ label: t(ref.type === GROUP ? 'groupMembers' : 'showProfile'), run: () => openCard(chat, ref) }] : []),
    ...(canShare(ref) ? [chat.places.shares(ref) ? { label: t('liveStop'), run: () => void chat.places.stop() } : { label: t('liveShare'), run: () => void shareLive(chat, ref) }] : []),
    ...(blocked === null || ref.targetId === chat.userId ? [] : [{ label: t(blocked ? 'unblock' : 'block'), run: () => setBlocked(!blocked) }]),
    // What is not in the list yet has no place there, and nothing to be silent about.
    ...(row ? [
      { label: t(pinned ? 'unpin' : 'pin'), run: () => attempt(chat.setPinned(ref, !pinned)) },
      { label: t(muted ? 'unmute' : 'mute'), run: () => attempt(chat.setMuted(ref, !muted)) },
    ] : []),
    { label: t('clearHistory'), grave: true, run: () => attempt(chat.clearHistory(ref)) },
    { label: t('removeChat'), grave: true, run: () => attempt(chat.removeConversation(ref)) },
  ];
}

/** Conversations in which places can be shared. */
const canShare = ({ type }: ConversationRef) => [PRIVATE, DISCUSSION, GROUP].includes(type);
const hasCard = ({ type }: ConversationRef) => type === PRIVATE || type === GROUP;

function openCard(chat: Chat, ref: ConversationRef): void {
  if (ref.type === GROUP) openGroup(chat, ref);
  else openPerson(chat, ref.targetId);
}

/** What stands under the name: who writes, who is in the group, whether the other side is there. */
function belowOf(chat: Chat): { text: string; online: boolean } {
  const { open, writers } = chat;
  if (!open) return { text: '', online: false };
  if (writers.length > 0) return { text: t('typing', { names: writers.map((id) => chat.nameOf(id)).join(', ') }), online: false };
  const members = open.type === GROUP ? chat.groups.get(open.targetId)?.members : undefined;
  if (members) return { text: members.map((id) => chat.nameOf(id)).join(', '), online: false };
  if (chat.people.isBlocked(open)) return { text: t('isBlocked'), online: false };
  const online = chat.people.isOnline(open);
  return { text: online === null ? '' : t(online ? 'isOnline' : 'isOffline'), online: online === true };
}

/** `panel`: what searches the conversation. */
export function headView(chat: Chat): { head: HTMLElement; panel: HTMLElement } {
  const open = () => chat.open && openCard(chat, chat.open);
  const face = h('button', { type: 'button', class: 'face', tabindex: -1, 'aria-hidden': 'true', on: { click: open } });
  const name = h('button', { type: 'button', class: 'name', dir: 'auto', on: { click: open } });
  const below = h('span', { class: 'below muted small', 'aria-live': 'polite' });
  const back = h('button', { class: 'tool back', 'aria-label': t('back'), on: { click: () => chat.show(null) } }, icon('back'));
  const more = h('button', { class: 'tool', 'aria-label': t('moreOfChat'), title: t('moreOfChat') }, icon('more'));
  const search = chatSearchView(chat);
  const call = (video: boolean) => {
    const label = t(video ? 'callVideo' : 'callAudio');
    const click = () => chat.open && void chat.calls.call(chat.open.targetId, video);
    return h('button', { class: 'tool', 'aria-label': label, title: label, on: { click } }, icon(video ? 'camera' : 'phone'));
  };
  const calls = [call(false), call(true)];
  more.addEventListener('click', () => chat.open && openMenu(more, choicesOf(chat, chat.open)));
  const tellBelow = () => {
    const { text, online } = belowOf(chat);
    below.dataset['online'] = String(online);
    if (below.textContent !== text) below.textContent = text;
  };
  const update = () => {
    tellBelow();
    const { open: ref } = chat;
    if (!ref) return;
    name.textContent = chat.titleOf(ref);
    name.title = hasCard(ref) ? t(ref.type === GROUP ? 'groupMembers' : 'showProfile') : '';
    face.disabled = name.disabled = !hasCard(ref);
    face.replaceChildren(chatFace(chat, ref));
    for (const button of calls) button.hidden = ref.type !== PRIVATE || ref.targetId === chat.userId;
  };
  for (const topic of ['open', 'list'] as const) chat.on(topic, update);
  for (const topic of ['typing', 'people'] as const) chat.on(topic, tellBelow);
  chat.on('open', () => void chat.people.show(chat.open).catch(() => {}));
  update();
  // On a phone the side with the other state is out of sight.
  const who = h('div', { class: 'who' }, h('h2', {}, name), below, statusView(chat));
  return { head: h('header', { class: 'head' }, back, h('div', { class: 'peer' }, face, who), ...calls, search.button, more), panel: search.panel };
}
