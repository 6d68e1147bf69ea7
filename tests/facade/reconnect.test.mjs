import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connected, failure, initialised, recorder, settled } from './fake-client.mjs';

/** Waits until `client` was asked to connect `count` times. */
async function attempts(client, count) {
  while (client.all('connect').length < count) await settled();
}

test('reconnect needs an earlier connect', () => {
  const { RongIMClient } = initialised();
  assert.throws(() => RongIMClient.reconnect({}), /connect first/);
});

test('without auto it is one connect with the last token', async () => {
  const { RongIMClient, client } = await connected();
  const { told, callback } = recorder();
  RongIMClient.reconnect(callback);
  assert.equal(client.last('connect').args[0], 'token');
  client.last('connect').reject(failure(31003, true));
  await settled();
  assert.deepEqual(told, [['onError', 3]]);
  assert.equal(client.all('connect').length, 2);
});

test('O2 with auto it tries after each delay, asks no probe, and answers at the first success', async (t) => {
  t.mock.method(globalThis, 'fetch', () => assert.fail('a probe was fetched'));
  const { RongIMClient, client } = await connected();
  const { told, callback } = recorder();
  const rate = [1, 2, 3, 4];
  RongIMClient.reconnect(callback, { auto: true, url: 'cdn.test/probe.js', rate });
  assert.equal(client.all('connect').length, 1, 'the first delay comes before the first try');
  await attempts(client, 2);
  client.last('connect').reject(failure(203, true));
  await attempts(client, 3);
  client.last('connect').resolve({ userId: 'me' });
  await settled();
  assert.deepEqual(told, [['onSuccess', 'me']]);
  assert.deepEqual(rate, [1, 2, 3, 4], 'the page\'s array is its own');
});

test('delays used up end in 3', async () => {
  const { RongIMClient, client } = await connected();
  const { told, callback } = recorder();
  RongIMClient.reconnect(callback, { auto: true, rate: [0, 0] });
  for (const count of [2, 3]) {
    await attempts(client, count);
    client.last('connect').reject(failure(203, true));
  }
  await settled();
  assert.deepEqual(told, [['onError', 3]]);
});

test('a refusal that no repetition heals ends it at once', async () => {
  for (const [code, answer] of [[31004, ['onTokenIncorrect']], [31009, ['onError', 9]]]) {
    const { RongIMClient, client } = await connected();
    const { told, callback } = recorder();
    RongIMClient.reconnect(callback, { auto: true, rate: [0, 0, 0] });
    await attempts(client, 2);
    client.last('connect').reject(failure(code));
    await settled();
    assert.deepEqual(told, [answer]);
    assert.equal(client.all('connect').length, 2);
  }
});

test('a link that comes back by itself shortens the delay', async () => {
  const { RongIMClient, client } = await connected();
  const { told, callback } = recorder();
  client.status(3);
  RongIMClient.reconnect(callback, { auto: true, rate: [600000] });
  client.status(1);
  client.status(0, 'connected');
  await attempts(client, 2);
  client.last('connect').resolve({ userId: 'me' });
  await settled();
  assert.deepEqual(told, [['onSuccess', 'me']]);
});

test('a session that is ended meanwhile is not opened again', async () => {
  for (const end of [({ im }) => im.disconnect(), ({ client }) => client.status(6, 'kicked')]) {
    const made = await connected();
    const { told, callback } = recorder();
    made.RongIMClient.reconnect(callback, { auto: true, rate: [600000] });
    end(made);
    await settled();
    assert.deepEqual(told, [['onError', 31011]]);
    assert.equal(made.client.all('connect').length, 1);
  }
});

test('a disconnect before reconnect, told late, does not end it', async () => {
  const { RongIMClient, client, im } = await connected();
  const { told, callback } = recorder();
  im.disconnect();
  RongIMClient.reconnect(callback, { auto: true, rate: [5] });
  client.status(2, 'disconnected');
  await attempts(client, 2);
  client.last('connect').resolve({ userId: 'me' });
  await settled();
  assert.deepEqual(told, [['onSuccess', 'me']]);
});
