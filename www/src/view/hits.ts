// What a search of messages found: a list under the field that is searched with.
import type { ConversationRef } from 'hongyan';
import type { SearchCursor, SearchHit, SearchResult } from 'hongyan/archive';
import type { Chat } from '../chat.ts';
import { avatar, h } from '../dom.ts';
import { hitPieces } from '../found.ts';
import { t } from '../i18n.ts';
import { full, listTime } from '../times.ts';

/** Writing rests for so long before it is searched, ms. */
const PAUSE = 150;

interface Options {
  /** Only in this conversation; null: in all. */
  where: () => ConversationRef | null;
  /** A hit was chosen. */
  onPick: () => void;
}

/** How many there are, as far as that is known. */
function countOf({ hits, total, exact }: SearchResult): string {
  if (hits.length === 0) return t('noHits');
  return t('hitCount', { count: exact ? total : `${hits.length}+` });
}

function hitView(chat: Chat, hit: SearchHit, inOne: boolean, onPick: () => void): HTMLElement {
  const { message } = hit;
  const name = inOne ? message.senderUserId : chat.titleOf(message.conversation);
  const pieces = hitPieces(hit).map(({ text, marked }) => (marked ? h('mark', {}, text) : text));
  const who = !inOne && name !== message.senderUserId ? `${message.senderUserId}: ` : '';
  const pick = () => {
    onPick();
    void chat.reveal(message);
  };
  return h('li', {}, h('button', { class: 'row hit', type: 'button', on: { click: pick } },
    avatar(name),
    h('span', { class: 'name', dir: 'auto' }, name),
    h('time', { class: 'time', title: full(message.sentTime) }, listTime(message.sentTime)),
    h('span', { class: 'preview', dir: 'auto' }, who, ...pieces)));
}

/** Arrow keys go from the field into the list and through it. */
function withArrows(field: HTMLInputElement, list: HTMLElement): void {
  const step = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const stops = [field, ...list.querySelectorAll('button')];
    const to = stops[stops.indexOf(document.activeElement as HTMLButtonElement) + by];
    if (by === 0 || !to || event.isComposing) return;
    event.preventDefault();
    to.focus();
  };
  field.addEventListener('keydown', step);
  list.addEventListener('keydown', step);
}

export function hitsView(chat: Chat, field: HTMLInputElement, { where, onPick }: Options): HTMLElement {
  const list = h('ul', { class: 'rows' });
  const told = h('p', { class: 'muted small told', role: 'status' });
  const more = h('button', { class: 'quiet', type: 'button', hidden: true }, t('moreHits'));
  const element = h('section', { class: 'hits', 'aria-label': t('messagesFound'), hidden: true }, told, list, more);
  /** Answers to what was asked before are late. */
  let asked = 0;
  let next: SearchCursor | null = null;

  const ask = async (before?: SearchCursor) => {
    const [keyword, conversation] = [field.value.trim(), where()];
    const own = (asked += 1);
    const question = { ...(conversation && { conversation }), ...(before && { before }) };
    const found = await chat.search(keyword, question).catch((error: unknown) => {
      console.warn(error);
      return null;
    });
    if (own !== asked) return;
    if (!before) list.replaceChildren();
    next = found?.next ?? null;
    const rows = found?.hits.map((hit) => hitView(chat, hit, conversation !== null, onPick)) ?? [];
    list.append(...rows);
    more.hidden = next === null;
    if (!before) told.textContent = found ? countOf(found) : t('cannotSearch');
    else rows[0]?.querySelector('button')?.focus();
  };
  let timer = 0;
  const changed = () => {
    clearTimeout(timer);
    element.hidden = field.value.trim() === '';
    if (!element.hidden) timer = window.setTimeout(() => void ask(), PAUSE);
    else asked += 1;
  };
  field.addEventListener('input', changed);
  more.addEventListener('click', () => next && void ask(next));
  withArrows(field, element);
  return element;
}
