// Who is signed in: by a name alone, or by an account. Kept in sessionStorage, so every window can be
// another user and a reload stays.
import { Account } from 'hongyan/account';

export interface Session {
  /** What others are shown. */
  readonly name: string;
  readonly userId: string;
  readonly appKey: string;
  /** Gives a token that is good now. */
  readonly token: () => Promise<string>;
  /** Whether it has an account: a profile, a password, other logins. */
  readonly account: boolean;
}

interface NamedSession {
  readonly name: string;
  readonly userId: string;
  readonly token: string;
  readonly appKey: string;
}

const KEY = 'hongyan-demo:session';

/** Why signing in failed. */
export class SignInError extends Error {
  constructor(readonly reason: 'refused' | 'taken' | 'unreachable') {
    super(reason);
  }
}

/** The page's storage; reading the property throws where a browser forbids it. */
function storage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

export const account = new Account({ server: location.origin, persist: storage() ?? false });

const named = ({ token, ...session }: NamedSession): Session => ({ ...session, token: async () => token, account: false });

/** The session of the account that is logged in. */
function ofAccount(): Session | null {
  const { user, appKey } = account;
  if (!user || !appKey) return null;
  const { signal } = new AbortController();
  return { name: user.name || user.userId, userId: user.userId, appKey, token: async () => account.token({ refused: null, signal }), account: true };
}

export async function signIn(name: string): Promise<Session> {
  const response = await fetch('/demo/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  }).catch(() => {
    throw new SignInError('unreachable');
  });
  if (!response.ok) throw new SignInError(response.status === 409 ? 'taken' : response.status < 500 ? 'refused' : 'unreachable');
  const { userId, token, appKey } = await response.json();
  const session = { name, userId, token, appKey };
  try {
    storage()?.setItem(KEY, JSON.stringify(session));
  } catch {
    // Without storage a reload asks for the name again.
  }
  return named(session);
}

export async function logIn(fields: { account: string; password: string }): Promise<Session> {
  await account.login({ ...fields, device: navigator.userAgent.slice(0, 120) });
  return ofAccount() as Session;
}

/** In the demo the name is also what others write to. */
export async function register(fields: { account: string; password: string; name: string }): Promise<Session> {
  await account.register({ ...fields, userId: fields.name, device: navigator.userAgent.slice(0, 120) });
  return ofAccount() as Session;
}

export function rememberedSession(): Session | null {
  const kept = ofAccount();
  if (kept) return kept;
  try {
    const session = JSON.parse(storage()?.getItem(KEY) ?? 'null');
    return session && named(session);
  } catch {
    return null;
  }
}

export function forgetSession(): void {
  if (account.user) account.logout().catch((error: unknown) => console.warn(error));
  try {
    storage()?.removeItem(KEY);
  } catch {
    // Nothing was kept then.
  }
}
