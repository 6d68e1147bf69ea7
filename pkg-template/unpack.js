/** Modules as they are downloaded: their only code puts together what they are. */

/** Where it writes. */
const MODULE = 2 ** 21;

/**
 * @param {WebAssembly.Module | BufferSource} packed
 * @returns {Promise<WebAssembly.Module>}
 */
export async function unpacked(packed) {
  const made = await WebAssembly.instantiate(packed);
  const { memory, unpack } = (made.instance ?? made).exports;
  return WebAssembly.compile(memory.buffer.slice(MODULE, unpack()));
}
