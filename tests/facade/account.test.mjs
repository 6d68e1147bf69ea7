// The application's server behind the 2.x calls: login, getUserInfo, updateUser, logout, revoked.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { freshNamespace, recorder, settled } from './fake-client.mjs';

const USER = { userId: 'swan', id: 'swan', account: 'swan@example.com', name: '雁', portrait: '', sex: '' };
const LOGIN = { ...USER, session: 's1', sessionExpires: 9e15, token: 't1', tokenExpires: 9e15, appKey: 'app' };
const PARAMS = { account: 'swan@example.com', password: 'correct horse' };

/** What was asked of the server, and what it answers by path. */
let asked;
let answers;
const realFetch = globalThis.fetch;

beforeEach(() => {
  asked = [];
  answers = { login: [200, LOGIN] };
  globalThis.fetch = async (url, { headers, body }) => {
    asked.push([String(url), JSON.parse(body), headers.authorization]);
    const [status, told] = answers[String(url).split('/account/')[1]] ?? [200, {}];
    return new Response(JSON.stringify(told), { status });
  };
});
afterEach(() => {
  globalThis.fetch = realFetch;
});

function page(options = {}) {
  const made = freshNamespace();
  made.RongIMClient.init('app', null, { navi: 'http://navi.test', ...options });
  return { ...made, client: made.clients[0], im: made.RongIMClient.getInstance() };
}

/** The calls stand in a file that is loaded first. */
async function until(what) {
  for (let turn = 0; turn < 2000 && !what(); turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  await settled();
}

/** What a call told its callback. */
async function told(im, name, ...args) {
  const { told: list, callback } = recorder();
  im[name](...args, callback);
  await until(() => list.length > 0);
  return list;
}

const refusal = (status, code) => [status, { code, errorMessage: 'no' }];

test('login delivers the user with a token, in both forms of the documents', async () => {
  const { im } = page();
  const [[name, user]] = await told(im, 'login', PARAMS);
  assert.equal(name, 'onSuccess');
  assert.deepEqual(user, { ...USER, token: 't1' });
  assert.deepEqual(asked, [['http://navi.test/account/login', PARAMS, undefined]]);
  assert.equal('session' in user || 'password' in user, false);
});

test('the application server is the one of the option account', async () => {
  for (const account of ['https://app.test', 'https://app.test/', { server: 'https://app.test' }, new URL('https://app.test')]) {
    asked = [];
    await told(page({ account }).im, 'login', PARAMS);
    assert.equal(asked[0][0], 'https://app.test/account/login');
  }
  for (const [options, url] of [
    [{ account: 'app.test:81/x' }, 'http://app.test:81/x/account/login'], [{ api: 'api.test' }, 'https://api.test/account/login'],
    [{ api: 'http://api.test:82' }, 'http://api.test:82/account/login'],
  ]) {
    asked = [];
    await told(page(options).im, 'login', PARAMS);
    assert.equal(asked[0][0], url);
  }
  const calls = { login: async (body) => ({ userId: body.account, token: 'own', name: 'n' }) };
  const { im } = page({ account: { calls } });
  asked = [];
  const [[, user]] = await told(im, 'login', PARAMS);
  assert.deepEqual([user.id, user.token, asked], ['swan@example.com', 'own', []]);
});

test('a wrong password, a missing session and a dead server reach onError as numbers', async () => {
  const { im } = page();
  for (const [answer, code] of [[refusal(401, 24009), 24009], [refusal(429, 20604), 20604], [refusal(500, 24015), 24015], [[200, {}], 30006], [[502, 'x'], 24015]]) {
    answers.login = answer;
    assert.deepEqual(await told(im, 'login', PARAMS), [['onError', code]]);
  }
  globalThis.fetch = async () => {
    throw new TypeError('failed to fetch');
  };
  assert.deepEqual(await told(im, 'login', PARAMS), [['onError', 30004]]);
  assert.deepEqual(await told(im, 'getUserInfo', 'ada'), [['onError', 24001]]);
});

test('arguments that cannot be meant are refused with -3, and nobody is asked', async () => {
  const { im } = page();
  for (const bad of [{}, { account: 'a' }, { account: 1, password: 'x' }, 'text']) {
    assert.deepEqual(await told(im, 'login', bad), [['onError', -3]]);
  }
  for (const bad of ['', 7, undefined]) assert.deepEqual(await told(im, 'getUserInfo', bad), [['onError', -3]]);
  for (const bad of [null, {}, { userId: 'swan', name: 7 }]) assert.deepEqual(await told(im, 'updateUser', bad), [['onError', -3]]);
  assert.deepEqual(asked, []);
});

test('getUserInfo delivers a profile', async () => {
  const { im } = page();
  await told(im, 'login', PARAMS);
  const profile = { id: 'ada', userId: 'ada', name: 'Ada', portrait: 'https://example.com/a.png' };
  answers.user = [200, profile];
  assert.deepEqual(await told(im, 'getUserInfo', 'ada'), [['onSuccess', profile]]);
  assert.deepEqual(asked.at(-1), ['http://navi.test/account/user', { userId: 'ada' }, 'Bearer s1']);
  answers.user = refusal(404, 23407);
  assert.deepEqual(await told(im, 'getUserInfo', 'nobody'), [['onError', 23407]]);
});

test('updateUser sends what is to change, and never delivers the password', async () => {
  const { im } = page();
  await told(im, 'login', PARAMS);
  const changes = { userId: 'swan', name: 'Swan', password: 'another one', currentPassword: 'correct horse' };
  answers.update = [200, { ...USER, name: 'Swan', password: 'another one', token: 't2', tokenExpires: 9e15 }];
  const [[name, user]] = await told(im, 'updateUser', { ...changes, unknown: 1 });
  assert.deepEqual([name, user], ['onSuccess', { ...USER, name: 'Swan' }]);
  assert.deepEqual(asked.at(-1)[1], changes);
  answers.update = refusal(409, 24002);
  assert.deepEqual(await told(im, 'updateUser', { userId: 'swan', account: 'ada@example.com' }), [['onError', 24002]]);
  answers.update = refusal(403, 20406);
  assert.deepEqual(await told(im, 'updateUser', { userId: 'swan', password: 'x'.repeat(9) }), [['onError', 20406]]);
});

test('the token of a login is renewed by connect, any other is taken as it is', async () => {
  const { im, RongIMClient, client } = page();
  const [[, { token }]] = await told(im, 'login', PARAMS);
  RongIMClient.connect('of-the-page', {});
  assert.equal(client.last('connect').args[0], 'of-the-page');
  RongIMClient.connect(token, {});
  const [provider] = client.last('connect').args;
  assert.equal(await provider({ refused: null }), 't1');
  answers.token = [200, { token: 't2', tokenExpires: 9e15 }];
  assert.equal(await provider({ refused: { code: 31020 } }), 't2');
  assert.deepEqual(asked.at(-1), ['http://navi.test/account/token', {}, 'Bearer s1']);
});

test('logout ends the link at once and then the login, with or without a callback', async () => {
  const { im, RongIMClient, client } = page();
  await told(im, 'login', PARAMS);
  RongIMClient.connect('t1', {});
  im.logout();
  assert.ok(client.last('disconnect'), 'in the turn of the call');
  await until(() => asked.length > 1);
  assert.deepEqual(asked.at(-1), ['http://navi.test/account/logout', {}, 'Bearer s1']);
  assert.throws(() => RongIMClient.reconnect({}), /connect first/);
  asked = [];
  assert.deepEqual(await told(im, 'logout'), [['onSuccess', true]]);
  assert.deepEqual(asked, [], 'nobody is logged in');
});

test('revoked deletes the account and ends the session, with or without arguments', async () => {
  for (const args of [[], [{ currentPassword: 'correct horse' }]]) {
    const { im, RongIMClient, client } = page();
    await told(im, 'login', PARAMS);
    RongIMClient.connect('t1', {});
    assert.deepEqual(await told(im, 'revoked', ...args), [['onSuccess', true]]);
    assert.deepEqual(asked.at(-1), ['http://navi.test/account/revoked', args[0] ?? {}, 'Bearer s1']);
    assert.ok(client.last('disconnect'));
  }
  const { im, client } = page();
  await told(im, 'login', PARAMS);
  answers.revoked = refusal(403, 20406);
  assert.deepEqual(await told(im, 'revoked'), [['onError', 20406]]);
  assert.equal(client.last('disconnect'), undefined, 'the session goes on');
  im.revoked();
  await settled();
});

test('login without arguments is the automatic one', async () => {
  const kept = new Map();
  const persist = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
  const options = { account: { server: 'http://app.test', persist } };
  assert.deepEqual(await told(page(options).im, 'login', undefined), [['onError', 24001]]);
  await told(page(options).im, 'login', PARAMS);
  asked = [];
  const { im } = page(options);
  assert.deepEqual(await told(im, 'login', null), [['onSuccess', { ...USER, token: 't1' }]]);
  assert.deepEqual(asked, [], 'it is known at once');
  await told(im, 'logout');
  assert.equal(kept.size, 0);
});
