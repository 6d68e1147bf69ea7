/** A login that outlives the page, if the page wants that. What is read is not believed. */

/** What is kept under: a session opens one server, so each has its own. */
const PREFIX = 'hy:account ';

const isText = (value) => typeof value === 'string' && value !== '';
const isTime = (value) => value === undefined || Number.isFinite(value);

/** A login as the server told it: who, and by what. Null for one that makes no sense. */
export function loginOf(told, now) {
  const { userId = told?.id, session, sessionExpires, token, tokenExpires, appKey, password, ...user } = told ?? {};
  if (!isText(userId) || !(isText(session) || isText(token)) || !isTime(sessionExpires) || !isTime(tokenExpires)) return null;
  if (sessionExpires <= now) return null;
  return { user: { ...user, userId, id: userId }, appKey: isText(appKey) ? appKey : undefined, session, sessionExpires, token, tokenExpires };
}

export class Kept {
  #storage;
  #key;

  /** @param {boolean | Storage} persist `true`: localStorage @param {string} server whose login it is */
  constructor(persist, server) {
    this.#key = PREFIX + server;
    this.#storage = () => (persist === true ? globalThis.localStorage : persist || null);
  }

  read(now) {
    try {
      const { user, ...rest } = JSON.parse(this.#storage()?.getItem(this.#key) ?? 'null') ?? {};
      return loginOf({ ...user, ...rest }, now);
    } catch {
      return null;
    }
  }

  /** Null forgets it. */
  write(login) {
    try {
      if (login) this.#storage()?.setItem(this.#key, JSON.stringify(login));
      else this.#storage()?.removeItem(this.#key);
    } catch {
      // Without storage the login lasts as long as the page.
    }
  }

  /** Tells when another tab changed it. */
  watch(changed) {
    globalThis.addEventListener?.('storage', ({ key, storageArea }) => {
      if ((key === this.#key || key === null) && this.#sameStorage(storageArea)) changed();
    });
  }

  #sameStorage(area) {
    try {
      return area === this.#storage();
    } catch {
      return false;
    }
  }
}
