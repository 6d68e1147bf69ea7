// How a talk with the customer service was.
import type { Talk } from 'hongyan/services';
import { h } from '../dom.ts';
import { t } from '../i18n.ts';
import { toast } from './toast.ts';

const radio = (name: string, value: string, label: string) =>
  h('label', { class: 'choice-row' }, h('input', { type: 'radio', name, value }), label);

/** Asks for the rating of the robot, of the agent, or of both. */
export function rateDialog(talk: Talk): void {
  const remark = h('textarea', { rows: 3, maxlength: 500, placeholder: t('remark'), 'aria-label': t('remark'), dir: 'auto' });
  const form = h('form', {},
    h('h2', {}, t('rateTitle')),
    h('fieldset', {}, h('legend', {}, t('rateRobot')), radio('robot', 'yes', t('yes')), radio('robot', 'no', t('no'))),
    h('fieldset', {}, h('legend', {}, t('rateHuman')),
      ...[1, 2, 3, 4, 5].map((count) =>
        h('label', { class: 'star' }, h('input', { type: 'radio', name: 'human', value: String(count), 'aria-label': t('stars', { count }) }), `${count} ★`))),
    remark,
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'quiet', on: { click: () => dialog.close() } }, t('cancel')),
      h('button', { type: 'submit', class: 'primary' }, t('sendRating'))));
  const dialog = h('dialog', { class: 'card', 'aria-label': t('rateTitle') }, form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const chosen = new FormData(form);
    const [robot, human] = [chosen.get('robot'), chosen.get('human')];
    const said = { remark: remark.value.trim() };
    const ratings = [
      ...(robot === null ? [] : [talk.rateRobot({ resolved: robot === 'yes', ...said })]),
      ...(human === null ? [] : [talk.rateHuman({ stars: Number(human), ...said })]),
    ];
    dialog.close();
    if (ratings.length > 0) Promise.all(ratings).then(() => toast(t('rated')), () => toast(t('cannotNow')));
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
