/** At least so many messages are remembered: more than a page is told between two cursors that are stored. */
const LEAST = 2_000;

/** What this page was shown lately: another page's cursor may stand before it. */
export class Shown {
  /** Two generations: taking single entries out of a set costs more than all the rest. */
  #young = new Set();
  #old = new Set();

  /** Whether a message is new here; from now on it is not. One that nobody keeps always is. @param {string} uid */
  isNew(uid) {
    if (uid === '') return true;
    if (this.#young.has(uid) || this.#old.has(uid)) return false;
    this.#young.add(uid);
    if (this.#young.size >= LEAST) [this.#old, this.#young] = [this.#young, new Set()];
    return true;
  }
}
