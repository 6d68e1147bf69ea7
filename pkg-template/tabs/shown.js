/** So many messages are remembered: more than a page is told between two cursors that are stored. */
const MOST = 2_000;

/** What this page was shown lately: another page's cursor may stand before it. */
export class Shown {
  #uids = new Set();

  /** Whether a message is new here; from now on it is not. One that nobody keeps always is. @param {string} uid */
  isNew(uid) {
    if (uid === '') return true;
    if (this.#uids.has(uid)) return false;
    this.#uids.add(uid);
    if (this.#uids.size > MOST) this.#uids.delete(this.#uids.values().next().value);
    return true;
  }
}
