/** The message archive: what this browser has seen, kept in rows, paged and searched. */
import { Archive } from './archive/archive.js';
import { Link } from './archive/link.js';
import { checkedOptions, databaseName } from './archive/options.js';
import { load } from './archive/loader.js';

export { Archive };

/** @param {import('./archive.js').ArchiveOptions} options */
export async function open(options) {
  const checked = checkedOptions(options);
  const Core = await load(checked.wasm);
  const core = new Core(await databaseName(checked), checked.maxMessages, checked.patienceMs);
  return new Archive(core);
}

/**
 * @param {import('./index.js').Client} client
 * @param {import('./archive.js').Archive} archive
 */
export const link = (client, archive) => new Link(client, archive);
