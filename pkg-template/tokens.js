/** Tokens that a function of the page supplies, one question at a time. */
import { HongyanError } from './errors.js';

export class Tokens {
  /** @type {import('./index.js').TokenProvider | null} */
  #provider;
  /** Ends the question under way. @type {AbortController | null} */
  #asking = null;
  #answer;
  #failed;

  /**
   * @param {import('./index.js').TokenProvider | null} provider
   * @param {{answer: (request: number, token: string | undefined) => void, failed: (error: HongyanError) => void}} how
   */
  constructor(provider, { answer, failed }) {
    this.#provider = provider;
    this.#answer = answer;
    this.#failed = failed;
  }

  get provider() {
    return this.#provider;
  }

  set provider(provider) {
    this.#provider = provider;
  }

  /** A token is wanted; `refused` is what the last one was refused with. @param {HongyanError | null} refused */
  async ask(request, refused) {
    this.stop();
    const asking = new AbortController();
    this.#asking = asking;
    let token;
    try {
      token = await this.#provider({ refused, signal: asking.signal });
      if (typeof token !== 'string' || token === '') throw new TypeError('the function for tokens gave no text');
    } catch (cause) {
      token = undefined;
      if (!asking.signal.aborted) this.#failed(new HongyanError(33093, 'caller', undefined, cause));
    }
    if (asking.signal.aborted) return;
    this.#asking = null;
    this.#answer(request, token);
  }

  /** Nobody waits for an answer any more. */
  stop() {
    this.#asking?.abort();
    this.#asking = null;
  }
}
