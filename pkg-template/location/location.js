/**
 * Live locations, as messages between those who share them.
 *
 * ```text
 *            ╭── somebody starts ──▶ incoming ── join ──╮
 *   idle ────┤                        ▲  │ all have quit │
 *     ▲      │                        │  ▼              ▼
 *     │      ╰── start ──▶ outgoing ──┼─ somebody joins ─▶ connected
 *     ╰── quit, the end, nobody left ─┴─── quit, others go on ──╯
 * ```
 */
import { tellAll } from '../report.js';
import { Failing } from '../services/bare.js';

/** Kinds in which users can share. */
const KINDS = [1, 2, 3];
/** Who was not heard of for so long has gone, ms. */
const EXPIRE_MS = 60_000;
/** Whoever shares is heard of so often, ms. */
const BEAT_MS = 20_000;
/** The server's own default, `maxParticipant` of navigation. */
const MOST = 5;

const START = 'RC:RLStart';
const MOVE = 'RC:RL';
const JOIN = 'RC:RLJoin';
const QUIT = 'RC:RLQuit';
const END = 'RC:RLEnd';

const isPlace = ({ latitude, longitude }) =>
  Number.isFinite(latitude) && Number.isFinite(longitude) && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;

export class BareLiveLocations extends Failing {
  #client;
  #options;
  /** By conversation. @type {Map<string, LiveLocation>} */
  #known = new Map();
  #stop;

  /** @param {import('../index.js').Client} client */
  constructor(client, { maxParticipants = MOST, expireMs = EXPIRE_MS, beatMs = BEAT_MS } = {}) {
    super();
    if (typeof client?.submit !== 'function') throw this.senseless('LiveLocations needs a client');
    this.#client = client;
    const failure = (...why) => this.failure(...why);
    this.#options = { maxParticipants, expireMs, beatMs, failure };
    this.#stop = client.on('message', (message) => this.#hear(message));
  }

  of(ref) {
    const { type, targetId } = ref ?? {};
    if (!Number.isInteger(type) || typeof targetId !== 'string' || targetId === '') throw this.senseless('a conversation is named by { type, targetId }');
    const key = `${type}:${targetId}`;
    const known = this.#known.get(key) ?? new LiveLocation(this.#client, { type, targetId }, this.#options);
    this.#known.set(key, known);
    return known;
  }

  /** Hears no more, and says no more. */
  close() {
    this.#stop();
    for (const one of this.#known.values()) one.close();
    this.#known.clear();
  }

  #hear(message) {
    if (message.objectName.startsWith(MOVE) && message.direction === 'received') this.of(message.conversation).hear(message);
  }
}

/** The locations that are shared in one conversation. */
export class LiveLocation {
  /** Kept when names are made short. */
  static name = 'LiveLocation';
  #client;
  #options;
  #listeners = new Set();
  /** Who else shares, by user. @type {Map<string, {place: object | null, heard: number}>} */
  #others = new Map();
  /** Where this user is, once told. */
  #place = null;
  #timer = null;
  state = 'idle';

  constructor(client, conversation, options) {
    this.#client = client;
    this.conversation = Object.freeze(conversation);
    this.#options = options;
  }

  get participants() {
    const others = [...this.#others].map(([userId, { place }]) => ({ userId, ...place }));
    return this.sharing ? [{ userId: this.#client.userId, ...this.#place }, ...others] : others;
  }

  get sharing() {
    return this.state === 'outgoing' || this.state === 'connected';
  }

  on(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async start() {
    if (!KINDS.includes(this.conversation.type)) throw this.#options.failure(2, 'caller');
    if (this.state !== 'idle') throw this.#options.failure(3, 'caller');
    this.#become('outgoing');
    await this.#send(START, 6).catch((error) => this.#failed(error));
  }

  async join() {
    if (this.sharing) throw this.#options.failure(3, 'caller');
    if (this.state !== 'incoming') throw this.#options.failure(-1, 'caller');
    if (this.#others.size >= this.#options.maxParticipants) throw this.#options.failure(4, 'caller');
    this.#become('connected');
    await this.#send(JOIN, 5).catch((error) => this.#failed(error));
  }

  async quit() {
    if (!this.sharing) throw this.#options.failure(-1, 'caller');
    const last = this.#others.size === 0;
    this.#place = null;
    this.#settle(false);
    // Who hears nothing of it notices that nothing comes any more.
    await Promise.allSettled([this.#send(QUIT, 7), ...(last ? [this.#send(END, 7)] : [])]);
  }

  async update(latitude, longitude) {
    const place = { latitude, longitude };
    if (!isPlace(place)) throw this.#options.failure(-1, 'caller');
    if (!this.sharing) throw this.#options.failure(-1, 'caller');
    this.#place = place;
    this.#tell({ name: 'moved', userId: this.#client.userId, ...place });
    await this.#send(MOVE, 7);
  }

  /** A message of another user. */
  hear({ objectName, senderUserId, content, sentTime }) {
    if (objectName === END) {
      this.#others.clear();
      this.#settle(false);
      return;
    }
    if (objectName === QUIT) {
      this.#gone(senderUserId);
      return;
    }
    // What comes late, after a page was away, is over by now.
    const now = Date.now() + this.#client.serverTimeOffset;
    if (![START, JOIN, MOVE].includes(objectName) || sentTime < now - this.#options.expireMs) return;
    if (objectName === MOVE && !isPlace(content)) return;
    this.#present(senderUserId, objectName === MOVE ? { latitude: content.latitude, longitude: content.longitude } : null);
    // Who comes in learns who is there.
    if (objectName !== MOVE && this.sharing && this.#place) this.#send(MOVE, 7).catch(() => {});
  }

  close() {
    clearInterval(this.#timer);
    this.#timer = null;
    this.#listeners.clear();
  }

  #present(userId, place) {
    const known = this.#others.get(userId);
    if (!known && this.#others.size >= this.#options.maxParticipants) return;
    this.#others.set(userId, { place: place ?? known?.place ?? null, heard: Date.now() });
    if (!known) this.#tell({ name: 'joined', userId });
    if (place) this.#tell({ name: 'moved', userId, ...place });
    this.#settle(this.sharing);
  }

  #gone(userId) {
    if (!this.#others.delete(userId)) return;
    this.#tell({ name: 'quit', userId });
    this.#settle(this.sharing);
  }

  /** The state that follows from who shares. */
  #settle(sharing) {
    const others = this.#others.size > 0;
    if (sharing) this.#become(others ? 'connected' : 'outgoing');
    else this.#become(others ? 'incoming' : 'idle');
  }

  #become(state) {
    if (state === 'idle') {
      clearInterval(this.#timer);
      this.#timer = null;
    } else {
      this.#timer ??= setInterval(() => this.#beat(), this.#options.beatMs);
    }
    if (state === this.state) return;
    this.state = state;
    this.#tell({ name: 'state', state });
  }

  #beat() {
    const oldest = Date.now() - this.#options.expireMs;
    for (const [userId, { heard }] of [...this.#others]) {
      if (heard < oldest) this.#gone(userId);
    }
    if (this.sharing) this.#send(this.#place ? MOVE : JOIN, 7).catch(() => {});
  }

  async #send(objectName, code) {
    const kept = objectName === START || objectName === END;
    const body = objectName === MOVE ? { ...this.#place } : { content: '' };
    const options = { keep: false, giveUpAfterMs: 30_000 };
    try {
      await this.#client.submit(this.conversation, { objectName, body, persisted: kept, counted: kept }, options).sent;
    } catch (error) {
      throw this.#options.failure(code, error.origin ?? 'client', undefined, error);
    }
  }

  #failed(error) {
    this.#settle(false);
    throw error;
  }

  #tell(event) {
    tellAll(this.#listeners, event);
  }
}
