/**
 * Receipts of groups: who waits for the user's answer, and who has read what the user asked about.
 * Kept in localStorage, one value for each user; without it for as long as the page lives.
 */

/** What is older is forgotten, milliseconds. */
const KEPT_MS = 14 * 86_400_000;
/** So many messages that others asked about, the newest. */
const MAX_ASKED = 500;
/** So many own messages that were asked about, and so many readers of all of them together. */
const MAX_REQUESTED = 200;
const MAX_READERS = 5_000;

export class Receipts {
  /** By message: what others asked about, oldest first. @type {Map<string, {type: number, targetId: string, userId: string, at: number}>} */
  #asked = new Map();
  /** By own message: who has read it, oldest first. @type {Map<string, {at: number, readers: Set<string>}>} */
  #requested = new Map();
  #storedAs;
  #user = '';
  #writing = false;

  /** @param {{appKey: string, persist: boolean}} options */
  constructor({ appKey, persist }) {
    this.#storedAs = persist ? (user) => `hy1/${encodeURIComponent(appKey)}/r/${encodeURIComponent(user)}` : null;
  }

  /** Whose receipts these are from here on. */
  open(user) {
    if (user === this.#user) return;
    this.#save();
    this.#asked.clear();
    this.#requested.clear();
    this.#user = user;
    this.#read();
  }

  /** Somebody asks who has read messages. */
  ask({ type, targetId }, userId, uids, at = Date.now()) {
    for (const uid of uids) {
      if (!this.#asked.has(uid)) this.#asked.set(uid, { type, targetId, userId, at });
    }
    this.#write();
  }

  /** These were answered, here or on another device. */
  answered(uids) {
    for (const uid of uids) this.#asked.delete(uid);
    this.#write();
  }

  /** Who waits for an answer in a conversation. @returns {{userId: string, messageUIds: string[]}[]} */
  waiting({ type, targetId }) {
    const byUser = new Map();
    for (const [uid, asked] of this.#asked) {
      if (asked.type !== type || asked.targetId !== targetId) continue;
      byUser.set(asked.userId, [...(byUser.get(asked.userId) ?? []), uid]);
    }
    return [...byUser].map(([userId, messageUIds]) => ({ userId, messageUIds }));
  }

  /** The user asks who has read an own message. */
  request(uid) {
    this.#requestedOf(uid);
    this.#write();
  }

  /** Somebody has read an own message. Returns how many have. */
  read(uid, userId) {
    const { readers } = this.#requestedOf(uid);
    readers.add(userId);
    this.#write();
    return readers.size;
  }

  /** How many have read a message; null for one that nobody asked about. */
  readerCount(uid) {
    return this.#requested.get(uid)?.readers.size ?? null;
  }

  #requestedOf(uid) {
    const known = this.#requested.get(uid) ?? { at: Date.now(), readers: new Set() };
    this.#requested.set(uid, known);
    return known;
  }

  /** Forgets what is too old or too much. */
  #trim() {
    const since = Date.now() - KEPT_MS;
    for (const map of [this.#asked, this.#requested]) {
      for (const [uid, { at }] of map) if (!(at > since)) map.delete(uid);
    }
    dropOldest(this.#asked, this.#asked.size - MAX_ASKED);
    let [count, readers] = [0, 0];
    for (const [uid, known] of [...this.#requested].reverse()) {
      count += 1;
      readers += known.readers.size;
      // The newest stays, however many have read it.
      if (count > 1 && (count > MAX_REQUESTED || readers > MAX_READERS)) this.#requested.delete(uid);
    }
  }

  /** Once for all that happens in this turn. */
  #write() {
    if (this.#writing) return;
    this.#writing = true;
    queueMicrotask(() => this.#save());
  }

  #save() {
    if (!this.#writing) return;
    this.#writing = false;
    this.#trim();
    this.#inStorage((storage, key) => {
      if (this.#asked.size + this.#requested.size === 0) storage.removeItem(key);
      else storage.setItem(key, JSON.stringify({
        asked: [...this.#asked].map(([uid, { type, targetId, userId, at }]) => [uid, type, targetId, userId, at]),
        requested: [...this.#requested].map(([uid, { at, readers }]) => [uid, at, ...readers]),
      }));
    });
  }

  #read() {
    this.#inStorage((storage, key) => {
      const { asked, requested } = JSON.parse(storage.getItem(key) ?? '{}');
      for (const [uid, type, targetId, userId, at] of asked ?? []) {
        if ([uid, targetId, userId].every(isText) && Number.isInteger(type)) this.#asked.set(uid, { type, targetId, userId, at });
      }
      for (const [uid, at, ...readers] of requested ?? []) {
        if ([uid, ...readers].every(isText)) this.#requested.set(uid, { at, readers: new Set(readers) });
      }
    });
    this.#trim();
  }

  /** Storage may be missing, full, closed to the page or hold nonsense: then memory has to do. */
  #inStorage(work) {
    if (!this.#storedAs || this.#user === '') return;
    try {
      work(globalThis.localStorage, this.#storedAs(this.#user));
    } catch {
      // What was read so far is good.
    }
  }
}

const isText = (value) => typeof value === 'string';

function dropOldest(map, surplus) {
  for (const key of map.keys()) {
    if (surplus <= 0) return;
    map.delete(key);
    surplus -= 1;
  }
}
