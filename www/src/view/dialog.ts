// A dialog that is made when it opens and gone when it closes: by Escape, its buttons, a click beside it. The browser
// gives the focus back to where it was.
import { h, icon, type Child } from '../dom.ts';
import { t } from '../i18n.ts';

/** `stop`: called once, when it closes. */
export function openDialog(kind: string, title: string, stop: () => void, ...children: Child[]): HTMLDialogElement {
  const dialog = h('dialog', { class: `card ${kind}`, 'aria-label': title },
    h('button', { type: 'button', class: 'tool shut', 'aria-label': t('close'), title: t('close'), on: { click: () => dialog.close() } }, icon('close')),
    ...children);
  // What lies inside has targets of its own.
  dialog.addEventListener('click', ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener('close', () => {
    stop();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Closes whatever lies over the page, but a call. */
export function closeDialogs(): void {
  for (const dialog of document.querySelectorAll('dialog[open]:not(.call)')) (dialog as HTMLDialogElement).close();
}
