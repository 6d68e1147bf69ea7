// Keeps the children of an element in step with a list: an unchanged item keeps its element, so
// focus, selection and what a screen reader already read stay.

export interface Item {
  /** Names the item among its neighbours. */
  key: string;
  /** Equal shapes look equal: the element is made anew only when it differs. */
  shape: string;
  make: () => HTMLElement;
}

export class Keyed {
  private shown = new Map<string, { shape: string; element: HTMLElement }>();

  constructor(private readonly parent: HTMLElement) {}

  /** Shows these items and nothing else; returns their elements in the same order. */
  show(items: readonly Item[]): HTMLElement[] {
    const next = new Map<string, { shape: string; element: HTMLElement }>();
    for (const { key, shape, make } of items) {
      const old = this.shown.get(key);
      if (old?.shape === shape) next.set(key, old);
      else {
        const element = make();
        const focused = old?.element.contains(document.activeElement);
        old?.element.replaceWith(element);
        if (focused) element.querySelector('button')?.focus();
        next.set(key, { shape, element });
      }
    }
    for (const [key, { element }] of this.shown) if (!next.has(key)) element.remove();
    let at: Element | null = this.parent.firstElementChild;
    for (const { element } of next.values()) {
      if (element === at) at = at.nextElementSibling;
      else this.parent.insertBefore(element, at);
    }
    this.shown = next;
    return [...next.values()].map(({ element }) => element);
  }
}
