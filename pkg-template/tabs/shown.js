/** At least so many messages are remembered: more than a page is told between two cursors that are stored. */
const LEAST = 2_000;

/**
 * What this page was shown lately: another page's cursor may stand before it. A core tells nothing twice, so that
 * is looked up behind the beginning of a session alone, where another core may have taken over; as long as none
 * begins messages are only noted, which costs next to nothing.
 */
export class Shown {
  /** Two generations: taking single entries away costs more than all the rest. @type {string[]} */
  #young = [];
  #old = [];
  /** While a message may be told again. @type {Set<string> | null} */
  #known = null;
  /** So many that are new end that. */
  #doubtful = 0;

  /** A session begins: what was shown before may be told once more. */
  begin() {
    this.#known ??= new Set([...this.#old, ...this.#young]);
    this.#doubtful = LEAST;
  }

  /** Whether a message is new here; from now on it is not. One that nobody keeps always is. @param {string} uid */
  isNew(uid) {
    if (uid === '') return true;
    if (this.#known && !this.#isUnknown(uid)) return false;
    if (this.#young.push(uid) >= LEAST) [this.#old, this.#young] = [this.#young, []];
    return true;
  }

  #isUnknown(uid) {
    if (this.#known.has(uid)) return false;
    this.#known.add(uid);
    this.#doubtful -= 1;
    if (this.#doubtful === 0) this.#known = null;
    return true;
  }
}
