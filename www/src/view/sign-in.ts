// The first page: a name, nothing more.
import { h } from '../dom.ts';
import { switchLanguage, t, type TextKey } from '../i18n.ts';
import { accountForm } from './account-form.ts';
import { signIn, SignInError, type Session } from '../session.ts';

interface Options {
  /** Why the user sees this page again. */
  problem: TextKey | null;
  onSession: (session: Session) => void;
}

export function signInView({ problem, onSession }: Options): HTMLElement {
  const name = h('input', {
    id: 'name', name: 'name', required: true, maxlength: 64, autocomplete: 'nickname', autofocus: true,
    placeholder: t('namePlaceholder'), 'aria-describedby': 'sign-in-problem', dir: 'auto',
  });
  const note = h('p', { id: 'sign-in-problem', class: 'problem', role: 'alert' }, problem && t(problem));
  const button = h('button', { class: 'primary', type: 'submit' }, t('signIn'));

  async function submit(event: Event) {
    event.preventDefault();
    button.disabled = true;
    button.textContent = t('signingIn');
    note.textContent = '';
    try {
      onSession(await signIn(name.value.trim()));
    } catch (error) {
      const reason = error instanceof SignInError ? error.reason : 'unreachable';
      note.textContent = t(({ refused: 'signInRefused', taken: 'nameHasAccount', unreachable: 'signInUnreachable' } as const)[reason]);
      button.disabled = false;
      button.textContent = t('signIn');
      name.focus();
    }
  }

  const toggle = h('button', {
    class: 'quiet corner', 'aria-label': t('languageLabel'),
    on: {
      click: () => {
        switchLanguage();
        view.replaceWith(signInView({ problem, onSession }));
      },
    },
  }, t('language'));
  const byAccount = () => {
    const form = accountForm({ onSession, onName: () => view.replaceWith(signInView({ problem: null, onSession })) });
    byName.replaceWith(form);
    form.querySelector('input')?.focus();
  };
  const byName = h('form', { class: 'card', on: { submit } },
      h('img', { src: '/icon.svg', alt: '', width: 56, height: 56 }),
      h('h1', {}, t('title')),
      h('p', { class: 'muted' }, t('tagline')),
      h('label', { for: 'name' }, t('yourName')),
      name,
      note,
      button,
      h('button', { type: 'button', class: 'quiet', on: { click: byAccount } }, t('withAccount')),
      h('p', { class: 'muted small' }, t('signInHint')));
  const view = h('main', { class: 'sign-in' }, toggle, byName);
  return view;
}
