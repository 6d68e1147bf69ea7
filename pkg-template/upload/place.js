/**
 * Where an upload goes on: an address at the server, kept in localStorage under the file's
 * fingerprint, so that it outlives the page. Without storage, uploads begin anew on the next page.
 */
const PREFIX = 'hongyan-upload:';
/** The server forgets half-finished uploads after a day, unless it is set otherwise. */
const KEPT_MS = 24 * 60 * 60 * 1000;
const SAMPLE = 4096;

/** Fingerprints of uploads under way on this page: the same file twice is two uploads. */
const busy = new Set();

export class Place {
  #key;
  /** The upload's address, or null before it has begun. @type {string | null} */
  url = null;

  static async of(file, { kind, name, resume }) {
    const place = new Place();
    const key = resume ? await fingerprint(file, kind, name) : null;
    if (key === null || busy.has(key)) return place;
    busy.add(key);
    place.#key = key;
    place.url = read(key);
    return place;
  }

  keep(url) {
    this.url = url;
    if (this.#key) guarded((storage) => storage.setItem(this.#key, JSON.stringify({ url, at: Date.now() })));
  }

  /** The upload is over, or gone. */
  forget() {
    this.url = null;
    if (this.#key) guarded((storage) => storage.removeItem(this.#key));
  }

  leave() {
    busy.delete(this.#key);
  }
}

function read(key) {
  return guarded((storage) => {
    sweep(storage);
    const { url } = JSON.parse(storage.getItem(key)) ?? {};
    return typeof url === 'string' ? url : null;
  }) ?? null;
}

function sweep(storage) {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index));
  for (const key of keys.filter((one) => one?.startsWith(PREFIX))) {
    if (!(Math.abs(Date.now() - keptAt(storage.getItem(key))) < KEPT_MS)) storage.removeItem(key);
  }
}

function keptAt(text) {
  try {
    return JSON.parse(text).at;
  } catch {
    return NaN;
  }
}

/** A storage that is blocked or full is none. */
function guarded(use) {
  try {
    return use(globalThis.localStorage);
  } catch {
    return undefined;
  }
}

/** What tells a file from others. Recordings have no name and no time: they cannot be chosen again. */
async function fingerprint(file, kind, name) {
  if (typeof file.lastModified !== 'number') return null;
  try {
    const ends = [file.slice(0, SAMPLE), file.slice(Math.max(0, file.size - SAMPLE))];
    const bytes = new Uint8Array(await new Blob(ends).arrayBuffer());
    return `${PREFIX}${[kind, file.size, file.lastModified, hash(bytes), name].join(':')}`;
  } catch {
    return null;
  }
}

/** FNV-1a, 32 bits: it has to tell a file from its other versions, not from forgeries. */
function hash(bytes) {
  let value = 0x811c9dc5;
  for (const byte of bytes) value = Math.imul(value ^ byte, 0x01000193);
  return (value >>> 0).toString(36);
}
