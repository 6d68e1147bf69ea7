// The messages of the open conversation: a log with day headings that follows its end, and a way
// back there for a reader who is further up.
import type { Chat } from '../chat.ts';
import { h, icon } from '../dom.ts';
import { t } from '../i18n.ts';
import { keyOf } from '../logs.ts';
import type { Row } from '../timeline.ts';
import { lineOf } from './body.ts';
import { placeOf, rowView, shapeOf } from './message-row.ts';
import { VirtualLog, type Rows } from './virtual-log.ts';

/** Nearer to the first row than this, earlier ones are read. */
const NEAR_START = 15;

function rowsOf(chat: Chat, rows: readonly Row[]): Rows {
  const at = (index: number) => rows[index] as Row;
  const place = (index: number) => placeOf(at(index), rows[index - 1]);
  return {
    count: rows.length,
    key: (index) => at(index).key,
    shape: (index) => `${at(index).key === chat.found} ${shapeOf(chat, at(index), place(index))}`,
    make: (index) => rowView(chat, at(index), place(index)),
  };
}

/** What a screen reader is told: the log itself is silent, for scrolling changes it, too. */
function announcement(chat: Chat, row: Row | undefined): string {
  return row && !row.mine ? t('says', { name: chat.nameOf(row.sender), text: lineOf(row.body) }) : '';
}

export function messagesView(chat: Chat): HTMLElement {
  const log = h('div', { class: 'log', role: 'log', 'aria-live': 'off', tabindex: 0 });
  const told = h('div', { class: 'hidden-text', 'aria-live': 'polite' });
  const nothing = h('p', { class: 'muted center' }, t('noMessages'));
  const jump = h('button', { class: 'jump' });
  const scroller = h('div', { class: 'scroller' }, nothing, log);

  let shown: string | null = null;
  /** Rows that came while the reader was further up. */
  let unseen = 0;
  let newest: Row | undefined;

  const showJump = () => {
    if (virtual.atEnd) unseen = 0;
    jump.hidden = virtual.atEnd;
    jump.replaceChildren(icon('down'), unseen > 0 ? t('jumpNew', { count: unseen }) : t('jump'));
  };
  const virtual = new VirtualLog(scroller, log, () => {
    showJump();
    if (virtual.first < NEAR_START) void chat.loadEarlier();
  });

  const draw = () => {
    const { open } = chat;
    if (!open) return;
    const rows = chat.rows(open);
    const another = shown !== keyOf(open);
    const last = rows.at(-1);
    const added = !another && last?.key !== newest?.key;
    if (another) {
      shown = keyOf(open);
      log.setAttribute('aria-label', t('messagesWith', { name: chat.titleOf(open) }));
    } else if (added) {
      told.textContent = announcement(chat, last);
      if (!virtual.atEnd) unseen += 1;
    }
    newest = last;
    nothing.hidden = rows.length > 0;
    virtual.show(rowsOf(chat, rows), another);
    if (added && last?.mine && last.messageUId === '') virtual.toEnd();
    showJump();
  };
  let planned = false;
  const plan = () => {
    if (planned) return;
    planned = true;
    requestAnimationFrame(() => {
      planned = false;
      draw();
    });
  };

  /** Brings what a search led to into sight, and the focus with it. */
  const showFound = () => {
    draw();
    const at = chat.open ? chat.rows(chat.open).findIndex(({ key }) => key === chat.found) : -1;
    if (at < 0) return;
    virtual.toRow(at);
    log.focus({ preventScroll: true });
  };
  jump.addEventListener('click', () => virtual.toEnd());
  chat.on('found', showFound);
  chat.on('rows', plan);
  chat.on('status', plan);
  chat.on('open', draw);
  requestAnimationFrame(() => {
    virtual.start();
    draw();
  });
  return h('div', { class: 'messages' }, scroller, told, jump);
}
