// Pages of one browser in one process: locks, channels and storage as browsers have them, a core that only notes.

/** Web Locks: one holder, the others in line, `steal`. */
export class FakeLocks {
  #held = new Map();
  #lines = new Map();

  request(name, { steal = false, signal }, run) {
    return new Promise((resolve, reject) => {
      const line = this.#lines.get(name) ?? [];
      this.#lines.set(name, line);
      const entry = { run, resolve, reject };
      signal?.addEventListener('abort', () => {
        const at = line.indexOf(entry);
        if (at >= 0) line.splice(at, 1);
        reject(named('AbortError'));
      });
      if (steal) {
        this.#held.get(name)?.reject(named('AbortError'));
        this.#held.delete(name);
        line.unshift(entry);
      } else line.push(entry);
      queueMicrotask(() => this.#grant(name));
    });
  }

  async query() {
    return { held: [], pending: [] };
  }

  #grant(name) {
    if (this.#held.has(name)) return;
    const entry = this.#lines.get(name).shift();
    if (!entry) return;
    this.#held.set(name, entry);
    Promise.resolve(entry.run({ name })).then(() => {
      entry.resolve();
      if (this.#held.get(name) !== entry) return;
      this.#held.delete(name);
      this.#grant(name);
    });
  }
}

function named(name) {
  const error = new Error(name);
  error.name = name;
  return error;
}

/** All channels of the test; a page that sleeps gets what was said once it wakes. */
export class FakeChannel {
  static all = new Set();
  /** Channels of pages that sleep, and what they have missed. @type {Map<FakeChannel, object[]>} */
  static asleep = new Map();
  /** How often anything was said. */
  static said = 0;
  #listeners = [];

  constructor(name) {
    this.name = name;
    FakeChannel.all.add(this);
  }

  set onmessage(listener) {
    this.#listeners = [listener];
  }

  addEventListener(_event, listener) {
    this.#listeners.push(listener);
  }

  postMessage(data) {
    FakeChannel.said += 1;
    const copy = structuredClone(data);
    for (const other of FakeChannel.all) {
      if (other === this || other.name !== this.name) continue;
      if (FakeChannel.asleep.has(other)) FakeChannel.asleep.get(other).push(copy);
      else queueMicrotask(() => other.deliver(copy));
    }
  }

  deliver(data) {
    if (FakeChannel.all.has(this)) for (const listener of this.#listeners) listener({ data: structuredClone(data) });
  }

  close() {
    FakeChannel.all.delete(this);
  }
}

export function fakeStorage() {
  const kept = new Map();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, String(value)),
    removeItem: (key) => void kept.delete(key),
  };
}

/** Puts them where pages look for them. */
export function install() {
  FakeChannel.all.clear();
  FakeChannel.asleep.clear();
  FakeChannel.said = 0;
  const storage = fakeStorage();
  const set = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  set('navigator', { locks: new FakeLocks() });
  set('BroadcastChannel', FakeChannel);
  set('localStorage', storage);
  return storage;
}

/** A core: it asks for its user's state when it connects, notes commands, and tells what the test says. */
export class FakeCore {
  static user = 'state';
  calls = [];
  stopped = false;
  freed = false;
  /** Whether it was told that it owns the state; null before an answer. */
  owned = null;

  constructor(page) {
    this.page = page;
    for (const method of ['disconnect', 'send', 'cancel', 'retry', 'outbox', 'conversations', 'clearAllUnread', 'change', 'ask', 'history', 'token']) {
      this[method] = (...args) => this.calls.push([method, ...args]);
    }
  }

  memory() {
    return { buffer: new ArrayBuffer(1024) };
  }

  connect(...args) {
    this.#begin('connect', args);
  }

  connectAsking(...args) {
    this.#begin('connectAsking', args);
  }

  #begin(method, args) {
    this.calls.push([method, ...args]);
    if (this.owned === null) this.page.ask(FakeCore.user, (owned) => (this.owned = owned));
  }

  conversation() {
    return 0;
  }

  flush() {}

  attend(seen) {
    this.calls.push(['attend', seen]);
  }

  stop() {
    if (this.stopped) return;
    this.stopped = true;
    this.page.leave();
  }

  free() {
    this.freed = true;
  }

  /** All calls of a method, without their numbers. */
  of(method) {
    return this.calls.filter(([name]) => name === method);
  }
}
