/**
 * Accounts: users register, log in, change their profiles and run groups at the application's own
 * server, and the client gets its tokens from there.
 *
 * A module of its own, so that pages without it do not load it. Importing does nothing; everything
 * here is safe to import in Node.
 */
import type { TokenProvider } from './index.js';

/** Where the application's server is, and how long a login lasts in this browser. */
export interface AccountOptions {
  /**
   * Address of a Hongyan server, or of one that answers the same calls: `https://im.example.com`
   * (`docs/accounts.md` lists them).
   */
  server?: string | URL;
  /**
   * Functions of the page in place of calls to `server`, by the call's name: `login`, `register`,
   * `token`, `user`, `update`, `logout`, `revoked`, `sessions`, `groups/create` … What one throws
   * reaches the caller as it is; a `code` of 24001 says that the login is over.
   */
  calls?: Readonly<Record<string, AccountCall>>;
  /**
   * Where the login is kept: `false` (the default) in memory, gone with the page; `true` in
   * localStorage, so that the user need not log in again; or a storage like `sessionStorage`. Every
   * script of the page's origin can read what is stored there: see `docs/accounts.md`.
   */
  persist?: boolean | Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
}

/** Asks the application's server for something; `session` is what its `login` gave. */
export type AccountCall = (body: Record<string, any>, how: { session?: string }) => object | void | Promise<object | void>;

/** Somebody, as others see them. */
export interface UserProfile {
  /** The same as `userId`. */
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  /** Address of a picture, or ''. */
  readonly portrait: string;
}

/** Who is logged in. */
export interface OwnProfile extends UserProfile {
  /** What they log in with. */
  readonly account: string;
  readonly sex: string;
}

export interface Credentials {
  /** An e-mail address or a phone number. */
  account: string;
  password: string;
  /** What to call this login in a list of sessions. */
  device?: string;
}

export interface Registration extends Credentials {
  name?: string;
  portrait?: string;
  sex?: string;
  /** Only where the server is in demo mode; else it makes one. */
  userId?: string;
}

export interface ProfileChanges {
  name?: string;
  portrait?: string;
  sex?: string;
  account?: string;
  /** The new one. */
  password?: string;
  /** Needed for another account or password, unless the user logged in within the last ten minutes. */
  currentPassword?: string;
}

/** One login. Times are Unix milliseconds. */
export interface AccountSession {
  readonly id: string;
  readonly device: string;
  readonly created: number;
  readonly expires: number;
  /** This one. */
  readonly current: boolean;
}

export type GroupRole = 'owner' | 'manager' | 'member';

/** A group that one is in. */
export interface AccountGroup {
  readonly groupId: string;
  readonly name: string;
  readonly owner: string | null;
  /** One's own. */
  readonly role: GroupRole | null;
  /** Whether whoever knows its id may join. */
  readonly open: boolean;
  /** Whether accounts run it; else the application's server does, and only `list` tells of it. */
  readonly run: boolean;
  readonly members: readonly { readonly userId: string; readonly role: GroupRole }[];
}

/**
 * An account at the application's server. Failures are {@link HongyanError}s: 24009 wrong account or
 * password, 24002 the account is taken, 24001 nobody is logged in (any more), 20406 not without the
 * current password or not in this role, 20604 too often (`retryAfterMs`), 23407 no such user, 33003
 * a field cannot be used, 30004 the server cannot be reached, 24015 it failed.
 */
export declare class Account {
  constructor(options?: AccountOptions);

  /** Who is logged in; null for nobody. With `persist` known at once: that is the automatic login. */
  readonly user: OwnProfile | null;

  /** The application's key, if the server told it with the login: for `createClient`. */
  readonly appKey: string | undefined;

  register(fields: Registration): Promise<OwnProfile>;
  login(fields: Credentials): Promise<OwnProfile>;
  /** Ends the session. Whatever becomes of the call, nobody is logged in here afterwards. */
  logout(): Promise<void>;
  /** Deletes the account. */
  revoke(options?: { currentPassword?: string }): Promise<void>;

  /**
   * Supplies tokens for the message server: `createClient({ …, token: account.token })`. It gives the
   * login's own until it expires or is refused, then asks for another one.
   */
  readonly token: TokenProvider;

  /** Somebody's profile; one's own without an id. */
  getUser(userId?: string): Promise<UserProfile | OwnProfile>;
  update(changes: ProfileChanges): Promise<OwnProfile>;

  sessions(): Promise<AccountSession[]>;
  endSession(id: string): Promise<void>;
  endOtherSessions(): Promise<void>;

  /** Any other call of the application's server, by who is logged in: a name of `calls`, or a path below `/account/`. */
  ask(name: string, body?: object): Promise<any>;

  readonly groups: {
    list(): Promise<AccountGroup[]>;
    create(name: string, options?: { userIds?: readonly string[]; open?: boolean }): Promise<AccountGroup>;
    join(groupId: string): Promise<AccountGroup>;
    leave(groupId: string): Promise<void>;
    invite(groupId: string, userIds: readonly string[]): Promise<AccountGroup>;
    remove(groupId: string, userId: string): Promise<AccountGroup>;
    setRole(groupId: string, userId: string, role: GroupRole): Promise<AccountGroup>;
    rename(groupId: string, name: string): Promise<AccountGroup>;
    dismiss(groupId: string): Promise<void>;
  };

  /** Told who is logged in after each change, also by another tab. Returns what stops it. */
  onChange(listener: (user: OwnProfile | null) => void): () => void;
}
