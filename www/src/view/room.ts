// A chatroom in a dialog: come in by its name, see who is there, speak, share entries, leave.
import type { Message } from 'hongyan';
import type { Room } from 'hongyan/rooms';
import type { Chat } from '../chat.ts';
import { avatar, h, icon } from '../dom.ts';
import { t, type TextKey } from '../i18n.ts';
import { userFace } from './face.ts';
import { openPerson } from './person.ts';

/** Messages of before, and so many are shown at most. */
const [HISTORY, SHOWN] = [20, 200];
const MEMBERS = 20;
/** Who is there is asked for so long after somebody spoke, ms. */
const MEMBERS_AFTER = 1_000;
const TOPIC = 'topic';
const REASONS: Record<number, TextKey> = { 23408: 'roomMuted', 23409: 'roomKicked', 23410: 'roomGone', 23411: 'roomFull', 23424: 'roomOthers', 33003: 'roomLimits' };

const reasonOf = (error: unknown) => {
  const { code, message } = error as { code?: number; message: string };
  const known = code === undefined ? undefined : REASONS[code];
  return known ? t(known) : t('roomFailed', { reason: message });
};

const button = (label: string, kind: string, click: () => void) => h('button', { type: 'button', class: kind, on: { click } }, label);

function lineOf(chat: Chat, { senderUserId, content, objectName }: Message): HTMLElement {
  const text = typeof content['content'] === 'string' ? content['content'] : t('otherContent');
  const words = objectName === 'RC:chrmKVNotiMsg' ? `${String(content['key'])} = ${String(content['value'])}` : text;
  return h('li', { class: senderUserId === chat.userId ? 'own' : 'other' },
    h('button', { type: 'button', class: 'muted small who-said', dir: 'auto', title: t('showProfile'), on: { click: () => openPerson(chat, senderUserId) } }, chat.nameOf(senderUserId)), h('span', { class: 'words', dir: 'auto' }, words));
}

class RoomView {
  readonly element: HTMLElement;
  private readonly note = h('p', { class: 'note', role: 'status', hidden: true });
  private readonly log = h('ol', { class: 'lines', 'aria-live': 'polite', tabindex: 0 });
  private readonly members = h('ul', { class: 'who-is-here' });
  private readonly count = h('strong', {});
  private readonly topic = h('span', { class: 'topic', dir: 'auto' });
  private readonly entries = h('ul', { class: 'entries' });
  private readonly stops: (() => void)[] = [];
  private timer = 0;
  /** The key that was refused because it is somebody else's. */
  private replaces = '';

  constructor(private readonly chat: Chat, private readonly room: Room, private readonly onLeft: (reason: string) => void) {
    this.log.append(h('li', { class: 'muted silence' }, t('roomSilence')));
    this.element = h('div', { class: 'room' },
      h('header', {},
        avatar(room.id),
        h('div', { class: 'who' }, h('h2', { class: 'name', dir: 'auto' }, room.id), this.topic),
        button(t('roomLeave'), 'quiet', () => void this.leave())),
      this.note,
      h('div', { class: 'halves' }, h('section', {}, this.log, this.composer()), h('aside', {}, this.count, this.members, this.entriesPanel())));
    this.listen();
    this.draw();
  }

  close(): void {
    clearTimeout(this.timer);
    for (const stop of this.stops) stop();
  }

  private listen(): void {
    const { room, chat } = this;
    this.stops.push(
      room.on('message', (message) => this.say(message)),
      room.on('joined', () => this.draw()),
      room.on('entries', () => this.draw()),
      room.on('rejoined', () => this.tell('')),
      room.on('muted', () => this.tell(t('roomMuted'))),
      room.on('left', ({ error }) => this.onLeft(error ? reasonOf(error) : '')),
      chat.client.on('status', ({ code }) => code === 3 && this.tell(t('roomAway'))));
  }

  private tell(text: string): void {
    this.note.textContent = text;
    this.note.hidden = text === '';
  }

  private say(message: Message): void {
    const follows = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
    this.log.querySelector('.silence')?.remove();
    this.log.append(lineOf(this.chat, message));
    while (this.log.childElementCount > SHOWN) this.log.firstElementChild?.remove();
    if (follows) this.log.scrollTop = this.log.scrollHeight;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.refreshMembers(), MEMBERS_AFTER);
  }

  private draw(): void {
    const { entries } = this.room;
    this.topic.textContent = entries[TOPIC] ?? t('roomNoTopic');
    const rows = Object.keys(entries).sort().map((key) => h('li', {},
      h('strong', { dir: 'auto' }, key), h('span', { dir: 'auto' }, entries[key] ?? ''),
      h('button', {
        type: 'button', class: 'tool', 'aria-label': t('roomRemove', { key }),
        on: { click: () => void this.room.removeEntry(key, { force: true }).catch((error) => this.tell(reasonOf(error))) },
      }, icon('close'))));
    this.entries.replaceChildren(...(rows.length > 0 ? rows : [h('li', { class: 'muted' }, t('roomNoEntries'))]));
    if (this.room.joined) void this.refreshMembers();
  }

  private async refreshMembers(): Promise<void> {
    try {
      const { total, members } = await this.room.info({ count: MEMBERS, order: 'newest' });
      this.count.textContent = t('roomMembers', { count: total });
      this.members.replaceChildren(...members.map(({ userId }) => h('li', {},
        h('button', { type: 'button', class: 'member', on: { click: () => openPerson(this.chat, userId) } },
          userFace(this.chat, userId), h('span', { class: 'name', dir: 'auto' }, this.chat.nameOf(userId))))));
    } catch (error) {
      // Who is there is asked for again with the next message.
      console.warn(error);
    }
  }

  private composer(): HTMLElement {
    const text = h('input', { class: 'text', placeholder: t('roomWrite'), 'aria-label': t('roomWrite'), maxlength: 2000, autocomplete: 'off', dir: 'auto' });
    const submit = (event: Event) => {
      event.preventDefault();
      const words = text.value.trim();
      if (words === '') return;
      text.value = '';
      this.room.send(words).then((message) => {
        this.tell('');
        this.say(message);
      }, (error) => {
        if (text.value === '') text.value = words;
        this.tell(reasonOf(error));
      });
    };
    return h('form', { class: 'speak', on: { submit } }, text, h('button', { class: 'primary', type: 'submit' }, t('roomSend')));
  }

  private entriesPanel(): HTMLElement {
    const key = h('input', { placeholder: t('roomKey'), 'aria-label': t('roomKey'), value: TOPIC, autocomplete: 'off', dir: 'auto' });
    const value = h('input', { placeholder: t('roomValue'), 'aria-label': t('roomValue'), autocomplete: 'off', dir: 'auto' });
    const submit = (event: Event) => {
      event.preventDefault();
      const force = this.replaces === key.value;
      this.room.setEntry(key.value, value.value, { force, notify: true }).then(() => {
        this.replaces = '';
        value.value = '';
        this.tell('');
      }, (error) => {
        this.replaces = error.code === 23424 ? key.value : '';
        this.tell(reasonOf(error));
      });
    };
    return h('div', {},
      h('h3', {}, t('roomEntries')), this.entries,
      h('form', { class: 'set-entry', on: { submit } }, key, value, h('button', { class: 'quiet second', type: 'submit' }, t('roomSet'))));
  }

  private async leave(): Promise<void> {
    // Left whatever the server says: `left` closes the view.
    await this.room.leave().catch((error: unknown) => console.warn(error));
  }
}

/** Opens the dialog: first the question which room, then the room. */
export function openRoom(chat: Chat): void {
  let view: RoomView | null = null;
  const dialog = h('dialog', { class: 'card room-dialog', 'aria-label': t('room') });
  const ask = (problem: string) => {
    view?.close();
    view = null;
    const id = h('input', { id: 'room-id', required: true, maxlength: 64, autocomplete: 'off', value: 'lobby', dir: 'auto' });
    const note = h('p', { class: 'problem', role: 'status' }, problem);
    const enter = async (event: Event) => {
      event.preventDefault();
      note.textContent = t('roomJoining');
      try {
        const room = (await chat.rooms()).room(id.value.trim());
        const made = new RoomView(chat, room, ask);
        view = made;
        await room.join({ history: HISTORY });
        dialog.replaceChildren(made.element);
        dialog.querySelector<HTMLInputElement>('.speak .text')?.focus();
      } catch (error) {
        view?.close();
        note.textContent = reasonOf(error);
      }
    };
    dialog.replaceChildren(h('form', { on: { submit: (event: Event) => void enter(event) } },
      h('h2', {}, t('room')), h('p', { class: 'muted small' }, t('roomHint')),
      h('label', { for: 'room-id' }, t('roomId')), id, note,
      h('div', { class: 'buttons' }, button(t('cancel'), 'quiet', () => dialog.close()), h('button', { class: 'primary', type: 'submit' }, t('roomJoin')))));
  };
  dialog.addEventListener('close', () => {
    view?.close();
    dialog.remove();
    void chat.rooms().then((rooms) => Promise.all(rooms.joined.map((room) => room.leave()))).catch((error: unknown) => console.warn(error));
  });
  ask('');
  document.body.append(dialog);
  dialog.showModal();
}
