/** A page that has not said for so long that it lives is dead, ms: hidden ones wake once a minute. */
const DEAD_MS = 90_000;
/** How often it says so, ms. */
const BEAT_MS = 20_000;
/** Two pages that claim at once see within this time which of them did it last, ms. */
const SETTLE_MS = 20;

/**
 * Asks for the Web Lock `name`, for as long as it takes.
 *
 * @param {string} name
 * @param {boolean} steal takes it away from the page that holds it, at once
 * @param {() => void} got it is ours
 * @param {(error: unknown) => void} lost it was refused, or taken away
 * @returns {() => void} lets go of it, or stops asking; nothing is called after it
 */
export function hold(name, steal, got, lost) {
  const controller = new AbortController();
  let release = () => controller.abort();
  let over = false;
  const held = () =>
    new Promise((resolve) => {
      if (over) return resolve();
      release = resolve;
      got();
    });
  navigator.locks
    .request(name, steal ? { steal } : { signal: controller.signal }, held)
    .catch((error) => over || lost(error));
  return () => {
    over = true;
    release();
  };
}

/**
 * Asks for the Web Lock `name` and calls `answer`: with true when it is ours, with false when
 * another page keeps it for longer than `patienceMs`, and once more with false when it was taken
 * away. Where there are no Web Locks a heartbeat in localStorage stands in for it: it is lost when
 * another page took over while this one was frozen. In a page without an origin, which shares no
 * storage, the answer is true.
 *
 * @param {string} name
 * @param {number} patienceMs
 * @param {(owned: boolean) => void} answer never called before this returns
 * @returns {() => void} lets go of it, or stops asking; `answer` is not called after it
 */
export function lock(name, patienceMs, answer) {
  if (!globalThis.navigator?.locks) return claim(name, patienceMs, answer);
  const tell = (owned) => {
    clearTimeout(patience);
    answer(owned);
  };
  const leave = hold(name, false, () => tell(true), (error) => tell(error?.name !== 'AbortError'));
  const giveUp = () => {
    leave();
    answer(false);
  };
  const patience = setTimeout(giveUp, patienceMs);
  return () => {
    clearTimeout(patience);
    leave();
  };
}

/** As {@link lock}, by what the owner writes into localStorage again and again. */
function claim(name, patienceMs, answer) {
  const key = `hongyan-owner:${name}`;
  const me = `${Math.random()}`;
  let timer;
  /** The page that lives and owns it; nobody: ''. */
  const owner = () => {
    const [id, beat] = (localStorage.getItem(key) ?? '').split(' ');
    return Math.abs(Date.now() - beat) < DEAD_MS ? id : '';
  };
  /** Keeps it, or takes it if nobody has it. Whether it is ours then. */
  const ours = () => {
    try {
      if ([me, ''].includes(owner())) localStorage.setItem(key, `${me} ${Date.now()}`);
      return owner() === me;
    } catch {
      return false;
    }
  };
  /** A page that comes back out of the browser's cache takes it again at its next beat. */
  const leave = () => {
    if (owner() === me) localStorage.removeItem(key);
  };
  const keep = () => {
    timer = setTimeout(() => (ours() ? keep() : answer(false)), BEAT_MS);
  };
  const settle = (patience) => {
    if (ours()) {
      keep();
      answer(true);
    } else if (patience) timer = setTimeout(settle, patience);
    else answer(false);
  };
  if (!sharesStorage()) {
    timer = setTimeout(answer, 0, true);
    return () => clearTimeout(timer);
  }
  ours();
  timer = setTimeout(settle, SETTLE_MS, patienceMs);
  globalThis.addEventListener?.('pagehide', leave);
  return () => {
    clearTimeout(timer);
    globalThis.removeEventListener?.('pagehide', leave);
    leave();
  };
}

/** Whether this page can see what others of its origin keep. */
export function sharesStorage() {
  try {
    return Boolean(globalThis.localStorage);
  } catch {
    return false;
  }
}
