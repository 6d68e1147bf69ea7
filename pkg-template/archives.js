/** A client's archive: opened when it is first asked for, one per user, and kept current from then on. */
import { HongyanError } from './errors.js';

export class Archives {
  #client;
  #options;
  #userId;
  /** @type {{userId: string, ready: Promise<{archive: import('./archive.js').Archive, link: import('./archive.js').Link}>} | null} */
  #open = null;

  /**
   * @param {import('./index.js').Client} client
   * @param {{appKey: string, archive: object | null}} options
   * @param {() => string} userId whose archive it is; '' while that is not known
   */
  constructor(client, { appKey, archive }, userId) {
    this.#client = client;
    this.#userId = userId;
    this.#options = { appKey, ...archive };
  }

  /** The user's archive. */
  async archive() {
    const userId = this.#userId();
    if (userId === '') throw new HongyanError(30002, 'caller');
    if (this.#open?.userId !== userId) {
      this.close();
      const open = { userId, ready: this.#opened(userId) };
      this.#open = open;
      open.ready.catch(() => {
        if (this.#open === open) this.#open = null;
      });
    }
    const { archive } = await this.#open.ready;
    if (!archive.closed) return archive;
    // Destroyed by the page, with all that was kept: a new one begins.
    if ((await this.#open?.ready)?.archive === archive) this.close();
    return this.archive();
  }

  /** Does something with the archive if it is open; what fails there is told by its own event. */
  tell(work) {
    this.#open?.ready.then(({ archive }) => work(archive)).catch(() => {});
  }

  close() {
    this.#open?.ready.then(({ archive, link }) => link.stop().then(() => archive.close())).catch(() => {});
    this.#open = null;
  }

  async #opened(userId) {
    const { open, link } = await import(/* webpackIgnore: true */ './archive.js').catch((cause) => {
      throw new HongyanError(33096, 'client', "the archive's module could not be loaded", cause);
    });
    const archive = await open({ ...this.#options, userId });
    return { archive, link: link(this.#client, archive) };
  }
}
