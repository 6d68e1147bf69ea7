/**
 * One upload, as tus 1.0 has it: POST begins it, HEAD asks how far it is, PATCH brings the next
 * piece, DELETE forgets it.
 *
 * ```text
 *   no place ── POST ─▶ offset 0 ── PATCH … ─▶ whole
 *   place kept ─ HEAD ─▶ offset n ──╯  ╰─ failed ─ wait ─ HEAD ─▶ …
 * ```
 */
import { HongyanError } from '../index.js';
import { UploadError } from './errors.js';

const KIB = 1024;
/** Bytes of a piece: as many as go through in about two seconds. */
const PIECE = { first: 256 * KIB, least: 64 * KIB, most: 4096 * KIB };
/** A piece that takes longer has hung up, milliseconds. */
const PIECE_MS = 60_000;
/** How often the server may refuse without a byte of progress between. */
const MOST_CONFLICTS = 10;
const MOST_FAILURES = 8;

/** An answer that is no success. */
class Refused extends Error {
  constructor(status, code, text) {
    super(text);
    this.status = status;
    this.code = code;
  }
}

export class Transfer {
  #given;
  #piece = PIECE.first;
  /** How many bytes are there; null when the server has to be asked. */
  #offset = null;
  /** The most that is known to have arrived. */
  #sent = -1;
  #renewed = false;
  #begunAnew = false;

  /** @param {{file: Blob, name: string, tokens: object, place: object, backoff: object, signal?: AbortSignal, onProgress: Function}} given */
  constructor(given) {
    this.#given = given;
  }

  async run() {
    for (;;) {
      try {
        this.#checkSignal();
        return await this.#goOn();
      } catch (error) {
        await this.#recover(error);
      }
    }
  }

  async #goOn() {
    const { file, place } = this.#given;
    if (place.url === null) await this.#begin();
    let answer = this.#offset === null ? await this.#ask() : null;
    while (this.#offset < file.size) answer = await this.#sendPiece();
    answer ??= await this.#ask();
    const { url } = await this.#given.tokens.get();
    const where = answer.headers.get('content-location');
    if (!where) throw new UploadError(-2, 'server', 'the server does not say where the file is');
    place.forget();
    return { url: new URL(where, url).href, name: this.#given.name, size: file.size, type: file.type };
  }

  async #begin() {
    const { file, name, place, tokens } = this.#given;
    const { url } = await tokens.get();
    const answer = await this.#call('POST', url, {
      'upload-length': String(file.size),
      'upload-metadata': `filename ${base64(name)}`,
    });
    const where = answer.headers.get('location');
    if (!where) throw new UploadError(-2, 'server', 'the server does not say where to upload');
    place.keep(new URL(where, url).href);
    this.#arrived(0);
  }

  async #ask() {
    const answer = await this.#call('HEAD', this.#given.place.url);
    this.#arrived(offsetOf(answer));
    return answer;
  }

  async #sendPiece() {
    const { file, place } = this.#given;
    const body = await read(file.slice(this.#offset, this.#offset + this.#piece));
    const from = this.#offset;
    const began = performance.now();
    // Until the answer is here, only the server knows how far it is.
    this.#offset = null;
    const headers = { 'upload-offset': String(from), 'content-type': 'application/offset+octet-stream' };
    const answer = await this.#call('PATCH', place.url, headers, body);
    this.#arrived(offsetOf(answer));
    this.#resize(performance.now() - began);
    return answer;
  }

  #resize(ms) {
    if (ms < 1_000) this.#piece = Math.min(this.#piece * 2, PIECE.most);
    if (ms > 4_000) this.#piece = Math.max(this.#piece / 2, PIECE.least);
  }

  #arrived(offset) {
    const { file, backoff, onProgress } = this.#given;
    if (!(offset >= 0 && offset <= file.size)) throw new UploadError(-2, 'server', 'the server has more than there is');
    if (offset > this.#sent) {
      this.#renewed = false;
      backoff.progressed();
    }
    this.#offset = offset;
    this.#sent = offset;
    onProgress({ sent: offset, total: file.size });
  }

  async #call(method, url, headers = {}, body = undefined) {
    const { tokens, signal } = this.#given;
    const { token } = await tokens.get();
    const answer = await fetch(url, {
      method,
      body,
      headers: { ...headers, authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0' },
      signal: both(signal, PIECE_MS),
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
    });
    if (answer.ok) return answer;
    const { code, errorMessage } = await answer.json().catch(() => ({}));
    throw new Refused(answer.status, code, errorMessage);
  }

  /** Makes the next try possible, or rejects when there is none. */
  async #recover(error) {
    const { backoff, place, signal, tokens } = this.#given;
    if (signal?.aborted) return this.#cancel();
    const failure = error instanceof Refused ? refusal(error) : error;
    this.#offset = null;
    if (error instanceof HongyanError && !error.retryable) throw error;
    if (error.status === 401 && !this.#renewed) {
      this.#renewed = true;
      return tokens.forget();
    }
    if (error.status === 404 && place.url !== null && !this.#begunAnew) {
      this.#begunAnew = true;
      this.#sent = -1;
      return place.forget();
    }
    if (error.status === 408 || error.status === 409) return backoff.wait(failure, { most: MOST_CONFLICTS });
    if (error instanceof Refused && error.status < 500) return this.#refuse(failure);
    // The network, or a server that is not well.
    this.#piece = Math.max(this.#piece / 2, PIECE.least);
    return backoff.wait(failure, error instanceof Refused ? { most: MOST_FAILURES } : {});
  }

  #refuse(failure) {
    // With a better token the same upload can go on.
    if (failure.code !== 33086) this.#given.place.forget();
    throw failure;
  }

  #checkSignal() {
    if (this.#given.signal?.aborted) throw new UploadError(33099, 'caller');
  }

  /** Tells the server, too; whether that arrives makes no difference. */
  async #cancel() {
    const { place, tokens } = this.#given;
    const url = place.url;
    place.forget();
    if (url !== null) {
      const headers = async () => ({ authorization: `Bearer ${(await tokens.get()).token}`, 'tus-resumable': '1.0.0' });
      headers().then((all) => fetch(url, { method: 'DELETE', headers: all, credentials: 'omit', keepalive: true })).catch(() => {});
    }
    throw new UploadError(33099, 'caller');
  }
}

function refusal({ status, code, message }) {
  // An answer without a body, or one that some proxy made.
  const usual = { 401: 33086, 404: 33083, 408: 33084, 409: 33084, 413: 26106 }[status] ?? (status >= 500 ? 25104 : -2);
  const known = Number.isInteger(code) ? code : usual;
  return new UploadError(known, 'server', message || `the upload was answered with HTTP ${status}`);
}

function offsetOf(answer) {
  const text = answer.headers.get('upload-offset');
  return /^\d+$/.test(text ?? '') ? Number(text) : NaN;
}

async function read(piece) {
  try {
    return await piece.arrayBuffer();
  } catch (cause) {
    throw new UploadError(33088, 'caller', undefined, cause);
  }
}

/** Aborts with the page's signal, and after so many milliseconds. */
function both(signal, ms) {
  const late = AbortSignal.timeout(ms);
  if (!signal) return late;
  if (AbortSignal.any) return AbortSignal.any([signal, late]);
  const either = new AbortController();
  for (const one of [signal, late]) one.addEventListener('abort', () => either.abort(one.reason), { once: true });
  return either.signal;
}

function base64(text) {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}
