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

export function callView(chat: Chat): HTMLDialogElement {
  const { calls } = chat;
  const ring = new Ring();
  const theirs = h('video', { class: 'theirs', autoplay: true, playsinline: true });
  const mine = h('video', { class: 'mine', autoplay: true, playsinline: true });
  // The attribute alone does not silence an element that a script makes.
  mine.muted = true;
  const [face, name] = [h('div', { class: 'portrait' }), h('h2', { class: 'name', dir: 'auto', tabindex: -1 })];
  const words = h('p', { class: 'muted', role: 'status' });
  const controls = h('div', { class: 'controls' });
  const dialog = h('dialog', { class: 'call' }, h('div', { class: 'pictures' }, theirs, mine), h('div', { class: 'call-who' }, face, name, words), controls);
  // Escape declines what rings; it must not hide it.
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    void calls.hangUp();
  });
  let frame = '';
  let clock = 0;

  const frameAnew = (stage: Stage) => {
    if (!('peer' in stage)) return;
    const title = chat.nameOf(stage.peer);
    name.textContent = title;
    face.replaceChildren(userFace(chat, stage.peer));
    dialog.setAttribute('aria-label', t('call', { name: title }));
    theirs.setAttribute('aria-label', t('callTheirPicture', { name: title }));
    mine.setAttribute('aria-label', t('callOwnPicture'));
    const held = controls.contains(document.activeElement) ? document.activeElement?.getAttribute('aria-label') : null;
    controls.replaceChildren(...controlsOf(chat, stage));
    if (held) (controls.querySelector<HTMLElement>(`[aria-label=${JSON.stringify(held)}]`) ?? controls.querySelector<HTMLElement>('button'))?.focus();
  };
  const place = (stage: Stage, before: string | undefined) => {
    if (dialog.dataset['stage'] === stage.name && dialog.open) return;
    const modal = stage.name === 'ringing';
    if (stage.name === 'idle') dialog.close();
    else if (modal !== (before === 'ringing') || !dialog.open) {
      if (dialog.open) dialog.close();
      if (modal) dialog.showModal();
      else dialog.show();
    }
    if (modal) name.focus();
    else if (stage.name === 'asking') controls.querySelector('button')?.focus();
  };
  const sound = ({ name: stage, peer = '' }: { name: Stage['name']; peer?: string }) => {
    const muted = chat.people.quiet || (chat.conversation({ type: 1, targetId: peer })?.muted ?? false);
    if (stage === 'ringing' && !muted) ring.start('in');
    else if (stage === 'calling') ring.start('out');
    else ring.stop();
  };
  const tell = () => {
    const text = wordsOf(calls.stage);
    if (words.textContent !== text) words.textContent = text;
    // A clock is not to be read out every second.
    words.setAttribute('role', calls.stage.name === 'talking' && calls.stage.flows ? 'timer' : 'status');
  };
  const draw = () => {
    if (!dialog.isConnected) return ring.stop();
    const { stage } = calls;
    const before = dialog.dataset['stage'];
    const now = frameOf(stage) + calls.sounds + calls.shows;
    if (now !== frame) frameAnew(stage);
    frame = now;
    place(stage, before);
    dialog.dataset['stage'] = stage.name;
    play(theirs, calls.theirs);
    play(mine, calls.own);
    theirs.hidden = !(stage.name === 'talking' && stage.sees && calls.theirs);
    mine.hidden = !(stage.name !== 'over' && calls.shows);
    dialog.dataset['pictures'] = String(!theirs.hidden || !mine.hidden);
    face.hidden = !theirs.hidden;
    if (before !== stage.name) sound(stage);
    tell();
    clearInterval(clock);
    if (stage.name === 'talking') clock = window.setInterval(tell, 1000);
  };
  chat.on('call', draw);
  // Once it is in the page.
  queueMicrotask(draw);
  return dialog;
}
