import { keyOf } from './refs.js';

/**
 * What the page itself says of conversations: titles, senders, conversations that it put into the
 * list. Kept for as long as the page lives.
 */
export class PageRows {
  /** @type {Map<string, {type: number, targetId: string, members: object, movedAt: number}>} */
  #rows = new Map();

  /** Sets members of a conversation's row. @param {number} [movedAt] when it was put in front, Unix ms */
  set(ref, members, movedAt) {
    const known = this.#rows.get(keyOf(ref));
    this.#rows.set(keyOf(ref), {
      ...ref,
      members: { ...known?.members, ...members },
      movedAt: movedAt ?? known?.movedAt ?? 0,
    });
  }

  /** What the page said of a conversation. */
  of(ref) {
    return this.#rows.get(keyOf(ref));
  }

  remove(ref) {
    this.#rows.delete(keyOf(ref));
  }

  /** Whether the list's order is the client's. */
  get moved() {
    return [...this.#rows.values()].some((row) => row.movedAt > 0);
  }

  /** Conversations that the page put into the list and the client does not know. */
  added(rows, types) {
    const known = new Set(rows.map((row) => keyOf(row.conversation)));
    const wanted = ({ type }) => !types || types.includes(type);
    return [...this.#rows.values()].filter((row) => row.movedAt > 0 && wanted(row) && !known.has(keyOf(row)));
  }
}
