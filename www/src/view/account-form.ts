// Logging in with an account, or making one.
import type { HongyanError } from 'hongyan';
import { h } from '../dom.ts';
import { t, type TextKey } from '../i18n.ts';
import { logIn, register, type Session } from '../session.ts';

interface Options {
  onSession: (session: Session) => void;
  /** By a name alone, after all. */
  onName: () => void;
}

const PROBLEMS: Record<number, TextKey> = {
  24009: 'wrongLogin', 24002: 'accountTaken', 20604: 'tooOften', 33003: 'accountFields', 20406: 'wrongPassword', 24001: 'signInAgain',
};

/** What to tell of a failure of the account. */
export const problemOf = (error: unknown): TextKey => PROBLEMS[(error as HongyanError | undefined)?.code ?? 0] ?? 'signInUnreachable';

export function accountForm({ onSession, onName }: Options, creating = false): HTMLFormElement {
  const name = h('input', { id: 'account', required: true, minlength: 3, maxlength: 254, autocomplete: 'username', autocapitalize: 'off', spellcheck: 'false', placeholder: 'swan@example.com' });
  const password = h('input', { id: 'password', type: 'password', required: true, minlength: 8, maxlength: 256, autocomplete: creating ? 'new-password' : 'current-password' });
  const shown = h('input', { id: 'shown-name', required: true, maxlength: 64, autocomplete: 'nickname', placeholder: t('namePlaceholder'), dir: 'auto' });
  const note = h('p', { class: 'problem', role: 'alert' });
  const button = h('button', { class: 'primary', type: 'submit' }, t(creating ? 'createAccount' : 'logIn'));

  async function submit(event: Event) {
    event.preventDefault();
    button.disabled = true;
    note.textContent = '';
    const fields = { account: name.value, password: password.value };
    try {
      onSession(creating ? await register({ ...fields, name: shown.value.trim() }) : await logIn(fields));
    } catch (error) {
      note.textContent = t(problemOf(error));
      button.disabled = false;
      password.focus();
    }
  }

  const form = h('form', { class: 'card', on: { submit } },
    h('img', { src: '/icon.svg', alt: '', width: 56, height: 56 }),
    h('h1', {}, t(creating ? 'createAccount' : 'logIn')),
    h('label', { for: 'account' }, t('account')), name,
    h('label', { for: 'password' }, t('password')), password,
    ...(creating ? [h('label', { for: 'shown-name' }, t('yourName')), shown] : []),
    note,
    button,
    h('button', {
      type: 'button', class: 'quiet',
      on: {
        click: () => {
          const other = accountForm({ onSession, onName }, !creating);
          form.replaceWith(other);
          other.querySelector('input')?.focus();
        },
      },
    }, t(creating ? 'haveAccount' : 'createAccount')),
    h('button', { type: 'button', class: 'quiet', on: { click: onName } }, t('byNameAlone')));
  return form;
}
