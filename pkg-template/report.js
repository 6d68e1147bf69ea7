/** What a function of the page throws is the page's own business: it reaches the page's error handler, and no other listener. */

/** Tells the page's error handler, as an uncaught error would. */
export function report(error) {
  if (typeof globalThis.reportError === 'function') globalThis.reportError(error);
  else console.error(error);
}

/** Runs what may throw. @param {() => void} task */
export function isolated(task) {
  try {
    task();
  } catch (error) {
    report(error);
  }
}

/** Tells all who listened when it happened. @param {Iterable<Function>} listeners */
export function tellAll(listeners, ...what) {
  for (const listener of [...listeners]) isolated(() => listener(...what));
}
