/** Who is logged in, and the tokens that follow from it. */
import { tellAll } from '../report.js';
import { Kept, loginOf } from './kept.js';
import { Server } from './server.js';

/** A token is renewed so long before it expires, milliseconds. */
const EARLY = 30_000;

/** `HAVNODEVICEID`: nobody is logged in, or not any more. */
const NOT_SIGNED_IN = 24001;

export class BareAccount {
  /** How failures are made; `hongyan/account` makes them {@link HongyanError}s. */
  static failure = (code, origin, detail, cause) => Object.assign(new Error(detail, { cause }), { code, origin });

  #server;
  #kept;
  /** @type {ReturnType<typeof loginOf>} */
  #login;
  /** The question for another token, one at a time. @type {Promise<string> | null} */
  #renewing = null;
  #listeners = new Set();
  #failure = this.constructor.failure;

  /** @param {import('../account.js').AccountOptions} [options] */
  constructor({ persist = false, ...options } = {}) {
    this.#server = new Server(options, this.#failure);
    this.#kept = new Kept(persist, this.#server.base ?? '');
    this.#login = this.#kept.read(Date.now());
    this.#kept.watch(() => this.#heard());
  }

  /** Who is logged in, or null. */
  get user() {
    return this.#login?.user ?? null;
  }

  /** The application's key, if the server told it with the login. */
  get appKey() {
    return this.#login?.appKey;
  }

  register(fields) {
    return this.#enter('register', fields);
  }

  login(fields) {
    return this.#enter('login', fields);
  }

  async #enter(name, fields) {
    const told = await this.#server.ask(name, fields);
    const login = loginOf(told, Date.now());
    if (!login) throw this.#failure(30006, 'server', 'the answer has no userId, or neither session nor token');
    this.#become(login);
    return login.user;
  }

  /** Supplies tokens to a client: `createClient({ token: account.token })`. */
  token = async ({ refused = null } = {}) => {
    const login = this.#login;
    if (!login) throw this.#failure(NOT_SIGNED_IN, 'caller');
    const fresh = login.token && !(login.tokenExpires - EARLY <= Date.now());
    if (fresh && !refused) return login.token;
    this.#renewing ??= this.#renew(login).finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  };

  async #renew(login) {
    if (!login.session || !this.#server.has('token')) {
      this.#become(null, login);
      throw this.#failure(NOT_SIGNED_IN, 'client');
    }
    const { token, tokenExpires } = await this.#asked(login, 'token', {});
    if (typeof token !== 'string' || token === '') throw this.#failure(30006, 'server');
    // Whoever logged out meanwhile stays logged out.
    if (this.#login === login) this.#become({ ...login, token, tokenExpires });
    return token;
  }

  /** @param {string} [userId] oneself without it */
  getUser(userId) {
    return this.ask('user', userId === undefined ? {} : { userId });
  }

  async update(changes) {
    const login = this.#login;
    const { token, tokenExpires, appKey, password, ...user } = await this.ask('update', changes);
    if (login && this.#login === login) {
      const renewed = token ? { token, tokenExpires } : {};
      this.#become({ ...login, ...renewed, user: { ...login.user, ...user } });
    }
    return user;
  }

  /** Logged out is who asks for it, whatever the server says: what it says is thrown afterwards. */
  async logout() {
    const login = this.#login;
    this.#become(null);
    if (login?.session && this.#server.has('logout')) await this.#over(this.#server.ask('logout', {}, login.session));
  }

  async revoke({ currentPassword } = {}) {
    await this.ask('revoked', currentPassword === undefined ? {} : { currentPassword });
    this.#become(null);
  }

  /** Hears who is logged in after each change: a user, or null. */
  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A session that was over before is over as well. */
  async #over(asking) {
    await asking.catch((error) => {
      if (error?.code !== NOT_SIGNED_IN) throw error;
    });
  }

  /** Any other call, by who is logged in. */
  async ask(name, body = {}) {
    const login = this.#login;
    if (!login) throw this.#failure(NOT_SIGNED_IN, 'caller');
    return this.#asked(login, name, body);
  }

  async #asked(login, name, body) {
    try {
      return await this.#server.ask(name, body, login.session ?? login.token);
    } catch (error) {
      if (error?.code === NOT_SIGNED_IN) this.#become(null, login);
      throw error;
    }
  }

  /** @param {object} [only] not if another login took its place */
  #become(login, only = this.#login) {
    if (only !== this.#login) return;
    this.#kept.write(login);
    this.#take(login);
  }

  /** Another tab of this page logged in or out. */
  #heard() {
    this.#take(this.#kept.read(Date.now()));
  }

  #take(login) {
    const before = this.#login;
    this.#login = login;
    // A token that another tab renewed changes nobody.
    if (JSON.stringify(before?.user) === JSON.stringify(login?.user)) return;
    tellAll(this.#listeners, this.user);
  }
}
