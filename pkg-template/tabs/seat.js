/** The core as a client sees it, wherever it runs: in this page, or in the one that holds the link for all. */
import { isStored } from '../contents.js';
import { pageOf } from '../facts.js';
import { Unpacker } from '../messages.js';
import { onTrap } from '../trap.js';
import { alone } from './alone.js';
import { canShare, Office } from './office.js';
import { Rooms } from './rooms.js';

/** What ends a call; everything else is told in every page. */
const ANSWERS = new Set(['resolve', 'reject', 'refuse', 'sent']);
/** No number of a call: what a page that begins to follow is told. */
const LIST = 0;
/** What begins a session. */
const CONNECTS = new Set(['connect', 'connectAsking']);
/** Statuses, by number, after which there is no session until the page connects again. */
const OVER = new Set([2, 4, 5, 7, 8, 9, 14, 15]);
/** What navigation reports on the way. */
const REMARKS = new Set([10, 11, 12, 13]);
/** A page that is looked at says so at least this often, ms. */
const SEEN_MS = 5_000;
const NOT_CONNECTED = 31011;

export class Seat {
  #how;
  /** The core and what hears it; null while another page leads. */
  #core = null;
  #page = null;
  #unpacker = null;
  /** @type {Office | null} */
  #office = null;
  #leave = () => {};
  /** The core's question whether this page owns the state. @type {((owned: boolean) => void) | null} */
  #answer = null;
  #leads = false;
  /** Whether nothing is shared, for good. */
  #solo;
  /** This page's calls without an answer, in order; `left`: a leader has got it. @type {Map<number, {method: string, args: unknown[], left: boolean}>} */
  #unanswered = new Map();
  /** By a number of this core: whose call it is. @type {Map<number, {tab: string, call: number}>} */
  #foreign = new Map();
  /** Above all numbers of this page's own calls. */
  #lastForeign = 2 ** 31;
  #rooms = new Rooms();
  /** What followers are told at the end of the turn. */
  #batch = [];
  #flushing = false;
  /** How the session was begun last. @type {{method: string, args: unknown[]} | null} */
  #login = null;
  /** Whose function for tokens is asked where this page has none. */
  #asker = '';
  #over = true;
  /** The core's memory may be another core's by now. */
  #trapped = false;
  #seenAt = -Infinity;
  #seen = false;

  /**
   * @param {object} how
   * @param {(page: object) => import('../loader.js').Core} how.make
   * @param {(name: string, ...what: unknown[]) => void} how.hear the client
   * @param {() => unknown[][]} how.snapshot facts that hold now
   * @param {() => boolean} how.listed whether the client wants changed conversations
   * @param {() => boolean} how.asks whether the client has a function for tokens
   * @param {(work: () => void) => void} how.guarded runs what may stop the core
   * @param {boolean} how.shared whether the link may be shared
   */
  constructor(how) {
    this.#how = how;
    this.#solo = !how.shared || !canShare();
    this.#begin();
  }

  /**
   * Runs a command of this page.
   * @throws {number} what is wrong with it, if that is known at once
   */
  run(call, method, args) {
    if (CONNECTS.has(method)) this.#connecting(method, args);
    if (!this.#core) this.#rooms.note('', method, args);
    const entry = { method, args, left: false };
    this.#unanswered.set(call, entry);
    if (this.#core) {
      entry.left = this.#leads;
      try {
        this.#perform(call, method, args);
      } catch (thrown) {
        this.#unanswered.delete(call);
        throw thrown;
      }
    } else this.#submit(call, entry);
  }

  /** Tells the core something that it does not answer. */
  say(method, args) {
    if (!this.#core) return void this.#office?.command(0, method, args);
    this.#core[method](...args);
    this.#flushSoon();
  }

  /** This page goes: others may stay in its rooms. */
  close() {
    for (const args of this.#rooms.leaveAll()) this.#office?.command(0, 'change', args);
  }

  /** Ends all of it in this page. */
  stop() {
    this.close();
    this.#leaveOffice();
    this.#drop();
  }

  /** The core has trapped, and is past stopping: others go on. */
  abandon() {
    this.#trapped = true;
    this.#leaveOffice();
  }

  // What the office says.

  /** This page leads from now on. */
  lead() {
    this.#leads = true;
    if (this.#core) return this.#answer?.(true);
    this.#how.guarded(() => this.#revive());
  }

  /** Another page leads from now on; `anew`: it did not before. */
  follow(facts, anew) {
    this.#drop();
    for (const fact of facts) this.hear(...fact);
    if (!anew) return;
    this.#giveUpQuestions();
    for (const args of this.#rooms.mine()) this.#office?.command(0, 'change', args);
    for (const [call, entry] of [...this.#unanswered]) this.#submit(call, entry);
  }

  /** This page leads no more. */
  deposed() {
    this.#drop();
  }

  /** The link cannot be shared. */
  alone(owned) {
    this.#office?.end();
    this.#office = null;
    this.#solo = true;
    if (this.#core) this.#answer?.(owned);
    else this.#how.guarded(() => this.#revive());
  }

  /** A command of a follower. */
  serve(tab, call, method, args) {
    if (method === 'token') return this.say(method, args);
    const number = this.#numberFor(tab, call);
    if (CONNECTS.has(method) && this.#over) {
      this.#asker = tab;
      // Who follows is of this user: the state must not be let go of while the server is asked whose the token is.
      this.#connecting(method, [...args.slice(0, -1), args.at(-1) ?? this.#login.args.at(-1)]);
    }
    // A token of its own would replace the login that there is.
    if (CONNECTS.has(method)) ({ method, args } = this.#login);
    this.#attempt(number, method, args);
  }

  snapshot() {
    this.flush();
    return this.#how.snapshot();
  }

  /** A page that follows from now on hears of each conversation, as one does that loads what is stored. */
  welcome(tab) {
    this.#attempt(this.#numberFor(tab, LIST), 'conversations', [new Int32Array(0), undefined, false, true]);
  }

  /** This page leads still, which it was not sure of. */
  confirmed() {
    this.#how.guarded(() => this.#core?.attend());
  }

  /** A follower lives; `seen`: it is looked at. Without it: this page began or ceased to be. */
  attend(seen) {
    const now = Date.now();
    if (seen) this.#seenAt = now;
    const looked = seen !== undefined && Math.abs(now - this.#seenAt) < SEEN_MS;
    const changed = looked !== this.#seen;
    this.#seen = looked;
    if (seen !== undefined) this.#how.guarded(() => this.#core?.attend(changed ? looked : undefined));
  }

  /** Something happened: here, or in the page that leads. */
  hear(name, ...what) {
    if (ANSWERS.has(name)) this.#unanswered.delete(what[0]);
    if (name === 'status' && !REMARKS.has(what[0])) this.#over = OVER.has(what[0]);
    if (name === 'signedIn' && this.#login) this.#login.args = [...this.#login.args.slice(0, -1), what[0]];
    this.#rooms.hear(name, ...what);
    this.#how.hear(name, ...what);
  }

  #begin() {
    const page = pageOf({
      tell: (...fact) => this.#page === page && this.#tell(...fact),
      unpacker: () => this.#unpacker,
      listed: () => Boolean(this.#office?.shared) || this.#how.listed(),
    });
    const mine = (work) => (...args) => (this.#page === page ? work(...args) : false);
    page.ask = mine((name, answer) => this.#ask(name, answer));
    page.leave = mine(() => this.#left());
    page.doubts = mine(() => Boolean(this.#office?.doubts()));
    page.owns = mine(() => !this.#office || this.#office.leads());
    this.#page = page;
    this.#core = this.#how.make(page);
    this.#unpacker = new Unpacker(this.#core.memory());
  }

  /** The core wants to own a user's state. */
  #ask(name, answer) {
    // The core may have let go of the question meanwhile.
    const ask = (owned) => this.#answer === ask && answer(owned);
    this.#answer = ask;
    if (this.#solo) this.#leave = alone(name, ask);
    else if (this.#office?.name !== name) {
      this.#office?.end();
      this.#office = new Office(name, this);
    } else if (this.#leads) queueMicrotask(() => this.#how.guarded(() => ask(true)));
  }

  /** The core wants the state no more. */
  #left() {
    this.#answer = null;
    this.#leads = false;
    this.#leaveOffice();
  }

  #leaveOffice() {
    this.flush();
    this.#office?.end();
    this.#office = null;
    this.#leave();
    this.#leave = () => {};
  }

  /** The core goes; what browsers still report to it is nobody's. */
  #drop() {
    const core = this.#core;
    [this.#core, this.#page, this.#answer, this.#leads, this.#batch] = [null, null, null, false, []];
    this.#foreign.clear();
    this.#rooms.forgetOthers();
    if (!core) return;
    const stop = () => this.#how.guarded(() => core.stop());
    // Another client's call may trap in this turn: nobody else tells a page that has ended.
    const ignore = onTrap(() => (this.#trapped = true));
    stop();
    // It may be a call of the core that led here: then it can neither stop nor go in this turn.
    setTimeout(() => {
      ignore();
      if (this.#trapped) return;
      stop();
      core.free();
    }, 0);
  }

  /** A core for a page that had none: it goes on where the one before it stood. */
  #revive() {
    const over = this.#over;
    this.#begin();
    this.#giveUpQuestions();
    const connects = [...this.#unanswered.values()].some(({ method }) => CONNECTS.has(method));
    if (this.#login) this.#core[this.#login.method](0, ...this.#login.args);
    for (const args of this.#rooms.mine()) this.#attempt(0, 'change', args);
    if (over && !connects) this.#core.disconnect(0);
    for (const [call, entry] of [...this.#unanswered]) {
      entry.left = true;
      this.#attempt(call, entry.method, entry.args);
    }
    this.#flushSoon();
  }

  /** Whether the server heard them is not known, and it does not know them again: the page must decide. */
  #giveUpQuestions() {
    for (const [call, { method, args, left }] of [...this.#unanswered]) {
      const [type, targetId, , , clientId, flags] = args;
      const fleeting = method === 'send' && !isStored(flags);
      if (!left || !(fleeting || method === 'ask')) continue;
      if (fleeting) this.hear('sendFailed', clientId, type, targetId, NOT_CONNECTED, 'network');
      this.hear('reject', call, NOT_CONNECTED, 'network');
    }
  }

  /** Another token may be another user's: then this page is no follower of that leader. */
  #connecting(method, args) {
    // In front of the user: the token, if there is one.
    if (!this.#core && (this.#login?.method !== method || this.#login.args.at(-2) !== args.at(-2))) {
      for (const call of [...this.#unanswered.keys()]) this.hear('reject', call, NOT_CONNECTED, 'client');
      this.#leaveOffice();
      this.#begin();
    }
    this.#login = { method, args };
    this.#over = false;
  }

  #submit(call, entry) {
    try {
      if (this.#office?.command(call, entry.method, entry.args)) entry.left = true;
    } catch {
      // What cannot be copied is nothing that the core would take.
      this.hear('reject', call, -3, 'caller');
    }
  }

  /** A number of this core for a call of another page. */
  #numberFor(tab, call) {
    this.#lastForeign += 1;
    this.#foreign.set(this.#lastForeign, { tab, call });
    return this.#lastForeign;
  }

  #attempt(call, method, args) {
    try {
      this.#perform(call, method, args);
    } catch (thrown) {
      // Anything else is a trap, which everybody has been told of.
      if (typeof thrown === 'number') this.#tell('refuse', call, thrown);
    }
  }

  #perform(call, method, args) {
    if (method === 'conversation') {
      const head = this.#core.conversation(...args);
      this.#tell('resolve', call, head === 0 ? null : this.#unpacker.conversations(head)[0]);
      return;
    }
    const page = this.#foreign.get(call)?.tab ?? '';
    const { stays, known } = this.#rooms.note(page, method, args);
    if (stays) return this.#tell('resolve', call);
    // The core tells of a room's first page alone.
    if (page && known !== undefined) this.#share([page, 'room', args[1], 'joined', known]);
    this.#core[method](call, ...args);
    if (method === 'send') this.#tell('outgoing', args.at(-1));
    this.#flushSoon();
  }

  /** What commands changed is told after the page's own turn. */
  #flushSoon() {
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.#how.guarded(() => this.#core?.flush());
    });
  }

  /** The core told something: here it is heard at once, elsewhere at the end of the turn. */
  #tell(name, ...what) {
    if (this.#leads && !this.#office.leads()) return;
    const answer = ANSWERS.has(name);
    const foreign = answer ? this.#foreign.get(what[0]) : undefined;
    if (foreign) {
      this.#foreign.delete(what[0]);
      if (foreign.call !== LIST) this.#share([foreign.tab, name, foreign.call, ...what.slice(1)]);
      else if (what[1]?.length > 0) this.#share([foreign.tab, 'changed', what[1]]);
      return;
    }
    if (name === 'tokenWanted' && this.#asker && !this.#how.asks()) return this.#share([this.#asker, name, ...what]);
    if (!answer && name !== 'tokenWanted' && this.#office?.shared) this.#share(['', name, ...what]);
    // Before the cursor moves: if this page ends here, others have it.
    if (name === 'messages') this.flush();
    this.hear(name, ...what);
  }

  #share(fact) {
    this.#batch.push(fact);
    if (this.#batch.length === 1) queueMicrotask(() => this.flush());
  }

  /** Tells followers what they are to hear. */
  flush() {
    const facts = this.#batch.splice(0);
    if (facts.length > 0) this.#office?.tell(facts);
  }
}
