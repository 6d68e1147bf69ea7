import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connected, failure, initialised, recorder, settled } from './fake-client.mjs';

test('connect passes the token, and answers with the user in a later turn', async () => {
  const { RongIMClient, client } = initialised();
  const { told, callback } = recorder();
  RongIMClient.connect('token', callback, 'me');
  assert.deepEqual(client.last('connect').args, ['token', { userId: 'me' }]);
  client.last('connect').resolve({ userId: 'me' });
  assert.deepEqual(told, []);
  await settled();
  assert.deepEqual(told, [['onSuccess', 'me']]);
});

test('a refused login is told by its CONNACK number, a silent one as TIMEOUT', async () => {
  const expected = new Map([
    [31001, 1], [31002, 2], [31003, 3], [31005, 5], [31007, 7], [31008, 8], [31009, 9],
    [31020, 10], [31021, 11], [31022, 12], [31000, -1], [203, 203], [1101, 1101], [-1, -1],
  ]);
  for (const [code, shown] of expected) {
    const { RongIMClient, client } = initialised();
    const { told, callback } = recorder();
    RongIMClient.connect('token', callback);
    client.last('connect').reject(failure(code));
    await settled();
    assert.deepEqual(told, [['onError', shown]], `for ${code}`);
  }
});

test('a wrong token and an empty one are told by onTokenIncorrect', async () => {
  const { RongIMClient, client } = initialised();
  const { told, callback } = recorder();
  RongIMClient.connect('token', callback);
  client.last('connect').reject(failure(31004));
  RongIMClient.connect('', callback);
  await settled();
  assert.deepEqual(told, [['onTokenIncorrect'], ['onTokenIncorrect']]);
  assert.equal(client.all('connect').length, 1);
});

test('a callback without onTokenIncorrect hears 4', async () => {
  const { RongIMClient, client } = initialised();
  const { told, callback } = recorder(['onSuccess', 'onError']);
  RongIMClient.connect('token', callback);
  client.last('connect').reject(failure(31004));
  await settled();
  assert.deepEqual(told, [['onError', 4]]);
});

test('a fake app key is told twice: status 20 and onError', async () => {
  const { RongIMClient, client } = initialised();
  const { told, callback } = recorder();
  RongIMClient.statusWatch((status) => told.push(['status', status]));
  RongIMClient.connect('token', callback);
  client.status(20, 'appKeyFake');
  client.last('connect').reject(failure(31002));
  await settled();
  assert.deepEqual(told, [['status', 20], ['onError', 2]]);
});

test('every listener hears every status, in order, before the callback that follows', async () => {
  const { RongIMClient, client, im } = initialised();
  const { told, callback } = recorder();
  RongIMClient.setConnectionStatusListener({ onChanged: (status) => told.push(['first', status]) });
  RongIMClient.setConnectionStatusListener({ onChanged: (status) => told.push(['second', status]) });
  RongIMClient.setConnectionStatusListener({});
  RongIMClient.connect('token', callback);
  for (const code of [201, 202, 1]) client.status(code);
  assert.equal(im.getCurrentConnectionStatus(), 1, 'known before the listeners run');
  assert.deepEqual(told, []);
  client.status(0, 'connected');
  client.last('connect').resolve({ userId: 'me' });
  await settled();
  assert.deepEqual(told, [
    ...[201, 202, 1, 0].flatMap((code) => [['first', code], ['second', code]]),
    ['onSuccess', 'me'],
  ]);
});

test('what navigation reports is told, but is no status', async () => {
  const { RongIMClient, client, im } = initialised();
  const heard = [];
  RongIMClient.statusWatch((status) => heard.push(status));
  client.status(1);
  for (const code of [201, 204, 201, 203, 201, 202]) client.status(code);
  await settled();
  assert.deepEqual(heard, [1, 201, 204, 201, 203, 201, 202]);
  assert.equal(im.getCurrentConnectionStatus(), 1);
});

test('a refused session is shown as 2', async () => {
  const { RongIMClient, client, im } = initialised();
  const heard = [];
  RongIMClient.statusWatch((status) => heard.push(status));
  client.status(31004, 'refused');
  await settled();
  assert.deepEqual(heard, [2]);
  assert.equal(im.getCurrentConnectionStatus(), 2);
});

test('what a listener or callback throws reaches the page and stops nobody', async (t) => {
  const seen = [];
  t.mock.method(console, 'error', (error) => seen.push(error.message));
  const { RongIMClient, client } = initialised();
  const { told, callback } = recorder();
  RongIMClient.statusWatch(() => { throw new Error('a bad listener'); });
  RongIMClient.statusWatch((status) => told.push(['status', status]));
  RongIMClient.connect('token', { onSuccess() { throw new Error('a bad callback'); } });
  client.status(0, 'connected');
  client.last('connect').resolve({ userId: 'me' });
  RongIMClient.connect('token', callback);
  client.last('connect').resolve({ userId: 'me' });
  await settled();
  assert.deepEqual(told, [['status', 0], ['onSuccess', 'me']]);
  assert.deepEqual(seen, ['a bad listener', 'a bad callback']);
});

test('disconnect shows 2 in the same turn', async () => {
  const { client, im } = await connected();
  im.disconnect();
  assert.equal(im.getCurrentConnectionStatus(), 2);
  assert.equal(client.all('disconnect').length, 1);
  client.last('disconnect').reject(failure(31011));
  await settled();
});

test('logout ends the session, and nothing can be sent after it', async () => {
  const { client, im, RongIMLib } = await connected();
  const { told, callback } = recorder();
  im.logout();
  assert.equal(client.all('disconnect').length, 1);
  im.sendMessage(1, 'ada', new RongIMLib.TextMessage({ content: 'x' }), callback);
  await settled();
  assert.deepEqual(told.map(([name, code]) => [name, code]), [['onError', 30002]]);
});
