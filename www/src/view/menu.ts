// A small menu beside what it belongs to: opened by a button, closed by Escape, a choice, or a
// click elsewhere.
import { h } from '../dom.ts';

export interface Choice {
  readonly label: string;
  readonly run: () => void;
  /** Cannot be taken back. */
  readonly grave?: boolean;
}

/** Opens a menu at `button`. */
export function openMenu(button: HTMLElement, choices: readonly Choice[]): void {
  const menu = h('div', { class: 'menu', popover: 'auto', role: 'menu' });
  const items = choices.map(({ label, run, grave = false }) =>
    h('button', {
      role: 'menuitem', class: grave ? 'choice grave' : 'choice',
      on: {
        click: () => {
          menu.hidePopover();
          run();
        },
      },
    }, label));
  menu.append(...items);
  menu.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    items[(at + step + items.length) % items.length]?.focus();
  });
  menu.addEventListener('toggle', (event) => {
    if ((event as ToggleEvent).newState === 'open') return;
    menu.remove();
    if (document.activeElement === document.body) button.focus({ preventScroll: true });
  });
  // Inside the part of the page that it belongs to.
  (button.closest('main, dialog') ?? document.body).append(menu);
  menu.showPopover();
  place(menu, button.getBoundingClientRect());
  items[0]?.focus();
}

/** Below the button, or above it where there is no room; never outside the window. */
function place(menu: HTMLElement, { top, bottom, right }: DOMRect): void {
  const { width, height } = menu.getBoundingClientRect();
  const y = bottom + height + 8 < innerHeight ? bottom + 4 : Math.max(4, top - height - 4);
  menu.style.top = `${y}px`;
  menu.style.left = `${Math.max(4, Math.min(right - width, innerWidth - width - 4))}px`;
}
