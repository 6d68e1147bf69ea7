/** Calls of the core: they wait until it runs, and for the answers that it tells later. */
import { HongyanError } from './errors.js';
import { Core, load, markCrashed } from './loader.js';
import { questionError } from './questions.js';
import { onTrap, stopCore } from './trap.js';

export class Calls {
  /** @type {{name: 'idle'} | {name: 'starting'} | {name: 'running', core: Core} | {name: 'ended', error: HongyanError}} */
  #state = { name: 'idle' };
  /** What to run once the core does. @type {{call: number, run: (core: Core) => void}[]} */
  #queue = [];
  #lastCall = 0;
  /** Calls without an answer, by number. @type {Map<number, {resolve: Function, reject: Function}>} */
  #waiting = new Map();
  #flushing = false;
  #make;
  #ignoreTraps = () => {};

  /**
   * @param {{source: () => import('./index.js').CoreSource | null, make: () => Core, crashed: (error: HongyanError) => void}} how
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
        this.#state = { name: 'running', core: this.#make.make() };
      }
    } catch (error) {
      if (this.#state.name === 'starting') this.#state = { name: 'idle' };
      this.#rejectAll(typeof error === 'number' ? new HongyanError(error, 'client') : error);
      return;
    }
    for (const { call, run } of this.#queue.splice(0)) this.#run(call, run);
  }

  /** Runs a command that the core settles later by its number. */
  call(command) {
    return this.#begin((core, call) => command(core, call));
  }

  /** Runs a question that the core answers at once. */
  ask(question) {
    return this.#begin((core, call) => this.resolve(call, question(core)));
  }

  /** Tells the core something that it does not answer; nothing where it does not run. */
  tell(command) {
    this.#run(0, command);
  }

  resolve(call, value) {
    this.#waiting.get(call)?.resolve(value);
    this.#waiting.delete(call);
  }

  reject(call, error) {
    this.#waiting.get(call)?.reject(error);
    this.#waiting.delete(call);
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
    return state.name === 'running' ? state.core : null;
  }

  #begin(command) {
    return new Promise((resolve, reject) => {
      if (this.#state.name === 'ended') {
        reject(this.#state.error);
        return;
      }
      this.#lastCall += 1;
      const call = this.#lastCall;
      this.#waiting.set(call, { resolve, reject });
      const run = (core) => command(core, call);
      if (this.#state.name === 'running') this.#run(call, run);
      else this.#queue.push({ call, run });
      this.start();
    });
  }

  #run(call, run) {
    const state = this.#state;
    if (state.name !== 'running') return;
    try {
      run(state.core);
      this.#flushLater(state.core);
    } catch (error) {
      // The core throws the number of what is wrong with the arguments, or what is wrong with a
      // question. Anything else is a trap, or the core refusing to go on.
      if (typeof error === 'number') this.reject(call, new HongyanError(error, 'caller'));
      else if (typeof error === 'string') this.reject(call, questionError(error));
      else this.#stopped(error);
    }
  }

  /** The core stopped for good. */
  crash(cause) {
    if (this.ended) return;
    markCrashed();
    const error = new HongyanError(33094, 'client', undefined, cause);
    this.end(error);
    // Once the core is off the stack: a listener may make a new client.
    queueMicrotask(() => this.#make.crashed(error));
  }

  /** What commands changed is told after the page's own turn. */
  #flushLater(core) {
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      if (!this.ended) this.#guarded(() => core.flush());
    });
  }

  #guarded(run) {
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
