/** What to do when the core stops for good: a trap inside it, be it in a call or in an event. */

/** @type {Set<(cause: unknown) => void>} */
const watchers = new Set();

/** Calls `watcher` should the core stop; the returned function ends that. */
export function onTrap(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** The core cannot go on: everybody who uses it is told. */
export function stopCore(cause) {
  console.error('hongyan: the core stopped', cause);
  for (const watcher of [...watchers]) watcher(cause);
}

/** A trap, or a stack that ran full: what the core holds in memory cannot be trusted any more. */
const stops = (error) => error instanceof WebAssembly.RuntimeError || error instanceof RangeError;

/**
 * The core's exports, every function of it watched. Once one has stopped the core none runs: what
 * the browser still reports to it (a socket, a timer) goes nowhere.
 */
export function guarded(exports) {
  let stopped = false;
  const guard = (run) => (...args) => {
    if (stopped) return undefined;
    try {
      return run(...args);
    } catch (error) {
      if (stops(error)) {
        stopped = true;
        stopCore(error);
      }
      throw error;
    }
  };
  const watched = Object.entries(exports).map(([name, item]) => [name, typeof item === 'function' ? guard(item) : item]);
  return Object.fromEntries(watched);
}
