// The call: a card over the page. While it rings here it lies over everything and takes the focus, so that no key that
// was meant for a message answers it; afterwards it stands in a corner beside the chat.
import type { Stage } from '../call/calls.ts';
import { hasPicture } from '../call/media.ts';
import { Ring } from '../call/ring.ts';
import type { Chat } from '../chat.ts';
import { h, icon } from '../dom.ts';
import { t, type TextKey } from '../i18n.ts';
import { span } from '../times.ts';
import { userFace } from './face.ts';

function wordsOf(stage: Stage): string {
  switch (stage.name) {
    case 'idle': return '';
    case 'asking': return t(stage.video ? 'callAskingVideo' : 'callAsking');
    case 'calling': return t(({ sent: 'callSent', rings: 'callRings', away: 'callAway' } as const)[stage.at]);
    case 'ringing': return stage.taking ? t('callTaking') : t(stage.problem ?? (stage.video ? 'callIncomingVideo' : 'callIncoming'));
    case 'talking': return stage.flows ? span((Date.now() - stage.since) / 1000) : t('callNoFlow');
    case 'over': return t(stage.why);
  }
}

const control = (label: TextKey, kind: string, name: Parameters<typeof icon>[0], click: () => void, more: object = {}) =>
  h('button', { type: 'button', class: `call-button ${kind}`, 'aria-label': t(label), title: t(label), on: { click }, ...more }, icon(name));

/** What can be done at this stage. */
function controlsOf(chat: Chat, stage: Stage): HTMLElement[] {
  const { calls } = chat;
  const end = (label: TextKey) => control(label, 'end', 'hangUp', () => void calls.hangUp());
  switch (stage.name) {
    case 'idle':
    case 'over':
      return [];
    case 'asking':
    case 'calling':
      return [end('callCancel')];
    case 'ringing': {
      const accept = (label: TextKey, video: boolean) =>
        control(label, 'take', video ? 'camera' : 'phone', () => void calls.accept(video), { disabled: stage.taking });
      return [end('callRefuse'), ...(stage.video ? [accept('callAcceptSound', false), accept('callAccept', true)] : [accept('callAccept', false)])];
    }
    case 'talking': {
      const toggle = (label: TextKey, on: boolean, [yes, no]: ['microphone', 'microphoneOff'] | ['camera', 'cameraOff'], set: (on: boolean) => void) =>
        control(label, 'toggle', on ? yes : no, () => set(!on), { 'aria-pressed': String(on) });
      const pictures = calls.own !== null && hasPicture(calls.own);
      return [
        toggle('callMicrophone', calls.sounds, ['microphone', 'microphoneOff'], (on) => calls.setSounds(on)),
        ...(pictures ? [toggle('callCamera', calls.shows, ['camera', 'cameraOff'], (on) => calls.setShows(on))] : []),
        end('callHangUp'),
      ];
    }
  }
}

/** Plays a stream in `element`, which goes on playing if it did. */
function play(element: HTMLMediaElement, stream: MediaStream | null): void {
  if (element.srcObject !== stream) element.srcObject = stream;
}

/** Which stages look the same but for their words. */
const frameOf = (stage: Stage) => JSON.stringify({ ...stage, at: null, flows: null, problem: null });

/** One for the page: a card that is made anew goes on where the one before it was. */
const ring = new Ring();

class CallCard {
  readonly element: HTMLDialogElement;
  private readonly theirs = h('video', { class: 'theirs', autoplay: true, playsinline: true });
  private readonly mine = h('video', { class: 'mine', autoplay: true, playsinline: true });
  private readonly face = h('div', { class: 'portrait' });
  private readonly name = h('h2', { class: 'name', dir: 'auto', tabindex: -1 });
  private readonly words = h('p', { class: 'muted', role: 'status' });
  private readonly controls = h('div', { class: 'controls' });
  /** What the frame was made for, and which stage is shown. */
  private frame = '';
  private shown: Stage['name'] = 'idle';
  private clock = 0;

  constructor(private readonly chat: Chat) {
    // The attribute alone does not silence an element that a script makes.
    this.mine.muted = true;
    this.element = h('dialog', { class: 'call' },
      h('div', { class: 'pictures' }, this.theirs, this.mine), h('div', { class: 'call-who' }, this.face, this.name, this.words), this.controls);
    // Escape declines what rings; it must not hide it.
    this.element.addEventListener('cancel', (event) => {
      event.preventDefault();
      void chat.calls.hangUp();
    });
    chat.on('call', () => this.draw());
    // Once it is in the page.
    queueMicrotask(() => this.draw());
  }

  private draw(): void {
    if (!this.element.isConnected) return ring.stop();
    const { calls } = this.chat;
    const { stage } = calls;
    const frame = frameOf(stage) + calls.sounds + calls.shows;
    if (frame !== this.frame && 'peer' in stage) this.drawFrame(stage);
    this.frame = frame;
    this.place(stage);
    if (stage.name !== this.shown) this.sound(stage);
    this.shown = stage.name;
    this.element.dataset['stage'] = stage.name;
    this.drawPictures(stage);
    this.tell();
    clearInterval(this.clock);
    if (stage.name === 'talking') this.clock = window.setInterval(() => this.tell(), 1000);
  }

  /** Who it is, and what can be done. */
  private drawFrame(stage: Exclude<Stage, { name: 'idle' }>): void {
    const { chat, controls } = this;
    const title = chat.nameOf(stage.peer);
    this.name.textContent = title;
    this.face.replaceChildren(userFace(chat, stage.peer));
    this.element.setAttribute('aria-label', t('call', { name: title }));
    this.theirs.setAttribute('aria-label', t('callTheirPicture', { name: title }));
    this.mine.setAttribute('aria-label', t('callOwnPicture'));
    const held = controls.contains(document.activeElement) ? document.activeElement?.getAttribute('aria-label') : null;
    controls.replaceChildren(...controlsOf(chat, stage));
    if (held) (controls.querySelector<HTMLElement>(`[aria-label=${JSON.stringify(held)}]`) ?? controls.querySelector<HTMLElement>('button'))?.focus();
  }

  private drawPictures(stage: Stage): void {
    const { element, theirs, mine } = this;
    const { calls } = this.chat;
    play(theirs, calls.theirs);
    play(mine, calls.own);
    theirs.hidden = !(stage.name === 'talking' && stage.sees && calls.theirs);
    mine.hidden = !(stage.name !== 'over' && calls.shows);
    element.dataset['pictures'] = String(!theirs.hidden || !mine.hidden);
    this.face.hidden = !theirs.hidden;
  }

  /** Over everything while it rings here, else in its corner. */
  private place({ name }: Stage): void {
    const { element, shown } = this;
    if (name === shown && element.open) return;
    const modal = name === 'ringing';
    if (name === 'idle') element.close();
    else if (modal !== (shown === 'ringing') || !element.open) {
      if (element.open) element.close();
      if (modal) element.showModal();
      else element.show();
    }
    if (modal) this.name.focus();
    else if (name === 'asking') this.controls.querySelector('button')?.focus();
  }

  private sound(stage: Stage): void {
    const { people } = this.chat;
    const isMuted = (userId: string) => people.quiet || (this.chat.conversation({ type: 1, targetId: userId })?.muted ?? false);
    if (stage.name === 'ringing' && !isMuted(stage.peer)) ring.start('in');
    else if (stage.name === 'calling') ring.start('out');
    else ring.stop();
  }

  private tell(): void {
    const { stage } = this.chat.calls;
    const text = wordsOf(stage);
    if (this.words.textContent !== text) this.words.textContent = text;
    // A clock is not to be read out every second.
    this.words.setAttribute('role', stage.name === 'talking' && stage.flows ? 'timer' : 'status');
  }
}

export const callView = (chat: Chat): HTMLElement => new CallCard(chat).element;
