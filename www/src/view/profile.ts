// One's own account: the profile, another password, other logins, and the end of it.
import type { ProfileChanges } from 'hongyan/account';
import type { Client } from 'hongyan';
import { h } from '../dom.ts';
import { t } from '../i18n.ts';
import { account } from '../session.ts';
import { problemOf } from './account-form.ts';
import { portraitField } from './portrait.ts';
import { toast } from './toast.ts';

interface Options {
  /** What uploads the portrait. */
  client: Client;
  /** The profile reads differently now. */
  onChange: () => void;
  /** The account is gone. */
  onGone: () => void;
}

/** The values that are not as they were. */
function changesOf(fields: Record<string, HTMLInputElement>, portrait: string): ProfileChanges {
  const { user } = account;
  const known: Record<string, string> = { name: user?.name ?? '', sex: user?.sex ?? '', portrait: user?.portrait ?? '', account: user?.account ?? '', password: '' };
  const given = [...Object.entries(fields).map(([name, { value }]) => [name, name === 'password' || name === 'currentPassword' ? value : value.trim()] as const),
    ['portrait', portrait] as const];
  return Object.fromEntries(given.filter(([name, value]) => (name === 'currentPassword' ? value !== '' : value !== known[name])));
}

export function profileView({ client, onChange, onGone }: Options): HTMLDialogElement {
  const { user } = account;
  const input = (id: string, value: string, more: object = {}) => h('input', { id: `profile-${id}`, value, dir: 'auto', ...more });
  const fields = {
    name: input('name', user?.name ?? '', { maxlength: 64 }),
    sex: input('sex', user?.sex ?? '', { maxlength: 32 }),
    account: input('account', user?.account ?? '', { required: true, autocomplete: 'username' }),
    password: input('password', '', { type: 'password', minlength: 8, maxlength: 256, autocomplete: 'new-password' }),
    currentPassword: input('current', '', { type: 'password', maxlength: 256, autocomplete: 'current-password' }),
  };
  const labels = { name: 'yourName', sex: 'sex', account: 'account', password: 'newPassword', currentPassword: 'currentPassword' } as const;
  const portrait = portraitField(client, user?.name || user?.userId || '', user?.portrait ?? '', (text) => (note.textContent = text));
  const note = h('p', { class: 'problem', role: 'alert' });
  const logins = h('p', { class: 'muted small' });
  const problem = (error: unknown) => (note.textContent = t(problemOf(error)));

  const countLogins = async () => {
    const sessions = await account.sessions();
    logins.textContent = t('logins', { count: String(sessions.length) });
  };
  async function submit(event: Event) {
    event.preventDefault();
    note.textContent = '';
    try {
      await account.update(changesOf(fields, portrait.value()));
      dialog.close();
      onChange();
      toast(t('saved'));
    } catch (error) {
      problem(error);
    }
  }
  async function remove() {
    if (!confirm(t('deleteAccountSure'))) return;
    const current = fields.currentPassword.value;
    await account.revoke(current === '' ? {} : { currentPassword: current }).then(onGone, problem);
  }
  const endOthers = () => void account.endOtherSessions().then(countLogins).catch(problem);

  const rows = Object.entries(fields).map(([name, field]) =>
    h('div', { class: 'field' }, h('label', { for: field.id }, t(labels[name as keyof typeof labels])), field));
  const dialog = h('dialog', { class: 'card profile', 'aria-labelledby': 'profile-title' },
    h('form', { on: { submit } },
      h('h2', { id: 'profile-title' }, t('profile')),
      h('p', { class: 'muted small' }, t('yourId', { id: user?.userId ?? '' })),
      portrait.element,
      h('div', { class: 'fields' }, ...rows),
      note,
      logins,
      h('div', { class: 'buttons' },
        h('button', { type: 'button', class: 'quiet grave', on: { click: () => void remove() } }, t('deleteAccount')),
        h('button', { type: 'button', class: 'quiet', on: { click: endOthers } }, t('endOthers'))),
      h('div', { class: 'buttons' },
        h('button', { type: 'button', class: 'quiet', on: { click: () => dialog.close() } }, t('cancel')),
        h('button', { class: 'primary', type: 'submit' }, t('save')))));
  dialog.addEventListener('close', () => dialog.remove());
  countLogins().catch(() => {});
  return dialog;
}
