/** Hints in the order of `network.rs`. */
const ONLINE = 0;
const OFFLINE = 1;
const VISIBLE = 2;
const HIDDEN = 3;
const STOWED = 4;
const WOKE = 5;

/** Whether the page can be seen; a worker counts as visible. */
export function visibility() {
  return globalThis.document?.visibilityState === 'hidden' ? HIDDEN : VISIBLE;
}

/** On the document, where there is one. */
const OF_DOCUMENT = { visibilitychange: () => [visibility()], freeze: () => [HIDDEN], resume: () => [visibility(), WOKE] };
/**
 * On the window, or a worker's global object. Whether a page that goes away will be kept is not
 * known before it holds no socket any more, so `persisted` of pagehide says nothing.
 */
const OF_GLOBAL = {
  online: () => [ONLINE],
  offline: () => [OFFLINE],
  pagehide: () => [STOWED],
  pageshow: ({ persisted }) => (persisted ? [visibility(), WOKE] : []),
};

/**
 * Calls `hear` with every hint from here on.
 *
 * @param {(hint: number) => void} hear
 * @returns {() => void} ends that
 */
export function listen(hear) {
  const places = [[globalThis.document, OF_DOCUMENT], [globalThis, OF_GLOBAL]];
  const listener = (event) => ({ ...OF_DOCUMENT, ...OF_GLOBAL })[event.type](event).forEach((hint) => hear(hint));
  const all = (method) => {
    for (const [target, meanings] of places) {
      for (const name of Object.keys(meanings)) target?.[method]?.(name, listener);
    }
  };
  all('addEventListener');
  return () => all('removeEventListener');
}
