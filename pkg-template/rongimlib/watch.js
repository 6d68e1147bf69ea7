import { isolated } from '../report.js';

/** `RongIMClient.Conversation`: the page's watchers of the conversation list. */
export class ConversationWatch {
  /** @type {Set<(list: object[]) => void>} */
  #watchers = new Set();
  /** Asks for the current list; null before `init`. @type {(() => Promise<object[]>) | null} */
  #list = null;
  #asking = false;
  #changed = false;

  /** Told the list now, and after each change. */
  watch = (watcher) => {
    if (typeof watcher !== 'function') return;
    this.#watchers.add(watcher);
    this.#list?.().then((list) => this.#watchers.has(watcher) && isolated(() => watcher(list)), () => {});
  };

  unwatch = (watcher) => {
    this.#watchers.delete(watcher);
  };

  _notify = (list) => {
    for (const watcher of [...this.#watchers]) isolated(() => watcher(list));
  };

  /** @param {() => Promise<object[]>} list of the client that `init` made */
  attach(list) {
    this.#list = list;
  }

  /** The list has changed. One question at a time: watchers see the last of a burst of changes. */
  async changed() {
    this.#changed = true;
    if (this.#asking || this.#watchers.size === 0) return;
    this.#asking = true;
    while (this.#changed) {
      this.#changed = false;
      // Without an answer there is nothing to show; the next change asks again.
      await this.#list().then(this._notify, () => {});
    }
    this.#asking = false;
  }
}
