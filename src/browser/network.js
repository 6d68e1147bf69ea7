/** Hints in the order of `network.rs`. */
const ONLINE = 0;
const OFFLINE = 1;
const VISIBLE = 2;
const HIDDEN = 3;
const WOKE = 4;

/** Whether the page can be seen; a worker counts as visible. */
export function visibility() {
  return globalThis.document?.visibilityState === 'hidden' ? HIDDEN : VISIBLE;
}

/** On the document, where there is one. */
const OF_DOCUMENT = { visibilitychange: visibility, freeze: () => HIDDEN, resume: () => WOKE };
/** On the window, or a worker's global object. */
const OF_GLOBAL = { online: () => ONLINE, offline: () => OFFLINE, pageshow: () => WOKE };

/**
 * Calls `hear` with every hint from here on.
 *
 * @param {(hint: number) => void} hear
 * @returns {() => void} ends that
 */
export function listen(hear) {
  const places = [[globalThis.document, OF_DOCUMENT], [globalThis, OF_GLOBAL]];
  const listener = (event) => hear({ ...OF_DOCUMENT, ...OF_GLOBAL }[event.type]());
  const all = (method) => {
    for (const [target, meanings] of places) {
      for (const name of Object.keys(meanings)) target?.[method]?.(name, listener);
    }
  };
  all('addEventListener');
  return () => all('removeEventListener');
}
