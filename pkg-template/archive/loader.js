/** Loads the archive's WebAssembly module, once for all archives of a page. */
import start, { ArchiveCore } from './hongyan_archive.js';
import { HongyanError } from '../index.js';
import { unpacked } from '../unpack.js';

/** @type {Promise<typeof ArchiveCore> | null} null before, and after a failure */
let loading = null;

/**
 * @param {import('../index.js').CoreSource} [source] default: the file beside the package's modules
 * @returns {Promise<typeof ArchiveCore>}
 */
export function load(source = new URL('./hongyan_archive_bg.wasm', import.meta.url)) {
  loading ??= begin(source).catch((cause) => {
    loading = null;
    throw new HongyanError(33096, 'client', `the archive's WebAssembly module could not be loaded: ${cause?.message ?? cause}`, cause);
  });
  return loading;
}

async function begin(source) {
  const given = await source;
  const isAddress = typeof given === 'string' || given instanceof URL;
  await start(await unpacked(isAddress ? await download(given) : given));
  return ArchiveCore;
}

async function download(url) {
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.arrayBuffer();
}
