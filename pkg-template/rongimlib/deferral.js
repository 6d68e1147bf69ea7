import { isolated } from '../report.js';

/**
 * The next tick, as 2.x used it: callbacks never run in the turn of the call that they answer. One
 * queue keeps them, so status events and callbacks stay in the order in which they came to be.
 */
export class Deferral {
  #waiting = [];
  #scheduled = false;

  /**
   * Runs `task` in a later turn. What it throws goes to the page's error handler and stops nobody.
   * @param {() => void} task
   */
  add(task) {
    this.#waiting.push(task);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(() => {
      this.#scheduled = false;
      this.flush();
    }, 0);
  }

  /**
   * Runs what waits now. A hidden page's timers are slow, so events that come by themselves call
   * this first: a message is never told before the status that preceded it.
   */
  flush() {
    while (this.#waiting.length > 0) isolated(this.#waiting.shift());
  }

  /**
   * Defers `callback[name](...args)`; a callback that lacks the function is left alone.
   * @param {object | null | undefined} callback
   * @param {string} name
   * @param {unknown[]} args
   */
  answer(callback, name, ...args) {
    this.add(() => {
      if (callback && typeof callback[name] === 'function') callback[name](...args);
    });
  }
}
