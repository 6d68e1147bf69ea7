/** Calls of the core: they wait until it runs, and for the answers that it tells later. */
import { HongyanError } from './errors.js';
import { load, markCrashed } from './loader.js';
import { onTrap, stopCore } from './trap.js';

export class Calls {
  /** @type {{name: 'idle'} | {name: 'starting'} | {name: 'running', seat: import('./tabs/seat.js').Seat} | {name: 'ended', error: HongyanError}} */
  #state = { name: 'idle' };
  /** What to run once the core does. @type {{call: number, method: string, args: unknown[]}[]} */
  #queue = [];
  #lastCall = 0;
  /** Calls without an answer, by number. @type {Map<number, {resolve: Function, reject: Function}>} */
  #waiting = new Map();
  #make;
  #ignoreTraps = () => {};

  /**
   * @param {{source: () => import('./index.js').CoreSource | null, make: () => import('./tabs/seat.js').Seat, crashed: (error: HongyanError) => void}} how
   * it is loaded and made, and whom to tell when it stops for good
   */
  constructor({ source, make, crashed }) {
    this.#make = { source, make, crashed };
  }

  /** Loads the core unless it is there or under way; a failure rejects what waits for it. */
  async start() {
    if (this.#state.name !== 'idle') return;
    this.#state = { name: 'starting' };
    try {
      await load(this.#make.source());
      if (this.#state.name === 'starting') {
        this.#ignoreTraps = onTrap((cause) => this.crash(cause));
        this.#state = { name: 'running', seat: this.#make.make() };
      }
    } catch (error) {
      if (this.#state.name === 'starting') this.#state = { name: 'idle' };
      this.#rejectAll(typeof error === 'number' ? new HongyanError(error, 'client') : error);
      return;
    }
    for (const { call, method, args } of this.#queue.splice(0)) this.#run(call, method, args);
  }

  /** Runs a command that the core settles later by its number. */
  call(method, ...args) {
    return new Promise((resolve, reject) => {
      if (this.#state.name === 'ended') {
        reject(this.#state.error);
        return;
      }
      this.#lastCall += 1;
      const call = this.#lastCall;
      this.#waiting.set(call, { resolve, reject });
      if (this.#state.name === 'running') this.#run(call, method, args);
      else this.#queue.push({ call, method, args });
      this.start();
    });
  }

  /** Tells the core something that it does not answer; nothing where it does not run. */
  tell(method, ...args) {
    const state = this.#state;
    if (state.name === 'running') this.guarded(() => state.seat.say(method, args));
  }

  resolve(call, value) {
    this.#waiting.get(call)?.resolve(value);
    this.#waiting.delete(call);
  }

  reject(call, error) {
    this.#waiting.get(call)?.reject(error);
    this.#waiting.delete(call);
  }

  /** The core threw this. */
  refuse(call, thrown) {
    this.reject(call, new HongyanError(thrown, 'caller'));
  }

  get ended() {
    return this.#state.name === 'ended';
  }

  /** Nothing is run any more: what waits and what comes is rejected. */
  end(error) {
    const state = this.#state;
    this.#state = { name: 'ended', error };
    this.#ignoreTraps();
    this.#rejectAll(error);
    return state.name === 'running' ? state.seat : null;
  }

  #run(call, method, args) {
    const state = this.#state;
    if (state.name !== 'running') return;
    try {
      state.seat.run(call, method, args);
    } catch (error) {
      // The core throws the number of what is wrong with the arguments. Anything else is a trap, or
      // the core refusing to go on.
      if (typeof error === 'number') this.refuse(call, error);
      else this.#stopped(error);
    }
  }

  /** The core stopped for good. */
  crash(cause) {
    if (this.ended) return;
    markCrashed();
    const error = new HongyanError(33094, 'client', undefined, cause);
    this.end(error)?.abandon();
    // Once the core is off the stack: a listener may make a new client.
    queueMicrotask(() => this.#make.crashed(error));
  }

  /** Runs what calls the core. */
  guarded(run) {
    try {
      run();
    } catch (error) {
      this.#stopped(error);
    }
  }

  /** A trap has been told to everybody by now. */
  #stopped(error) {
    if (!this.ended) stopCore(error);
  }

  #rejectAll(error) {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#queue = [];
    for (const { reject } of waiting) reject(error);
  }
}
