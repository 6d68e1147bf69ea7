/** The number of a leader's term, where every page of the origin sees it: who finds another one there leads no more. */
export class Fence {
  #number;
  #shared;
  #term = '';

  /** @param {string} name of the user's state */
  constructor(name) {
    this.#number = `hongyan-leader:${name}`;
    this.#shared = `hongyan-tabs:${name}`;
  }

  /**
   * Begins a term, with a number above all earlier ones: above the clock's, too, for the storage
   * may have been cleared since.
   * @param {number} known the last term this page knows of
   */
  take(known) {
    const term = Math.max(known, Number(read(this.#number)) || 0, Date.now()) + 1;
    // A storage that takes nothing more cannot tell either: then the lock alone must do.
    this.#term = write(this.#number, String(term)) ? String(term) : '';
    return term;
  }

  /** Whether no other page has begun a term since. */
  holds() {
    const found = read(this.#number);
    // Cleared by somebody: it was ours.
    if (found === null && this.#term) write(this.#number, this.#term);
    return found === null || this.#term === '' || found === this.#term;
  }

  /** Whether several pages of this user were ever open at a time: one of them may be asleep now. */
  get shared() {
    return read(this.#shared) !== null;
  }

  share() {
    write(this.#shared, '1');
  }
}

function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}
