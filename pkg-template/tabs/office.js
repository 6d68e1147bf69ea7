/** Which page of a user holds the link: the one that has the Web Lock. The others find it by the channel and follow it. */
import { newClientId } from '../contents.js';
import { channelOf, VERSION } from './channel.js';
import { Fence } from './fence.js';
import { hold, sharesStorage } from './locks.js';

/** How often a page that does not lead asks for a sign of life, ms. */
const BEAT_MS = 1_000;
/** A leader that leaves so many unanswered is asleep: its lock is taken away. */
const MISSES = 3;
/** A leader that did not run for so long looks whether it leads still: less than it takes to be taken for asleep, ms. */
const LEASE_MS = 2_000;
/** A browser that does not answer for so long is believed to have nothing to say, ms. */
const SURE_MS = 500;

/** Whether pages can find each other here. */
export function canShare() {
  const channel = globalThis.navigator?.locks && sharesStorage() ? channelOf('') : null;
  channel?.close();
  return channel !== null;
}

/**
 * ```text
 *            lock granted                lock stolen, or another number in the fence
 *   seeking ─────────────▶ leading ─────────────────────────────────────────────────▶ seeking
 *      │ ▲ leader silent: steal ▲
 * here ▼ │                      │ lock granted: the leader is gone
 *   following ──────────────────┘
 * ```
 */
export class Office {
  /** @type {'seeking' | 'leading' | 'following'} */
  #role = 'seeking';
  #me = newClientId();
  /** The leader's, or this page's own. */
  #term = 0;
  #missed = 0;
  #shared = false;
  #asleep = false;
  /** When this page was last sure to lead. */
  #sureAt = 0;
  #doubting = false;
  #timer;
  #release = () => {};
  #seat;
  #fence;
  #channel;

  /**
   * @param {string} name of the user's state
   * @param {import('./seat.js').Seat} seat what changes with the role
   */
  constructor(name, seat) {
    this.name = name;
    this.#seat = seat;
    this.#fence = new Fence(name);
    this.#channel = channelOf(name);
    this.#channel.onmessage = ({ data }) => this.#hear(data ?? {});
    this.#listen('addEventListener');
    this.#seek();
  }

  end() {
    this.#role = 'seeking';
    clearInterval(this.#timer);
    this.#listen('removeEventListener');
    this.#release();
    this.#channel.close();
  }

  /** Whether what the leader is told must be told to others. */
  get shared() {
    return this.#role === 'leading' && this.#shared;
  }

  /** Whether this page leads: found out anew, for it may have slept through the loss of its office. */
  leads() {
    if (this.#role !== 'leading') return false;
    if (this.#fence.holds()) return true;
    this.#depose();
    return false;
  }

  /**
   * Whether this page may have been taken for asleep: storage tells pages that were it too late. The seat is told
   * once it is known that this page leads still.
   */
  doubts() {
    if (this.#role !== 'leading' || this.#doubting) return this.#doubting;
    const now = Date.now();
    this.#doubting = Math.abs(now - this.#sureAt) > LEASE_MS;
    this.#sureAt = now;
    if (this.#doubting) void this.#makeSure();
    return this.#doubting;
  }

  /** Asked after it was lost, the browser tells of the loss first. */
  async #makeSure() {
    await Promise.race([navigator.locks.query().catch(() => {}), new Promise((resolve) => setTimeout(resolve, SURE_MS))]);
    this.#doubting = false;
    this.#sureAt = Date.now();
    if (this.#role === 'leading') this.#seat.confirmed();
  }

  /** Gives the leader a command. `false`: there is none now. */
  command(call, method, args) {
    if (this.#role !== 'following') return false;
    this.#post('command', { call, method, args });
    return true;
  }

  /** Tells followers. */
  tell(facts) {
    if (this.#role === 'leading') this.#post('facts', { facts });
  }

  #seek() {
    this.#role = 'seeking';
    this.#request(false);
    this.#watch();
    this.#beat();
  }

  #request(steal) {
    this.#release();
    this.#release = hold(this.name, steal, () => this.#lead(), () => this.#lost());
  }

  #watch() {
    clearInterval(this.#timer);
    this.#missed = 0;
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
  }

  #beat() {
    if (this.#missed >= MISSES) {
      this.#missed = 0;
      this.#shared = true;
      this.#request(true);
      return;
    }
    this.#missed += 1;
    if (this.#role === 'following') this.#post('ping', { seen: globalThis.document?.visibilityState !== 'hidden' });
    else this.#post('hello');
  }

  #lead() {
    clearInterval(this.#timer);
    this.#role = 'leading';
    this.#sureAt = Date.now();
    this.#shared ||= this.#fence.shared;
    this.#term = this.#fence.take(this.#term);
    this.#post('here');
    this.#seat.lead();
  }

  #lost() {
    if (this.#role === 'leading') this.#depose();
    else if (this.#role === 'seeking') this.#seat.alone(true);
  }

  /** Another page leads, or this one goes to sleep. */
  #depose() {
    this.#shared = true;
    this.#role = 'seeking';
    this.#seat.deposed();
    this.#seek();
  }

  #post(kind, what) {
    this.#channel.postMessage({ v: VERSION, kind, from: this.#me, term: this.#term, ...what });
  }

  #hear(said) {
    if (said.to !== undefined && said.to !== this.#me) return;
    if (said.alone) return this.#role === 'seeking' ? this.#seat.alone(false) : undefined;
    const strange = said.v !== VERSION;
    switch (said.kind) {
      case 'hello':
        if (this.leads()) this.#welcome(said.from, strange);
        break;
      case 'ping':
        if (this.leads()) {
          this.#post('pong', { to: said.from });
          this.#seat.attend(said.seen);
        }
        break;
      case 'command':
        // What was said to an earlier leader is said again to this one.
        if (said.term === this.#term && this.leads()) this.#seat.serve(said.from, said.call, said.method, said.args);
        break;
      case 'here':
      case 'pong':
      case 'facts':
        if (!strange) this.#heardLeader(said);
    }
  }

  #welcome(to, strange) {
    this.#shared = true;
    this.#fence.share();
    if (strange) return this.#post('here', { to, alone: true });
    this.#post('here', { to, facts: this.#seat.snapshot() });
    this.#seat.welcome(to);
  }

  #heardLeader({ kind, term, facts = [] }) {
    if (term < this.#term || (term === this.#term && this.#role === 'leading')) return;
    if (this.#role === 'leading') this.#depose();
    if (kind === 'here') {
      const anew = this.#role !== 'following' || term !== this.#term;
      this.#role = 'following';
      this.#term = term;
      this.#watch();
      this.#seat.follow(facts, anew);
    } else if (this.#role === 'following' && term === this.#term) {
      this.#missed = 0;
      for (const [to, ...fact] of facts) if (to === '' || to === this.#me) this.#seat.hear(...fact);
    }
  }

  /** A page that sleeps must neither lead nor stand in line: nobody would hear of it. */
  #sleep() {
    if (this.#role === 'leading' && !this.#shared) return;
    this.#asleep = true;
    this.#seat.flush();
    if (this.#role === 'leading') this.#depose();
    clearInterval(this.#timer);
    this.#release();
  }

  #wake() {
    if (!this.#asleep) return;
    this.#asleep = false;
    if (this.#role === 'seeking') this.#seek();
    else {
      this.#request(false);
      this.#watch();
    }
  }

  #onPage = ({ type, persisted }) => {
    if (type === 'pagehide' && !persisted) this.#seat.close();
    if (type === 'freeze' || type === 'pagehide') this.#sleep();
    else if (type === 'resume' || type === 'pageshow') this.#wake();
    else if (this.#role === 'following') this.#beat();
    else this.#seat.attend();
  };

  #listen(method) {
    for (const event of ['freeze', 'resume', 'visibilitychange']) globalThis.document?.[method]?.(event, this.#onPage);
    for (const event of ['pagehide', 'pageshow']) globalThis[method]?.(event, this.#onPage);
  }
}
