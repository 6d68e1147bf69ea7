// What the types of `hongyan/account` allow and refuse. Compiled, never run.
import { createClient } from 'hongyan';
import { Account } from 'hongyan/account';
import type { AccountGroup, GroupRole, OwnProfile } from 'hongyan/account';
import { type Equal, expect } from './expect.js';

const account = new Account({ server: 'https://im.example.com', persist: sessionStorage });
createClient({ appKey: 'key', navigators: 'https://im.example.com', token: account.token });
new Account({ calls: { login: async ({ account: name }, { session }) => ({ userId: String(name), token: String(session) }) } });

expect<Equal<Awaited<ReturnType<typeof account.login>>, OwnProfile>>();
expect<Equal<typeof account.user, OwnProfile | null>>();
expect<Equal<Awaited<ReturnType<typeof account.groups.list>>, AccountGroup[]>>();
expect<Equal<GroupRole, 'owner' | 'manager' | 'member'>>();
void account.update({ name: 'Swan', password: 'another one', currentPassword: 'correct horse' });

// @ts-expect-error a login has a password
void account.login({ account: 'swan@example.com' });
// @ts-expect-error there are three roles
void account.groups.setRole('g', 'ada', 'admin');
// @ts-expect-error a call is a function
new Account({ calls: { login: 'x' } });
