import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connected, modernMessage, settled } from './fake-client.mjs';

async function receive(changes, prepare = () => {}) {
  const made = await connected();
  prepare(made);
  const heard = [];
  made.RongIMClient.setOnReceiveMessageListener({ onReceived: (...args) => heard.push(args) });
  made.client.emit('message', modernMessage(changes), { left: 2, hasMore: true });
  assert.equal(heard.length, 1, 'in the turn of the event');
  return { ...made, args: heard[0], message: heard[0][0] };
}

test('a text message is delivered whole', async () => {
  const before = Date.now();
  const { args, message, RongIMLib } = await receive({ content: { content: 'hello', extra: 'more' } });
  assert.deepEqual(args.slice(1), [2, true]);
  assert.ok(message instanceof RongIMLib.Message);
  assert.ok(message.content instanceof RongIMLib.TextMessage);
  assert.ok(message.receivedTime >= before);
  const { receivedTime, messageId, ...rest } = message;
  assert.equal(typeof messageId, 'string');
  assert.deepEqual(JSON.parse(JSON.stringify(rest)), {
    content: { messageName: 'TextMessage', content: 'hello', extra: 'more' },
    conversationType: 1, targetId: 'ada', objectName: 'RC:TxtMsg', messageType: 'TextMessage', messageDirection: 2,
    messageUId: 'AAAA-BBBB-CCCC-DDDD', receivedStatus: 1, senderUserId: 'ada', sentStatus: 40, sentTime: 1700000000000,
    offLineMessage: false, extra: 'more', isLocalMessage: false, receiptResponse: {},
  });
});

test('an own message of another login is a sent one; one to oneself is received', async () => {
  const own = await receive({ direction: 'sent', senderUserId: 'me' });
  assert.deepEqual([own.message.messageDirection, own.message.sentStatus], [1, 30]);
  const toMe = await receive({ direction: 'sent', senderUserId: 'me', conversation: { type: 1, targetId: 'me' } });
  assert.equal(toMe.message.messageDirection, 2);
});

test('messages from before the login say so', async () => {
  assert.equal((await receive({ offline: true })).message.offLineMessage, true);
});

test('D10 an unknown class arrives whole', async () => {
  const { message } = await receive({ objectName: 'App:Custom', content: { a: [1, { b: 2 }] } });
  assert.equal(message.messageType, 'UnknownMessage');
  assert.equal(message.objectName, 'App:Custom');
  assert.deepEqual(message.content.message, { content: { a: [1, { b: 2 }] }, objectName: 'App:Custom' });
});

test('unknown content that is no JSON object arrives as it was', async () => {
  const contentOf = async (raw) => (await receive({ objectName: 'App:Custom', content: { raw } })).message.content.message.content;
  assert.equal(await contentOf('no json'), 'no json');
  assert.deepEqual(await contentOf('[1,2]'), [1, 2]);
});

test('content of a known class that is no JSON object has no members', async () => {
  const { message } = await receive({ content: { raw: 'no json' } });
  assert.deepEqual({ ...message.content }, { messageName: 'TextMessage' });
});

test('a registered class is built from its members', async () => {
  const { message, RongIMClient } = await receive({ objectName: 'app:person', content: { name: 'Zhang', age: 12 } }, (made) => {
    made.RongIMClient.registerMessageType('PersonMessage', 'app:person', new made.RongIMLib.MessageTag(true, true), ['name', 'age']);
  });
  assert.equal(message.messageType, RongIMClient.MessageType.PersonMessage);
  assert.ok(message.content instanceof RongIMClient.RegisterMessage.PersonMessage);
  assert.deepEqual({ ...message.content }, { messageName: 'PersonMessage', name: 'Zhang', age: 12 });
});

test('every listener hears every message, and one that throws stops nobody', async (t) => {
  const seen = [];
  t.mock.method(console, 'error', (error) => seen.push(error.message));
  const { RongIMClient, client } = await connected();
  const heard = [];
  RongIMClient.setOnReceiveMessageListener({ onReceived() { throw new Error('a bad listener'); } });
  RongIMClient.setOnReceiveMessageListener({ onReceived: (message) => heard.push(message.content.content) });
  client.emit('message', modernMessage(), { left: 0, hasMore: false });
  assert.deepEqual(heard, ['hello']);
  assert.deepEqual(seen, ['a bad listener']);
});

test('a listener is called as a method of its object', async () => {
  const { RongIMClient, client } = await connected();
  const listener = { heard: 0, onReceived() { this.heard += 1; } };
  RongIMClient.setOnReceiveMessageListener(listener);
  client.emit('message', modernMessage(), { left: 0, hasMore: false });
  assert.equal(listener.heard, 1);
});

test('a message is not told before the status that preceded it', async () => {
  const { RongIMClient, client } = await connected();
  const heard = [];
  RongIMClient.statusWatch((status) => heard.push(status));
  RongIMClient.setOnReceiveMessageListener({ onReceived: () => heard.push('message') });
  client.status(3);
  client.status(0);
  client.emit('message', modernMessage(), { left: 0, hasMore: false });
  await settled();
  assert.deepEqual(heard, [3, 0, 'message']);
});
