// A short word at the foot of the page on what just happened.
import { h } from '../dom.ts';

const LONG_ENOUGH = 5000;

export function toast(text: string): void {
  const shown = h('div', { class: 'toast', role: 'status' }, text);
  document.body.append(shown);
  setTimeout(() => shown.remove(), LONG_ENOUGH);
}
