// Who is signed in. Kept in sessionStorage, so every window can be another user and a reload stays.

export interface Session {
  readonly name: string;
  readonly userId: string;
  readonly token: string;
  readonly appKey: string;
}

const KEY = 'hongyan-demo:session';

/** Why signing in failed. */
export class SignInError extends Error {
  constructor(readonly reason: 'refused' | 'unreachable') {
    super(reason);
  }
}

export async function signIn(name: string): Promise<Session> {
  const response = await fetch('/demo/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  }).catch(() => {
    throw new SignInError('unreachable');
  });
  if (!response.ok) throw new SignInError(response.status < 500 ? 'refused' : 'unreachable');
  const { userId, token, appKey } = await response.json();
  const session = { name, userId, token, appKey };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(session));
  } catch {
    // Without storage a reload asks for the name again.
  }
  return session;
}

export function rememberedSession(): Session | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
  } catch {
    return null;
  }
}

export function forgetSession(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept then.
  }
}
