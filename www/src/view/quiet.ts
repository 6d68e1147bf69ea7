// When it is quiet: a dialog.
import type { QuietHours } from 'hongyan/people';
import type { Chat } from '../chat.ts';
import { h } from '../dom.ts';
import { t } from '../i18n.ts';
import { toast } from './toast.ts';

const DAY = 24 * 60;
const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const timeOf = (minutes: number) => [Math.floor(minutes / 60) % 24, minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');

/** From one time of day to another, perhaps the next day's; at the same time there is nothing between. */
function hoursBetween(from: string, to: string): QuietHours | null {
  const minutes = (minutesOf(to) - minutesOf(from) + DAY) % DAY;
  return minutes > 0 ? { start: `${from}:00`, minutes } : null;
}

export function openQuietHours(chat: Chat): void {
  const { start = '22:00:00', minutes = 480 } = chat.people.quietHours ?? {};
  const time = (value: string, label: string) => h('input', { type: 'time', required: true, value, 'aria-label': label });
  const from = time(start.slice(0, 5), t('quietFrom'));
  const to = time(timeOf(minutesOf(start) + minutes), t('quietTo'));
  const save = (hours: QuietHours | null) => {
    dialog.close();
    chat.people.setQuietHours(hours).catch(() => toast(t('cannotNow')));
  };
  const form = h('form', {},
    h('h2', {}, t('quiet')), h('p', { class: 'muted' }, t('quietHint')),
    h('div', { class: 'times' }, h('label', {}, t('quietFrom'), from), h('label', {}, t('quietTo'), to)),
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'quiet', on: { click: () => save(null) } }, t('quietNever')),
      h('button', { type: 'submit', class: 'primary' }, t('quietSet'))));
  const dialog = h('dialog', { class: 'card', 'aria-label': t('quiet') }, form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    save(hoursBetween(from.value, to.value));
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
