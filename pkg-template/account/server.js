/** The application's server: asked by POST of JSON, or through functions of the page. */

/** How long an answer may take, milliseconds: less than a client waits for a token. */
const PATIENCE = 12_000;

export class Server {
  #calls;
  #failure;

  /**
   * @param {{server?: string | URL, calls?: Record<string, Function>}} options
   * @param {(code: number, origin: string, detail?: string, cause?: unknown) => Error} failure
   */
  constructor({ server, calls = {} }, failure) {
    /** Where it is; undefined where functions of the page stand for all of it. */
    this.base = server === undefined ? undefined : String(server).replace(/\/+$/, '');
    this.#calls = calls;
    this.#failure = failure;
  }

  /** Whether a call has somewhere to go. */
  has(name) {
    return this.base !== undefined || typeof this.#calls[name] === 'function';
  }

  /**
   * @param {string} name a function of `calls`, or else a path below `/account/`
   * @param {object} body
   * @param {string} [session]
   * @returns {Promise<Record<string, any>>}
   */
  async ask(name, body, session) {
    const told = await (typeof this.#calls[name] === 'function' ? this.#calls[name](body, { session }) : this.#post(name, body, session));
    if (typeof told !== 'object' && told !== undefined) throw this.#failure(30006, 'server');
    return told ?? {};
  }

  async #post(name, body, session) {
    if (this.base === undefined) throw this.#failure(33003, 'caller', `neither the option server nor a function ${name} in the option calls was given`);
    const headers = { 'content-type': 'application/json' };
    if (session) headers.authorization = `Bearer ${session}`;
    const request = { method: 'POST', headers, body: JSON.stringify(body), cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(PATIENCE) };
    const response = await fetch(`${this.base}/account/${name}`, request).catch((cause) => {
      throw this.#failure(cause?.name === 'TimeoutError' ? -1 : 30004, 'network', undefined, cause);
    });
    const told = await response.json().catch(() => null);
    if (response.ok && typeof told === 'object' && told !== null) return told;
    throw this.#refusal(response, told);
  }

  #refusal({ status, headers }, told) {
    const code = Number.isInteger(told?.code) && told.code !== status ? told.code : status < 500 ? 30006 : 24015;
    const text = typeof told?.errorMessage === 'string' ? told.errorMessage : `the application server answered ${status}`;
    const error = this.#failure(code, 'server', text);
    const seconds = Number(headers.get('retry-after'));
    return seconds > 0 ? Object.assign(error, { retryAfterMs: seconds * 1000 }) : error;
  }
}
