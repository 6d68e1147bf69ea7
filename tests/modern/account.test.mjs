// `hongyan/account` against an application server that answers as told.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Account } from '../../pkg/account.js';
import { HongyanError } from '../../pkg/index.js';

const USER = { userId: 'swan', id: 'swan', account: 'swan@example.com', name: 'Swan', portrait: '', sex: '' };
const PARAMS = { account: 'swan@example.com', password: 'correct horse' };
const fails = (promise) => promise.then(() => assert.fail('it did not fail'), (error) => error);

let server;
let base;
let asked;
/** By path: [status, body, headers]. */
let answers;

beforeEach(async () => {
  asked = [];
  answers = { login: [200, { ...USER, session: 's1', sessionExpires: Date.now() + 1e6, token: 't1', tokenExpires: Date.now() + 1e6, appKey: 'key' }] };
  server = createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += piece;
    const path = request.url.replace('/account/', '');
    asked.push([path, JSON.parse(text), request.headers.authorization]);
    const [status, body, headers = {}] = answers[path] ?? [200, {}];
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${server.address().port}`;
});
afterEach(() => server.close());

/** What a page's localStorage keeps. */
function storage(map = new Map()) {
  return { map, getItem: (key) => map.get(key) ?? null, setItem: (key, value) => void map.set(key, value), removeItem: (key) => void map.delete(key) };
}

async function loggedIn(options = {}) {
  const account = new Account({ server: base, ...options });
  await account.login(PARAMS);
  asked = [];
  return account;
}

describe('an account', () => {
  test('knows who is logged in, and tells of changes, whatever one of the listeners throws', async (t) => {
    const account = new Account({ server: `${base}/` });
    const seen = [];
    const reported = t.mock.method(console, 'error', () => {});
    account.onChange(() => {
      throw new Error('mine');
    });
    const stop = account.onChange((user) => seen.push(user?.name ?? null));
    assert.equal(account.user, null);
    assert.deepEqual(await account.login(PARAMS), USER);
    assert.deepEqual(account.user, USER);
    assert.equal(account.appKey, 'key');
    answers.update = [200, { ...USER, name: '雁' }];
    assert.equal((await account.update({ name: '雁' })).name, '雁');
    await account.logout();
    stop();
    await account.login(PARAMS);
    assert.deepEqual(seen, ['Swan', '雁', null]);
    assert.equal(reported.mock.callCount(), 4);
    assert.deepEqual(asked.map(([path]) => path), ['login', 'update', 'logout', 'login']);
  });

  test('registers, reads profiles, lists and ends sessions, deletes itself', async () => {
    const account = new Account({ server: base });
    answers.register = answers.login;
    assert.deepEqual(await account.register({ ...PARAMS, name: 'Swan' }), USER);
    answers.user = [200, { id: 'ada', userId: 'ada', name: 'Ada', portrait: '' }];
    assert.equal((await account.getUser('ada')).name, 'Ada');
    answers.sessions = [200, { sessions: [{ id: 'x', current: true }] }];
    assert.deepEqual(await account.sessions(), [{ id: 'x', current: true }]);
    await account.endSession('x');
    await account.endOtherSessions();
    await account.revoke({ currentPassword: 'correct horse' });
    assert.equal(account.user, null);
    assert.deepEqual(asked.slice(1).map(([path, body, bearer]) => [path, body, bearer]), [
      ['user', { userId: 'ada' }, 'Bearer s1'],
      ['sessions', {}, 'Bearer s1'],
      ['sessions/revoke', { id: 'x' }, 'Bearer s1'],
      ['sessions/revoke', { others: true }, 'Bearer s1'],
      ['revoked', { currentPassword: 'correct horse' }, 'Bearer s1'],
    ]);
  });

  test('runs groups', async () => {
    const { groups } = await loggedIn();
    answers.groups = [200, { groups: [] }];
    assert.deepEqual(await groups.list(), []);
    await groups.create('geese', { userIds: ['ada'] });
    await groups.join('g');
    await groups.leave('g');
    await groups.invite('g', ['ada']);
    await groups.remove('g', 'ada');
    await groups.setRole('g', 'ada', 'manager');
    await groups.rename('g', 'swans');
    await groups.dismiss('g');
    assert.deepEqual(asked.slice(1).map(([path, body]) => [path, body]), [
      ['groups/create', { name: 'geese', userIds: ['ada'], open: false }],
      ['groups/join', { groupId: 'g' }],
      ['groups/leave', { groupId: 'g' }],
      ['groups/invite', { groupId: 'g', userIds: ['ada'] }],
      ['groups/remove', { groupId: 'g', userId: 'ada' }],
      ['groups/role', { groupId: 'g', userId: 'ada', role: 'manager' }],
      ['groups/rename', { groupId: 'g', name: 'swans' }],
      ['groups/dismiss', { groupId: 'g' }],
    ]);
  });
});

describe('tokens', () => {
  test('the token of the login is given until it expires, then another one', async () => {
    const account = await loggedIn();
    assert.equal(await account.token({ refused: null }), 't1');
    assert.deepEqual(asked, []);
    answers.token = [200, { token: 't2', tokenExpires: Date.now() - 1 }];
    assert.equal(await account.token({ refused: new HongyanError(31020, 'server') }), 't2');
    answers.token = [200, { token: 't3', tokenExpires: Date.now() + 1e6 }];
    assert.equal(await account.token({ refused: null }), 't3', 't2 is too old');
    assert.equal(await account.token({ refused: null }), 't3');
    assert.equal(asked.length, 2);
  });

  test('who asks at the same time waits for one answer', async () => {
    const account = await loggedIn();
    answers.token = [200, { token: 't2', tokenExpires: Date.now() + 1e6 }];
    const refused = new HongyanError(31004, 'server');
    assert.deepEqual(await Promise.all([account.token({ refused }), account.token({ refused })]), ['t2', 't2']);
    assert.equal(asked.length, 1);
  });

  test('a session that is over logs out', async () => {
    const account = await loggedIn();
    const seen = [];
    account.onChange((user) => seen.push(user));
    answers.token = [401, { code: 24001, errorMessage: 'log in first' }];
    assert.equal((await fails(account.token({ refused: new HongyanError(31020, 'server') }))).code, 24001);
    assert.deepEqual([account.user, seen], [null, [null]]);
    assert.equal((await fails(account.token({ refused: null }))).code, 24001);
  });

  test('a network that is gone logs nobody out', async () => {
    const account = await loggedIn();
    server.close();
    server.closeAllConnections();
    const error = await fails(account.token({ refused: new HongyanError(31020, 'server') }));
    assert.deepEqual([error.code, error.retryable, account.user?.userId], [30004, true, 'swan']);
  });

  test('what arrives after a logout logs nobody in again', async () => {
    const kept = storage();
    const account = await loggedIn({ persist: kept });
    answers.token = [200, { token: 't2', tokenExpires: Date.now() + 1e6 }];
    const late = account.token({ refused: new HongyanError(31020, 'server') });
    await account.logout();
    await late.catch(() => {});
    assert.deepEqual([account.user, kept.map.size], [null, 0]);
  });
});

describe('a login that is kept', () => {
  test('is in memory alone unless the page wants it elsewhere', async () => {
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, value: storage() });
    await loggedIn();
    assert.equal(localStorage.map.size, 0);
    await loggedIn({ persist: true });
    const again = new Account({ server: base, persist: true });
    assert.deepEqual([again.user, again.appKey], [USER, 'key'], 'the automatic login');
    assert.equal(new Account({ server: base }).user, null);
    assert.equal(new Account({ server: 'https://another.test', persist: true }).user, null, 'a session is for one server');
    const text = [...localStorage.map.values()].join();
    assert.equal(text.includes(PARAMS.password), false);
    delete globalThis.localStorage;
  });

  test('another tab that logs in or out is heard, one that renewed its token is not', async () => {
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, value: storage() });
    const listeners = [];
    globalThis.addEventListener = (name, listener) => name === 'storage' && listeners.push(listener);
    const tell = () => listeners.forEach((listener) => listener({ key: [...localStorage.map.keys()][0] ?? null, storageArea: localStorage }));
    const here = new Account({ server: base, persist: true });
    const seen = [];
    here.onChange((user) => seen.push(user?.userId ?? null));
    const there = await loggedIn({ persist: true });
    tell();
    answers.token = [200, { token: 't2', tokenExpires: Date.now() + 1e6 }];
    await there.token({ refused: new HongyanError(31020, 'server') });
    tell();
    assert.equal(await here.token({ refused: null }), 't2', 'the newer token serves both');
    await there.logout();
    listeners.forEach((listener) => listener({ key: null, storageArea: localStorage }));
    assert.deepEqual([seen, here.user], [['swan', null], null]);
    delete globalThis.addEventListener;
    delete globalThis.localStorage;
  });

  test('ends with the logout, with its time, and with nonsense', async () => {
    const kept = storage();
    const account = await loggedIn({ persist: kept });
    const [[key, text]] = kept.map;
    const user = (value) => {
      kept.map.set(key, value);
      return new Account({ server: base, persist: kept }).user;
    };
    assert.equal(user(text)?.userId, 'swan');
    const good = JSON.parse(text);
    for (const bad of [
      '', 'null', '7', '[]', '"x"', '{', '{}', '{"user":7}', '{"user":{"userId":7},"session":"s"}', '{"user":{"userId":"x"}}',
      JSON.stringify({ ...good, sessionExpires: 'x' }), JSON.stringify({ ...good, sessionExpires: Date.now() - 1 }),
    ]) assert.equal(user(bad), null, bad);
    kept.map.set(key, text);
    await account.logout();
    assert.equal(kept.map.size, 0);
  });

  test('a storage that throws costs nothing but the keeping', async () => {
    const broken = { getItem() { throw new Error('no'); }, setItem() { throw new Error('no'); }, removeItem() { throw new Error('no'); } };
    const account = await loggedIn({ persist: broken });
    assert.equal(account.user.userId, 'swan');
    await account.logout();
  });
});

describe('failures', () => {
  test('say what happened and what to do', async () => {
    const account = await loggedIn();
    answers.user = [429, { code: 20604, errorMessage: 'too often' }, { 'retry-after': '7' }];
    const error = await fails(account.getUser('x'));
    assert.ok(error instanceof HongyanError);
    assert.deepEqual([error.code, error.name, error.origin, error.retryable, error.retryAfterMs], [20604, 'TooOften', 'server', true, 7000]);
    assert.match(error.message, /too often \(20604\)/);
    assert.match(error.remedy, /retryAfterMs/);
  });

  test('an answer that makes no sense is told apart from a refusal', async () => {
    const account = new Account({ server: base });
    for (const [answer, code] of [
      [[200, '<html>'], 30006], [[200, {}], 30006], [[200, { userId: 7, token: 'x' }], 30006], [[404, '<html>'], 30006],
      [[502, '<html>'], 24015], [[401, { code: 24009, errorMessage: 'x' }], 24009], [[400, { code: 'x' }], 30006],
    ]) {
      answers.login = answer;
      const error = await fails(account.login(PARAMS));
      assert.equal(error.code, code, JSON.stringify(answer));
      assert.equal(account.user, null);
    }
  });

  test('a page without a server and without functions is told so', async () => {
    assert.equal((await fails(new Account().login(PARAMS))).code, 33003);
    assert.equal((await fails(new Account({ server: base }).getUser())).code, 24001);
  });
});

test('functions of the page take the place of calls', async () => {
  const seen = [];
  const account = new Account({
    calls: {
      login: (body) => ({ userId: body.account, token: 'own' }),
      user: async (body, how) => {
        seen.push([body, how]);
        return { userId: 'ada', name: 'Ada' };
      },
    },
  });
  const user = await account.login({ account: 'swan', password: 'x' });
  assert.deepEqual([user.userId, user.id], ['swan', 'swan']);
  assert.equal(await account.token({ refused: null }), 'own');
  assert.equal((await account.getUser('ada')).name, 'Ada');
  assert.deepEqual(seen, [[{ userId: 'ada' }, { session: 'own' }]]);
  const error = await fails(account.token({ refused: new HongyanError(31020, 'server') }));
  assert.deepEqual([error.code, account.user], [24001, null], 'without a session nothing can be renewed');
});
