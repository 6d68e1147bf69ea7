/** Upload tokens: asked of the server when they are needed, again when they have expired. */
import { HongyanError } from '../index.js';
import { parameterError, UploadError } from './errors.js';

/**
 * @param {import('../upload.js').UploadSource} source
 * @param {number} kind
 */
export function tokensOf(source, kind) {
  const ask = asking(source, kind);
  /** @type {{token: string, url: string} | null} */
  let known = null;
  return {
    async get() {
      known ??= checked(await ask());
      return known;
    },
    forget() {
      known = null;
    },
  };
}

function asking(source, kind) {
  if (typeof source === 'function') return () => given(source, kind);
  if (typeof source?.ask !== 'function') throw parameterError('upload needs a client, or a function that returns { token, url }');
  return async () => {
    const { token, hyUpload } = await source.ask('qnTkn', null, { type: kind }).catch(named);
    if (!hyUpload) throw new UploadError(33087, 'server');
    return { token, url: hyUpload };
  };
}

/** The client does not know the numbers of uploads by name. */
function named(error) {
  throw error.code === 41002 ? new UploadError(41002, 'server', undefined, error) : error;
}

async function given(source, kind) {
  try {
    return await source(kind);
  } catch (error) {
    throw error instanceof HongyanError ? error : new UploadError(41002, 'caller', 'the function for upload tokens failed', error);
  }
}

function checked(answer) {
  const { token, url } = answer ?? {};
  if (typeof token !== 'string' || token === '') throw parameterError('an upload token must be a text');
  let place;
  try {
    place = new URL(url, globalThis.location?.href);
  } catch (cause) {
    throw new UploadError(33087, 'caller', `${url} is no address to upload to`, cause);
  }
  // A server behind a proxy may not know that the way to it is secure; the page does.
  if (globalThis.location?.protocol === 'https:' && place.protocol === 'http:') place.protocol = 'https:';
  return { token, url: place.href };
}
