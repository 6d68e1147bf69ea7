/** How long to wait before the next try, and when to stop trying. */
import { UploadError } from './errors.js';

/** Milliseconds. */
const FIRST = 500;
const LONGEST = 30_000;

export class Backoff {
  #giveUpAfterMs;
  #signal;
  #failures = 0;
  #progressAt = performance.now();

  constructor({ giveUpAfterMs, signal }) {
    this.#giveUpAfterMs = giveUpAfterMs;
    this.#signal = signal;
  }

  /** Bytes arrived. */
  progressed() {
    this.#failures = 0;
    this.#progressAt = performance.now();
  }

  /**
   * Waits before the next try: longer each time, no two pages alike, shorter when the network is
   * back. Rejects with `error` (or that it took too long) when there is no point in more.
   */
  async wait(error, { most = Infinity } = {}) {
    this.#failures += 1;
    if (this.#failures > most) throw error;
    const left = this.#progressAt + this.#giveUpAfterMs - performance.now();
    if (left <= 0) throw error instanceof UploadError ? error : new UploadError(-1, 'network', undefined, error);
    const delay = Math.min(FIRST * 2 ** (this.#failures - 1), LONGEST) * (0.5 + Math.random() / 2);
    await this.#sleep(Math.min(delay, left));
  }

  #sleep(ms) {
    return new Promise((resolve) => {
      const over = () => {
        clearTimeout(timer);
        globalThis.removeEventListener?.('online', over);
        this.#signal?.removeEventListener('abort', over);
        resolve();
      };
      const timer = setTimeout(over, ms);
      globalThis.addEventListener?.('online', over);
      this.#signal?.addEventListener('abort', over);
      if (this.#signal?.aborted) over();
    });
  }
}
