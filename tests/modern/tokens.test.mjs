// Tokens that a function supplies, with the real core in Node and a navigator of this test.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inRoot } from '../../scripts/lib/paths.mjs';

let hongyan;
let navigator;
let appKey = 0;
/** The tokens that the navigator was asked with. */
let asked;
/** Tokens that it refuses. */
let refused;

before(async () => {
  hongyan = await import('../../pkg/slim.js');
  await hongyan.init(readFileSync(inRoot('pkg', 'hongyan_bg.wasm')));
  navigator = createServer((request, response) => {
    const token = new URL(request.url, 'http://x').searchParams.get('token');
    asked.push(token);
    const bad = refused.includes(token);
    response.writeHead(bad ? 401 : 500).end(bad ? '{"code":401}' : '');
  }).listen(0, '127.0.0.1');
  await once(navigator, 'listening');
});
after(() => {
  navigator.closeAllConnections();
  navigator.close();
});
beforeEach(() => {
  [asked, refused] = [[], []];
  appKey += 1;
});

const fails = (promise) => promise.then(() => assert.fail('it did not fail'), (error) => error);
const create = (options) => hongyan.createClient({ appKey: `k${appKey}`, navigators: `http://127.0.0.1:${navigator.address().port}`, ...options });

async function until(done) {
  for (let tries = 0; tries < 500 && !done(); tries += 1) await sleep(10);
  assert.ok(done(), String(done));
}

test('without a token or a function connect says so', async () => {
  assert.throws(() => create({ token: 'text' }), (error) => error.code === -3 && /token/.test(error.message));
  const client = create();
  for (const none of [undefined, null, '', 5, {}]) assert.equal((await fails(client.connect(none))).code, -3);
  client.destroy();
});

test('B26 ten calls in one turn ask once, not before they are made', async () => {
  const needs = [];
  const client = create({ token: (need) => needs.push(need) && 'T' });
  await sleep(20);
  assert.equal(needs.length, 0);
  const errors = await Promise.all(Array.from({ length: 10 }, () => fails(client.connect())));
  assert.deepEqual(errors.map(({ code }) => code), Array(10).fill(203));
  assert.equal(needs.length, 1);
  assert.equal(needs[0].refused, null);
  assert.ok(needs[0].signal instanceof AbortSignal);
  assert.equal(asked[0], 'T');
  client.destroy();
});

test('a refused token is renewed by a function given to connect', async () => {
  refused = ['old'];
  const reasons = [];
  const client = create();
  const statuses = [];
  client.on('status', ({ name }) => statuses.push(name));
  const connected = fails(client.connect(async ({ refused: why }) => {
    reasons.push(why?.code ?? null);
    await sleep(5);
    return why === null ? 'old' : 'new';
  }));
  assert.equal((await connected).code, 203);
  assert.deepEqual(reasons, [null, 31004]);
  assert.deepEqual(asked.slice(0, 2), ['old', 'new']);
  assert.ok(!statuses.includes('refused'));
  client.destroy();
});

test('the same bad token again ends it with the refusal', async () => {
  refused = ['old'];
  let calls = 0;
  const client = create({ token: () => (calls += 1) && 'old' });
  const error = await fails(client.connect());
  assert.deepEqual([error.code, error.origin, client.status.name, calls], [31004, 'server', 'refused', 2]);
  await sleep(1_200);
  assert.equal(calls, 2);
  client.destroy();
});

test('a function that throws, or gives no text, is an error with its cause, and is called again later', async () => {
  let calls = 0;
  const client = create({
    token: () => {
      calls += 1;
      if (calls === 1) throw new Error('the application is down');
      return calls === 2 ? 42 : 'T';
    },
  });
  const errors = [];
  client.on('error', (error) => errors.push(error));
  const error = await fails(client.connect());
  assert.deepEqual([error.code, error.origin, error.retryable], [33093, 'caller', true]);
  await until(() => calls === 3 && asked.length > 0);
  assert.deepEqual(errors.map(({ code, cause }) => [code, cause.message]), [
    [33093, 'the application is down'],
    [33093, 'the function for tokens gave no text'],
  ]);
  assert.equal(asked[0], 'T');
  client.destroy();
});

test('disconnect and destroy end the question', async () => {
  for (const end of ['disconnect', 'destroy']) {
    let signal;
    let give;
    const client = create({
      token: (need) => {
        ({ signal } = need);
        return new Promise((resolve) => (give = resolve));
      },
    });
    const waiting = fails(client.connect());
    await until(() => signal);
    client[end]();
    assert.equal((await waiting).code, end === 'destroy' ? 33001 : 31011);
    assert.ok(signal.aborted);
    give('late');
    await sleep(30);
    assert.deepEqual(asked, []);
    client.destroy();
  }
});

test('B27 a listener may disconnect, and nothing is tried after it', async () => {
  const client = create();
  const statuses = [];
  client.on('status', ({ name }) => {
    statuses.push(name);
    if (name === 'networkUnavailable') client.disconnect();
  });
  assert.equal((await fails(client.connect('T'))).code, 203);
  await until(() => statuses.includes('disconnected'));
  const before = asked.length;
  await sleep(1_500);
  assert.equal(asked.length, before);
  assert.equal(statuses.at(-1), 'disconnected');
  client.destroy();
});
