// What can be done with one message.
import type { Chat } from '../chat.ts';
import { h, icon } from '../dom.ts';
import { t, type TextKey } from '../i18n.ts';
import type { Row } from '../timeline.ts';
import { lineOf } from './body.ts';
import { openMenu, type Choice } from './menu.ts';
import { toast } from './toast.ts';

const GROUP = 3;

/** Runs, and says so when it fails. */
function attempt(work: Promise<unknown>, problem: TextKey): void {
  work.catch((error: unknown) => {
    console.warn(error);
    toast(t(problem));
  });
}

async function showReaders(chat: Chat, row: Row): Promise<void> {
  const readers = await chat.acts.readersOf(row);
  toast(readers.length > 0 ? t('readBy', { names: readers.map((id) => chat.nameOf(id)).join(', ') }) : t('readByNobody'));
}

function choicesOf(chat: Chat, row: Row): Choice[] {
  const choices: Choice[] = [];
  if (row.body.kind === 'text') {
    const { text } = row.body;
    choices.push({ label: t('copy'), run: () => attempt(navigator.clipboard.writeText(text), 'cannotCopy') });
  }
  if (row.mine && chat.open?.type === GROUP) {
    choices.push({ label: t('whoRead'), run: () => attempt(showReaders(chat, row), 'cannotNow') });
  }
  if (row.mine) choices.push({ label: t('recall'), run: () => attempt(chat.acts.recall(row), 'cannotRecall') });
  choices.push({ label: t('remove'), grave: true, run: () => attempt(chat.acts.remove(row), 'cannotNow') });
  return choices;
}

/** The button that opens the menu of a message the server has. */
export function messageMenu(chat: Chat, row: Row): HTMLElement {
  const button = h('button', { class: 'more', 'aria-label': t('moreOf', { text: lineOf(row.body) }), title: t('more') }, icon('more'));
  button.addEventListener('click', () => openMenu(button, choicesOf(chat, row)));
  return button;
}
