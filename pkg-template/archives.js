/** A client's archive: opened when it is first asked for, one per user, and kept current from then on. */
import { HongyanError } from './errors.js';

/** What an archive has to hear from the moment it is asked for. */
const EVENTS = ['message', 'send', 'recalled', 'deleted', 'read'];

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

  /** What happens until the archive is open is kept in it, too. */
  async #opened(userId) {
    const client = this.#client;
    const early = [];
    const stops = EVENTS.map((event) => client.on(event, (fact) => early.push([event, fact])));
    try {
      return await this.#linked(userId, early);
    } finally {
      for (const stop of stops) stop();
    }
  }

  async #linked(userId, early) {
    const { open, link } = await import(/* webpackIgnore: true */ './archive.js').catch((cause) => {
      throw new HongyanError(33096, 'client', "the archive's module could not be loaded", cause);
    });
    const archive = await open({ ...this.#options, userId });
    const hearers = {};
    const on = (event, hear) => {
      hearers[event] = hear;
      return this.#client.on(event, hear);
    };
    const linked = link({ on }, archive);
    for (const [event, fact] of early.splice(0)) hearers[event]?.(fact);
    return { archive, link: linked };
  }
}
