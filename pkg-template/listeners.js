/** Listeners by event. Each is called on its own: what one throws is given to `onThrown`. */
export class Listeners {
  /** @type {Map<string, Map<Function, Function>>} by event: what was added, and what is called */
  #byEvent = new Map();
  #onThrown;

  /** @param {(error: unknown, event: string) => void} onThrown */
  constructor(onThrown) {
    this.#onThrown = onThrown;
  }

  /** The same listener is kept once per event. */
  add(event, listener, once) {
    const listeners = this.#byEvent.get(event) ?? new Map();
    this.#byEvent.set(event, listeners);
    const called = (...args) => {
      this.remove(event, listener);
      return listener(...args);
    };
    listeners.set(listener, once ? called : listener);
  }

  remove(event, listener) {
    this.#byEvent.get(event)?.delete(listener);
  }

  clear() {
    this.#byEvent.clear();
  }

  /** Calls who listened when it happened. Returns whether anybody did. */
  emit(event, ...args) {
    const listeners = [...(this.#byEvent.get(event)?.values() ?? [])];
    for (const listener of listeners) {
      try {
        listener(...args);
      } catch (error) {
        this.#onThrown(error, event);
      }
    }
    return listeners.length > 0;
  }
}
