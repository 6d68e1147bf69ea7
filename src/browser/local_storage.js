/** Answers of `put`. */
const KEPT = 0;
const FULL = 1;
const UNAVAILABLE = 2;

/** Keeps a text; says whether that was refused, and why. @param {Storage} storage */
export function put(storage, key, value) {
  try {
    storage.setItem(key, value);
    return KEPT;
  } catch (error) {
    // The second is Firefox's older name for it.
    return ['QuotaExceededError', 'NS_ERROR_DOM_QUOTA_REACHED'].includes(error?.name) ? FULL : UNAVAILABLE;
  }
}

/** All keys that begin with `prefix`. @param {Storage} storage @param {string} prefix */
export function keys(storage, prefix) {
  const found = [];
  for (let index = 0; index < storage.length; index += 1) {
    const key = storage.key(index);
    if (key?.startsWith(prefix)) found.push(key);
  }
  return found;
}

/** A storage that ends with the page. @returns {Storage} */
export function memory() {
  const kept = new Map();
  return {
    get length() {
      return kept.size;
    },
    key: (index) => [...kept.keys()][index],
    getItem: (key) => kept.get(key),
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}
