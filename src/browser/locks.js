/**
 * Asks for the Web Lock `name` and calls `answer` once: with true when it is ours, with false when
 * another page keeps it for longer than `patienceMs`. Where there are no Web Locks, and in a page
 * without an origin (which shares no storage either), the answer is true.
 *
 * @param {string} name
 * @param {number} patienceMs
 * @param {(owned: boolean) => void} answer
 * @returns {() => void} lets go of it, or stops asking; `answer` is not called after it
 */
export function lock(name, patienceMs, answer) {
  const { locks } = globalThis.navigator ?? {};
  const controller = new AbortController();
  let release = () => controller.abort();
  let over = false;
  const tell = (owned) => {
    clearTimeout(patience);
    if (!over) answer(owned);
  };
  const patience = setTimeout(() => controller.abort(), patienceMs);
  const held = () =>
    new Promise((resolve) => {
      if (over) return resolve();
      release = resolve;
      tell(true);
    });
  const asked = locks ? locks.request(name, { signal: controller.signal }, held) : Promise.reject();
  asked.catch((error) => tell(error?.name !== 'AbortError'));
  return () => {
    over = true;
    clearTimeout(patience);
    release();
  };
}
