// The state of the connection: a pill with a colour and a word, and a way back after a kick.
import type { Status } from 'hongyan';
import { h } from '../dom.ts';
import { t, type TextKey } from '../i18n.ts';

type Mood = 'good' | 'busy' | 'bad';

function describe(status: Status): [Mood, TextKey] {
  switch (status.name) {
    case 'connected':
      return ['good', 'connected'];
    case 'connecting':
    case 'navigationRequested':
    case 'navigationAnswered':
      return ['busy', 'connecting'];
    case 'networkUnavailable':
    case 'connectionClosed':
    case 'webSocketUnavailable':
    case 'navigationFailed':
    case 'navigationTimedOut':
      return ['busy', 'offline'];
    case 'disconnected':
      return ['bad', 'signedOut'];
    case 'kicked':
      return ['bad', 'kicked'];
    case 'blocked':
    case 'domainIncorrect':
    case 'appKeyFake':
    case 'ultraLimit':
    case 'refused':
      return ['bad', 'refused'];
  }
}

/** Whose connection it is. */
interface Connected {
  readonly status: Status;
  connect(): Promise<unknown>;
  on(topic: 'status', listener: () => void): unknown;
}

export function statusView(chat: Connected): HTMLElement {
  const word = h('span', { class: 'word' });
  const back = h('button', { class: 'link', on: { click: () => void chat.connect() } }, t('useHere'));
  const pill = h('div', { class: 'status', role: 'status' },
    h('span', { class: 'state-word' }, h('span', { class: 'dot' }), word), back);
  const update = () => {
    const [mood, key] = describe(chat.status);
    pill.dataset['mood'] = mood;
    pill.dataset['status'] = chat.status.name;
    if (word.textContent !== t(key)) word.textContent = t(key);
    back.hidden = chat.status.name !== 'kicked';
  };
  chat.on('status', update);
  update();
  return pill;
}
