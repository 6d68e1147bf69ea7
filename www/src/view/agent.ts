// What an agent sees. Names and texts of customers become text nodes and nothing else.
import type { Desk } from '../agent.ts';
import { avatar, h } from '../dom.ts';
import { t } from '../i18n.ts';
import { statusView } from './status.ts';

/** A talk that waits, or the agent's. */
export interface TalkRow {
  readonly talk: string;
  readonly customer: string;
  readonly serviceName: string;
  readonly waits: boolean;
  readonly began: number;
}

export interface Rating {
  readonly talk: string;
  readonly customer: string;
  readonly of: 'robot' | 'human';
  readonly agent: string | null;
  readonly resolved: boolean | null;
  readonly stars: number | null;
  readonly suggest: string;
}

/** Something that was said. */
export interface Line {
  readonly text: string;
  readonly own: boolean;
  readonly time: number;
}

/** `enter`: resolves with what to tell, or with null when the page goes on. */
export function agentSignIn(enter: (agent: string, secret: string) => Promise<string | null>): HTMLElement {
  const agent = h('input', { id: 'agent', required: true, maxlength: 64, autocomplete: 'username', autofocus: true });
  const secret = h('input', { id: 'secret', type: 'password', required: true, maxlength: 256, autocomplete: 'current-password' });
  const problem = h('p', { class: 'problem', role: 'alert' });
  const submit = async (event: Event) => {
    event.preventDefault();
    problem.textContent = (await enter(agent.value.trim(), secret.value.trim())) ?? '';
  };
  return h('main', { class: 'sign-in' },
    h('form', { class: 'card', on: { submit } },
      h('img', { src: '/icon.svg', alt: '', width: 56, height: 56 }),
      h('h1', {}, t('agentTitle')),
      h('label', { for: 'agent' }, t('agentName')), agent,
      h('label', { for: 'secret' }, t('agentSecret')), secret,
      problem,
      h('button', { class: 'primary', type: 'submit' }, t('signIn')),
      h('p', { class: 'muted small' }, t('agentHint'))));
}

const minutes = (since: number) => t('sinceMinutes', { count: Math.max(0, Math.floor((Date.now() - since) / 60_000)) });

const person = ({ customer, serviceName, began }: TalkRow) => [
  avatar(customer),
  h('div', { class: 'who' }, h('strong', { class: 'name', dir: 'auto' }, customer), h('span', { class: 'muted small', dir: 'auto' }, `${serviceName} · ${minutes(began)}`)),
];

function waitingRow(desk: Desk, talk: TalkRow): HTMLElement {
  return h('li', { class: 'service' }, ...person(talk),
    h('button', { type: 'button', class: 'primary', on: { click: () => void desk.take(talk) } }, t('takeTalk')));
}

function ownRow(desk: Desk, talk: TalkRow): HTMLElement {
  return h('li', { class: desk.open === talk.customer ? 'service current' : 'service' }, ...person(talk),
    h('button', { type: 'button', class: 'quiet', on: { click: () => void desk.show(talk.customer) } }, t('openService')));
}

function ratingRow({ customer, of, agent, resolved, stars, suggest }: Rating): HTMLElement {
  const mark = stars === null ? t(resolved ? 'yes' : 'no') : '★'.repeat(stars);
  return h('li', { class: 'service' },
    h('div', { class: 'who' },
      h('span', { dir: 'auto' }, `${customer} → ${of === 'robot' ? t('ofRobot') : agent ?? ''} · ${mark}`),
      h('span', { class: 'muted small', dir: 'auto' }, suggest)));
}

const rows = (all: HTMLElement[], empty: string) => (all.length > 0 ? all : [h('li', { class: 'muted small' }, empty)]);

/** The page of a signed-in agent. */
export function agentView(desk: Desk): HTMLElement {
  const [waiting, own, ratings] = [h('ul'), h('ul'), h('ul')];
  const log = h('div', { class: 'log', role: 'log', 'aria-live': 'polite' });
  const head = h('header', { class: 'head' });
  const text = h('textarea', { rows: 2, maxlength: 5000, placeholder: t('write'), 'aria-label': t('write'), dir: 'auto' });
  const say = async () => {
    const words = text.value;
    text.value = '';
    // What did not leave can be sent again.
    if (!(await desk.say(words.trim())) && text.value === '') text.value = words;
  };
  const form = h('form', { class: 'answer' }, text, h('button', { class: 'primary', type: 'submit' }, t('send')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void say();
  });
  text.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void say();
  });
  const draw = () => {
    waiting.replaceChildren(...rows(desk.talks.filter(({ waits }) => waits).map((talk) => waitingRow(desk, talk)), t('nobodyWaits')));
    own.replaceChildren(...rows(desk.talks.filter(({ waits }) => !waits).map((talk) => ownRow(desk, talk)), t('noTalks')));
    ratings.replaceChildren(...rows(desk.ratings.map(ratingRow), t('noRatings')));
    log.replaceChildren(...desk.lines.map((line) => h('p', { class: line.own ? 'line own' : 'line other', dir: 'auto' }, line.text)));
    log.scrollTop = log.scrollHeight;
    const { talk } = desk;
    form.hidden = !talk;
    head.replaceChildren(h('h1', { class: 'name', dir: 'auto' }, desk.open ?? t('agentTitle')),
      ...(talk ? [
        h('button', { type: 'button', class: 'quiet', on: { click: () => void desk.leave(talk, true) } }, t('toRobot')),
        h('button', { type: 'button', class: 'quiet', on: { click: () => void desk.leave(talk, false) } }, t('endTalk')),
      ] : []));
  };
  desk.onChange = draw;
  draw();
  return h('main', { class: 'agent' },
    h('aside', {},
      h('strong', { class: 'name' }, desk.signed.userId), statusView(desk),
      h('h2', {}, t('waitingCustomers')), waiting,
      h('h2', {}, t('yourTalks')), own,
      h('h2', {}, t('ratings')), ratings),
    h('section', {}, head, log, form));
}
