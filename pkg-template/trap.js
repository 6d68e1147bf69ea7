/** What to do when the core stops for good: a trap inside it, be it in a call or in an event. */

/** @type {Set<(cause: unknown) => void>} */
const watchers = new Set();

/** Calls `watcher` should the core stop; the returned function ends that. */
export function onTrap(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** A trap, or a stack that ran full: what the core holds in memory cannot be trusted any more. */
const stops = (error) => error instanceof WebAssembly.RuntimeError || error instanceof RangeError;

function guard(run) {
  return (...args) => {
    try {
      return run(...args);
    } catch (error) {
      if (stops(error)) {
        console.error('hongyan: the core stopped', error);
        for (const watcher of [...watchers]) watcher(error);
      }
      throw error;
    }
  };
}

/** The core's exports, every function of it watched. */
export function guarded(exports) {
  const watched = Object.entries(exports).map(([name, item]) => [name, typeof item === 'function' ? guard(item) : item]);
  return Object.fromEntries(watched);
}
