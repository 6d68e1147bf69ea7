/** What members of a chatroom have set for all of them, as the server has it. */

/** Bits of an entry's status. */
const [AUTO_DELETE, OVERWRITE, REMOVED] = [1, 2, 4];
const KEY = /^[\w=+-]{1,128}$/;
/** UTF-16 units. */
const LONGEST_VALUE = 4096;
const CHATROOM = 4;
/** Of a notice: 1 set, 2 removed. */
const [SET, REMOVE] = [1, 2];

export class Entries {
  /** @type {Map<string, {value: string, userId: string, time: number}>} */
  #entries = new Map();
  /** The time of the last change that is known. */
  #version = 0;
  /** The pull that is under way, and the one after it. @type {Promise<void> | null} */
  #pulling = null;
  #next = null;
  #ask;
  #fail;
  #me;
  #tell;

  /**
   * @param {object} room
   * @param {(topic: string, body: object) => Promise<any>} room.ask the server, of this room
   * @param {(code: number, detail?: string) => Error} room.fail
   * @param {() => string} room.me
   * @param {(change: {set: object, removed: string[]}) => void} room.tell
   */
  constructor({ ask, fail, me, tell }) {
    this.#ask = ask;
    this.#fail = fail;
    this.#me = me;
    this.#tell = tell;
  }

  get(key) {
    return this.#entries.get(key)?.value;
  }

  get all() {
    return Object.fromEntries([...this.#entries].map(([key, { value }]) => [key, value]));
  }

  async set(key, value, { force = false, autoDelete = false, notify = false, extra } = {}) {
    this.#checkKey(key);
    this.#check(typeof value === 'string' && value !== '' && value.length <= LONGEST_VALUE, `a value is a text of 1 to ${LONGEST_VALUE} characters`);
    const status = (autoDelete ? AUTO_DELETE : 0) | (force ? OVERWRITE : 0);
    await this.#change('setKV', { key, value, status }, notify && { key, value, type: SET, extra });
  }

  async remove(key, { force = false, notify = false, extra } = {}) {
    this.#checkKey(key);
    const status = REMOVED | (force ? OVERWRITE : 0);
    await this.#change('delKV', { key, value: '', status }, notify && { key, value: this.get(key) ?? '', type: REMOVE, extra });
  }

  /** The server says that something changed at this time: late and repeated notices do no harm. */
  changed(time) {
    if (time > this.#version) this.pull().catch(() => {});
  }

  /** Brings everything up to now; with a pull that began before the call, once more. */
  pull() {
    if (!this.#pulling) return (this.#pulling = this.#pull().finally(() => (this.#pulling = null)));
    this.#next ??= this.#pulling.catch(() => {}).then(() => {
      this.#next = null;
      return this.pull();
    });
    return this.#next;
  }

  /** The page is not in the room any more. */
  forget() {
    this.#entries = new Map();
    this.#version = 0;
  }

  #check(fine, detail) {
    if (!fine) throw this.#fail(33003, detail);
  }

  #checkKey(key) {
    this.#check(typeof key === 'string' && KEY.test(key), 'a key has 1 to 128 of A-Z, a-z, 0-9, _, =, + and -');
  }

  async #change(topic, { key, value, status }, notice) {
    const entry = { key, value, uid: this.#me(), ...(status && { status }) };
    const content = JSON.stringify(notice);
    const notification = { sessionId: 0, classname: 'RC:chrmKVNotiMsg', content };
    await this.#ask(topic, { entry, ...(notice && { bNotify: true, notification, type: CHATROOM }) });
    // What is here is what the server has; without it now, with the next notice.
    await this.pull().catch(() => {});
  }

  async #pull() {
    const asked = this.#entries;
    const { entries, bFullUpdate, syncTime } = await this.#ask('pullKV', { timestamp: this.#version });
    // The room was left meanwhile.
    if (this.#entries !== asked) return;
    const [before, set, removed] = [this.all, {}, []];
    if (bFullUpdate) this.#entries.clear();
    for (const entry of entries) this.#apply(entry);
    this.#version = Math.max(this.#version, Number(syncTime ?? 0));
    for (const [key, { value }] of this.#entries) if (before[key] !== value) set[key] = value;
    for (const key of Object.keys(before)) if (!this.#entries.has(key)) removed.push(key);
    if (removed.length > 0 || Object.keys(set).length > 0) this.#tell({ set, removed });
  }

  #apply({ key, value, status = 0, uid = '', timestamp = 0 }) {
    const known = this.#entries.get(key);
    const time = Number(timestamp);
    // Servers of 2.x send what was not to replace an entry, too.
    const replaces = status & OVERWRITE || !known || known.userId === uid;
    if (!replaces || known?.time > time) return;
    if (status & REMOVED) this.#entries.delete(key);
    else this.#entries.set(key, { value, userId: uid, time });
  }
}
