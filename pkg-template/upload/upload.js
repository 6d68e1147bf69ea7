/** Uploads a file: checks what is asked, and remembers how far it came for the next page. */
import { isolated } from '../report.js';
import { Backoff } from './backoff.js';
import { parameterError } from './errors.js';
import { kindOf } from './kinds.js';
import { Place } from './place.js';
import { tokensOf } from './tokens.js';
import { Transfer } from './transfer.js';

/**
 * @param {import('../upload.js').UploadSource} source
 * @param {Blob} file
 * @param {import('../upload.js').UploadOptions} [options]
 * @returns {Promise<import('../upload.js').UploadedFile>}
 */
export async function upload(source, file, options = {}) {
  const { name = file?.name ?? '', signal, onProgress = () => {}, giveUpAfterMs = 300_000, resume = true } = options;
  if (!(file instanceof Blob)) throw parameterError('what is uploaded must be a Blob or a File');
  if (file.size === 0) throw parameterError('the file is empty', 33003);
  if (typeof name !== 'string') throw parameterError("a file's name must be a text");
  if (typeof onProgress !== 'function') throw parameterError('the option onProgress must be a function');
  if (!(giveUpAfterMs > 0)) throw parameterError('the option giveUpAfterMs must be above 0');
  const tokens = tokensOf(source, kindOf(file, options.kind));
  const place = await Place.of(file, { kind: kindOf(file, options.kind), name, resume });
  const backoff = new Backoff({ giveUpAfterMs, signal });
  const transfer = new Transfer({ file, name, tokens, place, backoff, signal, onProgress: (progress) => isolated(() => onProgress(progress)) });
  try {
    return await transfer.run();
  } finally {
    place.leave();
  }
}
