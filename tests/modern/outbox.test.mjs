// The outbox with the real core, in Node: what waits offline, over a reload, taken back, tried again.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { inRoot } from '../../scripts/lib/paths.mjs';

/** Nobody listens there. */
const NOWHERE = { appKey: 'k', navigators: 'http://127.0.0.1:9' };
const [BOB, EVE] = [{ type: 1, targetId: 'bob' }, { type: 1, targetId: 'eve' }];

let hongyan;
let kept;
const open = [];

before(async () => {
  Object.defineProperty(globalThis, 'localStorage', { configurable: true, get: () => storage(kept) });
  hongyan = await import('../../pkg/slim.js');
  await hongyan.init(readFileSync(inRoot('pkg', 'hongyan_bg.wasm')));
});
beforeEach(() => {
  kept = new Map();
});
// A client that is left behind would go on looking for its server.
afterEach(() => {
  for (const client of open.splice(0)) client.destroy();
});
after(() => delete globalThis.localStorage);

/** What a page's localStorage keeps. */
function storage(map) {
  return {
    get length() { return map.size; },
    key: (index) => [...map.keys()][index] ?? null,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, String(value)),
    removeItem: (key) => void map.delete(key),
  };
}

/** A page of the user that never gets a link; what it is told of sends. */
function page(userId = 'me') {
  const client = hongyan.createClient(NOWHERE);
  const told = [];
  client.on('send', ({ clientId, state, message }) => told.push([clientId, state.name, message?.content.content]));
  client.connect('t', { userId }).catch(() => {});
  open.push(client);
  return { client, told };
}

const fails = (promise) => promise.then(() => assert.fail('it did not fail'), (error) => error);
const summary = (entries) => entries.map(({ conversation, state, message }) => [conversation.targetId, message.content.content, state.name, state.durable]);

/** The page goes: its calls end, and another page finds what it kept. */
function reload(client) {
  client.destroy();
  return page();
}

describe('the outbox', () => {
  test('keeps what is sent offline, in order, over a reload, with its messages', async () => {
    const { client } = page();
    const sends = [[BOB, 'one'], [EVE, 'two'], [BOB, '三']].map(([to, text]) => client.submit(to, text));
    const all = [['bob', 'one', 'queued', true], ['eve', 'two', 'queued', true], ['bob', '三', 'queued', true]];
    assert.deepEqual(summary(await client.outbox()), all);
    const next = reload(client);
    for (const { sent } of sends) assert.equal((await fails(sent)).code, 33001);

    const { client: again, told } = next;
    const entries = await again.outbox();
    assert.deepEqual(summary(entries), all);
    assert.deepEqual(entries.map(({ clientId }) => clientId), sends.map(({ clientId }) => clientId));
    assert.ok(entries.every(({ message }) => message.messageUId === '' && message.senderUserId === 'me' && message.sentTime > 1.7e12));
    assert.deepEqual(told, sends.map(({ clientId }, n) => [clientId, 'queued', all[n][1]]));

    assert.equal(await again.cancel(sends[1].clientId), true);
    assert.equal(await again.cancel(sends[1].clientId), false, 'gone');
    assert.deepEqual(told.at(-1), [sends[1].clientId, 'cancelled', 'two']);
    const { client: third } = reload(again);
    assert.deepEqual(summary(await third.outbox()), [all[0], all[2]]);
  });

  test('answers calls that come before storage did', async () => {
    const { client } = page();
    const { clientId } = client.submit(BOB, 'one');
    client.submit(BOB, 'two');
    await client.outbox();
    client.destroy();
    const { client: again } = page();
    const [taken, entries] = await Promise.all([again.cancel(clientId), again.outbox()]);
    assert.deepEqual([taken, summary(entries)], [true, [['bob', 'two', 'queued', true]]]);
  });

  test('keeps what failed for another try, over a reload, too', async () => {
    const { client } = page();
    await client.outbox();
    const { clientId, sent } = client.submit(BOB, 'urgent', { giveUpAfterMs: 20 });
    const error = await fails(sent);
    assert.deepEqual([error.code, error.retryable], [33091, true]);
    assert.deepEqual(summary(await client.outbox()), [['bob', 'urgent', 'failed', undefined]]);
    const { client: again, told } = reload(client);
    const [entry] = await again.outbox();
    assert.deepEqual([entry.state.error.code, entry.state.error.origin, entry.message.content.content], [33091, 'client', 'urgent']);
    assert.deepEqual(told, [[clientId, 'failed', 'urgent']]);
    const stop = new AbortController();
    const retried = again.retry(clientId, { signal: stop.signal });
    assert.deepEqual(summary(await again.outbox()), [['bob', 'urgent', 'queued', true]]);
    stop.abort();
    assert.equal((await fails(retried)).code, 33099);
    assert.deepEqual(await again.outbox(), []);
    assert.equal((await fails(again.retry(clientId))).code, 33003);
  });

  test('does not keep what the page does not want kept', async () => {
    const { client } = page();
    await client.outbox();
    const { sent } = client.submit(BOB, 'now or never', { giveUpAfterMs: 20, keep: false });
    await fails(sent);
    assert.deepEqual(await client.outbox(), []);
  });

  test('knows only the user who is signed in', async () => {
    const { client } = page();
    client.submit(BOB, 'mine');
    await client.outbox();
    client.destroy();
    const { client: other } = page('other');
    assert.deepEqual(await other.outbox(), []);
  });
});

describe('a send', () => {
  test('with a signal that is aborted already never leaves', async () => {
    const { client, told } = page();
    const { sent } = client.submit(BOB, 'x', { signal: AbortSignal.abort() });
    assert.equal((await fails(sent)).code, 33099);
    assert.deepEqual([await client.outbox(), told], [[], []]);
  });

  test('goes on whatever a listener throws', async () => {
    const { client, told } = page();
    const errors = [];
    client.on('error', (error) => errors.push(error.message));
    client.on('send', () => {
      throw new Error('bad listener');
    });
    const sends = [1, 2, 3].map((n) => client.submit(BOB, `${n}`, { giveUpAfterMs: 20 }));
    for (const { sent } of sends) assert.equal((await fails(sent)).code, 33091);
    assert.deepEqual(told.filter(([, name]) => name === 'failed').length, 3);
    assert.deepEqual(new Set(errors), new Set(['bad listener']));
  });

  test('settles when the client is destroyed or the user logs out', async () => {
    const { client } = page();
    const [one, two] = [client.send(BOB, '1'), client.send(BOB, '2')];
    await client.disconnect();
    for (const sent of [one, two]) {
      const error = await fails(sent);
      assert.deepEqual([error.code, error.retryable], [31011, true]);
    }
    client.connect('t', { userId: 'me' }).catch(() => {});
    const three = client.send(BOB, '3');
    assert.equal((await client.outbox()).length, 3);
    client.destroy();
    assert.equal((await fails(three)).code, 33001);
  });

  test('and its calls refuse what they cannot mean, and the client lives', async () => {
    const { client } = page();
    for (const call of [
      () => client.cancel(5),
      () => client.retry(null),
      () => client.send(BOB, 'x', { clientId: 5 }),
      () => client.send(BOB, 'x', { onlyTo: 'eve' }),
      () => client.send(BOB, 'x', { onlyTo: [5] }),
      () => client.send(BOB, 'x', { pushText: {} }),
    ]) {
      assert.equal((await fails(call())).code, -3);
    }
    assert.equal(await client.cancel('no number'), false);
    assert.equal((await fails(client.retry('0'))).code, 33003);
    assert.deepEqual(await client.outbox(), []);
    client.destroy();
    const before = hongyan.createClient(NOWHERE);
    assert.equal((await fails(before.retry('1'))).code, 30002, 'before connect');
    assert.deepEqual(await before.outbox(), []);
    before.destroy();
  });
});
