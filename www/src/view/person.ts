// The profile of a user: who it is, whether it is online, and what can be done with it.
import type { Chat } from '../chat.ts';
import { h, icon } from '../dom.ts';
import { t, type TextKey } from '../i18n.ts';
import { closeDialogs, openDialog } from './dialog.ts';
import { userFace } from './face.ts';
import { toast } from './toast.ts';

const PRIVATE = 1;

function failed(error: unknown): void {
  console.warn(error);
  toast(t('cannotNow'));
}

/** A switch that stands as `isOn` says, whoever changed it; not there while nobody can say. */
function switchFor(label: TextKey, isOn: () => boolean | undefined, set: (on: boolean) => Promise<void>) {
  const button = h('button', { type: 'button', role: 'switch', class: 'switch' }, h('span', {}, t(label)), h('span', { class: 'track', 'aria-hidden': 'true' }));
  button.addEventListener('click', () => void set(!isOn()).catch(failed));
  const draw = () => {
    const on = isOn();
    button.hidden = on === undefined;
    button.setAttribute('aria-checked', String(on === true));
  };
  return { button, draw };
}

function actionsOf(chat: Chat, userId: string): HTMLElement {
  const message = () => {
    closeDialogs();
    chat.showPerson(userId);
  };
  const call = (video: boolean) => {
    closeDialogs();
    void chat.calls.call(userId, video);
  };
  const callButton = (label: TextKey, video: boolean) =>
    h('button', { type: 'button', class: 'quiet second', 'aria-label': t(label), title: t(label), on: { click: () => call(video) } }, icon(video ? 'camera' : 'phone'));
  return h('div', { class: 'actions' },
    h('button', { type: 'button', class: 'primary', on: { click: message } }, icon('room'), t('message')),
    ...(userId === chat.userId ? [] : [callButton('callAudio', false), callButton('callVideo', true)]));
}

export function openPerson(chat: Chat, userId: string): void {
  const ref = { type: PRIVATE, targetId: userId };
  const isOwn = userId === chat.userId;
  const row = () => chat.conversation(ref);
  let online: boolean | null = null;
  const switches = isOwn ? [] : [
    switchFor('mute', () => row()?.muted, (on) => chat.setMuted(ref, on)),
    switchFor('pin', () => row()?.pinned, (on) => chat.setPinned(ref, on)),
    switchFor('block', () => chat.people.isBlocked(ref) === true, (on) => chat.people.setBlocked(userId, on)),
  ];
  const [face, name] = [h('div', { class: 'portrait' }), h('h2', { dir: 'auto' })];
  const [id, presence] = [h('p', { class: 'muted small id' }), h('p', { class: 'below muted', role: 'status' })];
  const draw = () => {
    const called = chat.nameOf(userId);
    face.replaceChildren(userFace(chat, userId));
    name.textContent = called;
    id.textContent = called === userId ? '' : t('personId', { id: userId });
    presence.dataset['online'] = String(online === true);
    presence.textContent = online === null ? '' : t(online ? 'isOnline' : 'isOffline');
    for (const one of switches) one.draw();
  };
  const stops = [chat.on('list', draw), chat.on('people', draw)];
  const dialog = openDialog('person', t('profileOf', { name: chat.nameOf(userId) }), () => stops.forEach((stop) => stop()),
    face, name, id, presence,
    isOwn ? h('p', { class: 'muted small' }, t(chat.hasAccount ? 'thisIsYou' : 'thisIsYouByName')) : null,
    actionsOf(chat, userId),
    switches.length > 0 ? h('div', { class: 'switches' }, ...switches.map(({ button }) => button)) : null);
  draw();
  chat.people.profiles.refresh(userId);
  chat.people.watch(userId, (now) => {
    online = now;
    draw();
  }).then((stop) => (dialog.open ? void stops.push(stop) : stop()), (error: unknown) => console.warn(error));
  dialog.querySelector<HTMLElement>('.primary')?.focus();
}
