/** Who is online: asked for, and told of while it is watched. */

import { isolated, tellAll } from '../report.js';

/** So many users are asked for at once. */
const AT_ONCE = 200;
const WATCHES_TOO_MANY = 26022;

/** `s_stat` and the answer to `getUserStatus`. @param {{status?: string, subUserId?: string}} told */
export function presenceOf({ status = '', subUserId = '' }, userId = subUserId) {
  const logins = loginsIn(status).map(({ o, p = '', s = 0 }) => ({ online: Boolean(o), platform: String(p), status: Number(s) }));
  return { userId, online: logins.some(({ online }) => online), status: logins[0]?.status ?? 0, logins };
}

function loginsIn(text) {
  try {
    const { us } = JSON.parse(text);
    return Array.isArray(us) ? us.filter((one) => typeof one === 'object' && one !== null) : [];
  } catch {
    return [];
  }
}

/** Whom this page watches. A session that begins anew watches nobody, so it is told again. */
export class Watches {
  #ask;
  /** @type {Map<string, Set<(presence: object) => void>>} */
  #byUser = new Map();
  /** Of whom the session is told; some are not watched any more. */
  #asked = new Set();
  /** What was told last of those of whom the session is told. */
  #known = new Map();

  /** @param {(topic: string, target: null, body: object) => Promise<unknown>} ask */
  constructor(ask) {
    this.#ask = ask;
  }

  /** @param {string[]} ids @param {(presence: object) => void} listener */
  async watch(ids, listener) {
    const stop = () => ids.forEach((id) => this.#drop(id, listener));
    for (const id of ids) this.#byUser.set(id, (this.#byUser.get(id) ?? new Set()).add(listener));
    for (const id of ids) if (this.#known.has(id)) isolated(() => listener(this.#known.get(id)));
    try {
      await this.#subscribe(ids.filter((id) => !this.#asked.has(id)));
    } catch (error) {
      stop();
      throw error;
    }
    return stop;
  }

  /** A session has begun. */
  begin() {
    this.#asked.clear();
    this.#known.clear();
    // What fails with the link is told again to the next one.
    this.#subscribe([...this.#byUser.keys()]).catch(() => {});
  }

  hear(told) {
    const presence = presenceOf(told);
    const listeners = this.#byUser.get(presence.userId);
    // Who watches again later is told what is so then: the server does not say it once more.
    if (listeners || this.#asked.has(presence.userId)) this.#known.set(presence.userId, presence);
    if (listeners) tellAll(listeners, presence);
  }

  clear() {
    this.#byUser.clear();
  }

  async #subscribe(ids) {
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const userid = ids.slice(at, at + AT_ONCE);
      try {
        await this.#ask('subUserStatus', null, { userid });
      } catch (error) {
        if (error.code !== WATCHES_TOO_MANY || !(await this.#makeRoom())) throw error;
        await this.#ask('subUserStatus', null, { userid });
      }
      for (const id of userid) this.#asked.add(id);
    }
  }

  /** Stops what nobody here watches any more: other pages may share the session, so not before it must be. */
  async #makeRoom() {
    const userid = [...this.#asked].filter((id) => !this.#byUser.has(id));
    if (userid.length === 0) return false;
    await this.#ask('subUserStatus', null, { userid, hyStop: true });
    for (const id of userid) {
      this.#asked.delete(id);
      this.#known.delete(id);
    }
    return true;
  }

  #drop(id, listener) {
    const listeners = this.#byUser.get(id);
    listeners?.delete(listener);
    if (listeners?.size !== 0) return;
    this.#byUser.delete(id);
    if (!this.#asked.has(id)) this.#known.delete(id);
  }
}
