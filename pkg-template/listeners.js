import { parameterError } from './errors.js';

/** Listeners by event. Each is called on its own: what one throws is given to `onThrown`. */
export class Listeners {
  /**
   * By event. A list is replaced, never changed: one that is being walked stays as it was when the
   * event happened.
   * @type {Map<string, readonly {listener: Function, once: boolean}[]>}
   */
  #byEvent = new Map();
  #known;
  #onThrown;

  /**
   * @param {readonly string[]} known all events that there are
   * @param {(error: unknown, event: string) => void} onThrown
   */
  constructor(known, onThrown) {
    this.#known = known;
    this.#onThrown = onThrown;
  }

  /** The same listener is kept once per event. */
  add(event, listener, once) {
    if (typeof listener !== 'function') throw parameterError('a listener is a function');
    if (!this.#known.includes(event)) throw parameterError(`there is no event ${String(event)}`);
    this.remove(event, listener);
    this.#byEvent.set(event, [...(this.#byEvent.get(event) ?? []), { listener, once }]);
  }

  remove(event, listener) {
    const others = (this.#byEvent.get(event) ?? []).filter((entry) => entry.listener !== listener);
    this.#byEvent.set(event, others);
  }

  clear() {
    this.#byEvent.clear();
  }

  has(event) {
    return (this.#byEvent.get(event) ?? []).length > 0;
  }

  /** Calls who listened when it happened. Returns whether anybody did. */
  emit(event, ...args) {
    const entries = this.#byEvent.get(event) ?? [];
    for (const { listener, once } of entries) {
      if (once) this.remove(event, listener);
      try {
        listener(...args);
      } catch (error) {
        this.#onThrown(error, event);
      }
    }
    return entries.length > 0;
  }
}
