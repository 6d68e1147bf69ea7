import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connected, failure, initialised, modernMessage, recorder, settled } from './fake-client.mjs';

const PRIVATE = 1;
const GROUP = 3;

test('a text message goes out with its class, and onBefore runs in the same turn', async () => {
  const { im, client, RongIMLib } = await connected();
  const { told, callback } = recorder();
  const content = new RongIMLib.TextMessage({ content: 'hello', extra: 'more' });
  im.sendMessage(PRIVATE, 'ada', content, callback);
  assert.deepEqual(client.last('submit').args, [
    { type: PRIVATE, targetId: 'ada' },
    { objectName: 'RC:TxtMsg', body: { content: 'hello', extra: 'more' }, persisted: true, counted: true },
    { giveUpAfterMs: 30000, keep: false },
  ]);
  assert.deepEqual(told.map(([name, id]) => [name, typeof id]), [['onBefore', 'number']]);
});

test('onSuccess gets the message with its uid, time and status', async () => {
  const { im, client, RongIMLib } = await connected();
  const { told, callback } = recorder();
  const content = new RongIMLib.TextMessage({ content: 'hello' });
  im.sendMessage(PRIVATE, 'ada', content, callback);
  client.last('submit').resolve(modernMessage({ messageUId: 'UID', sentTime: 1234 }));
  await settled();
  const [[, id], [name, message]] = told;
  assert.equal(name, 'onSuccess');
  const { receivedTime, ...rest } = message;
  assert.deepEqual({ ...rest }, {
    content, conversationType: PRIVATE, targetId: 'ada', objectName: 'RC:TxtMsg', messageType: 'TextMessage',
    messageDirection: 1, messageId: String(id), messageUId: 'UID', receivedStatus: 1, senderUserId: 'me',
    sentStatus: 30, sentTime: 1234, offLineMessage: false, extra: '', isLocalMessage: false, receiptResponse: {},
  });
  assert.equal(message.content, content, 'the page\'s own object');
});

test('onError gets the code and the failed message', async () => {
  const { im, client, RongIMLib } = await connected();
  const { told, callback } = recorder();
  im.sendMessage(PRIVATE, 'ada', new RongIMLib.TextMessage({ content: 'hello' }), callback);
  client.last('submit').reject(failure(20604, true));
  await settled();
  const [, [name, code, message]] = told;
  assert.deepEqual([name, code, message.sentStatus, message.content.content], ['onError', 20604, 20, 'hello']);
});

for (const [what, code] of [
  ['whoever the receiver blocks', 405],
  ['whoever is muted in private conversations', 20106],
  ['a message with a word that is refused', 21501],
  ['whoever is muted in a group', 22408],
  ['whoever is muted in a chatroom', 23408],
]) {
  test(`${what} hears ${code} by onError`, async () => {
    const { im, client, RongIMLib } = await connected();
    const { told, callback } = recorder();
    im.sendMessage(GROUP, 'geese', new RongIMLib.TextMessage({ content: 'darn' }), callback);
    client.last('submit').reject(failure(code, false));
    await settled();
    const [, [name, got]] = told;
    assert.deepEqual([name, got], ['onError', code]);
  });
}

test('a message with words that were replaced hears 21502 by onError, and has uid and time', async () => {
  const { im, client, RongIMLib } = await connected();
  const { told, callback } = recorder();
  const content = new RongIMLib.TextMessage({ content: 'darn' });
  im.sendMessage(GROUP, 'geese', content, callback);
  const { clientId } = client.last('submit');
  client.last('submit').resolve(modernMessage({ messageUId: 'UID', sentTime: 7, wordsReplaced: true }));
  await settled();
  const [, [name, code, message]] = told;
  assert.deepEqual([name, code, message.messageUId, message.sentTime, message.sentStatus], ['onError', 21502, 'UID', 7, 20]);
  im.sendMessage(GROUP, 'geese', content, callback);
  assert.equal(client.last('submit').args[2].clientId, clientId, 'once more is the same message');
});

test('message ids are a page\'s own counter', async () => {
  const { im, RongIMLib } = await connected();
  const { told, callback } = recorder();
  const content = new RongIMLib.TextMessage({ content: 'hello' });
  for (let n = 0; n < 3; n += 1) im.sendMessage(PRIVATE, 'ada', content, callback);
  assert.equal(new Set(told.map(([, id]) => id)).size, 3);
});

test('sendTextMessage wraps its text', async () => {
  const { im, client } = await connected();
  im.sendTextMessage(PRIVATE, 'ada', 'hello', {});
  assert.deepEqual(client.last('submit').args[1].body, { content: 'hello', extra: '' });
});

test('a target that is no string is refused with -3 in the same turn', async () => {
  const { im, client, RongIMLib } = await connected();
  const { told, callback } = recorder();
  im.sendMessage(PRIVATE, 42, new RongIMLib.TextMessage({ content: 'x' }), callback);
  assert.deepEqual(told, [['onError', -3]]);
  assert.equal(client.all('submit').length, 0);
});

const refusals = [
  ['before any connect', 30002, initialised, (lib) => new lib.TextMessage({ content: 'x' })],
  ['content of no class', -3, connected, () => ({ content: 'x' })],
  ['content of a class that cannot be sent', -3, connected, (lib) => new lib.UnknownMessage({})],
  ['more than 128 KiB', 30016, connected, (lib) => new lib.TextMessage({ content: '字'.repeat(43700) })],
];
for (const [what, code, make, contentOf] of refusals) {
  test(`${what}: onError(${code}), nothing is sent, onBefore is not called`, async () => {
    const { im, client, RongIMLib } = await make();
    const { told, callback } = recorder();
    im.sendMessage(PRIVATE, 'ada', contentOf(RongIMLib), callback);
    assert.deepEqual(told, []);
    await settled();
    assert.deepEqual(told.map(([name, got, message]) => [name, got, message.sentStatus]), [['onError', code, 20]]);
    assert.equal(client.all('submit').length, 0);
  });
}

test('content just below the limit is sent', async () => {
  const { im, client, RongIMLib } = await connected();
  im.sendMessage(PRIVATE, 'ada', new RongIMLib.TextMessage({ content: 'a'.repeat(128 * 1024 - 14) }), {});
  assert.equal(client.all('submit').length, 1);
  im.sendMessage(PRIVATE, 'ada', new RongIMLib.TextMessage({ content: 'a'.repeat(128 * 1024 - 13) }), {});
  assert.equal(client.all('submit').length, 1);
});

test('mentions count in groups and discussions only; push and directed options travel', async () => {
  const { im, client, RongIMLib } = await connected();
  const mentions = new RongIMLib.MentionedInfo();
  mentions.type = RongIMLib.MentionedType.PART;
  mentions.userIdList = ['u1', 'u2'];
  const content = new RongIMLib.TextMessage({ content: 'hi', mentionedInfo: mentions });
  const params = { userIds: ['u1', 'u2'], isVoipPush: true, isFilerWhiteBlacklist: true, disableNotification: true };
  im.sendMessage(GROUP, 'group1', content, {}, true, 'push', 'data', null, params);
  assert.deepEqual(client.last('submit').args[2], {
    giveUpAfterMs: 30000, keep: false, mentioned: true, silent: true, pushText: 'push', pushData: 'data', onlyTo: ['u1', 'u2'], configFlag: 3,
  });
  assert.deepEqual(client.last('submit').args[1].body.mentionedInfo.userIdList, ['u1', 'u2']);
  im.sendMessage(PRIVATE, 'ada', content, {}, true);
  assert.deepEqual(client.last('submit').args[2], { giveUpAfterMs: 30000, keep: false });
});

test('the same content object after a failure keeps its client id', async () => {
  const { im, client, RongIMLib } = await connected();
  const content = new RongIMLib.TextMessage({ content: 'hello' });
  im.sendMessage(PRIVATE, 'ada', content, {});
  const { clientId } = client.last('submit');
  client.last('submit').reject(failure(-1, true));
  await settled();
  im.sendMessage(PRIVATE, 'ada', content, {});
  assert.equal(client.last('submit').args[2].clientId, clientId);
  client.last('submit').resolve(modernMessage());
  await settled();
  im.sendMessage(PRIVATE, 'ada', content, {});
  assert.equal(client.last('submit').args[2].clientId, undefined, 'after a success it is a second message');
});

test('the same message after a failure keeps its client id; one that never left failed like one without an answer', async () => {
  const { im, client, RongIMLib } = await connected();
  const { told, callback } = recorder(['onError']);
  im.sendMessage(PRIVATE, 'ada', new RongIMLib.TextMessage({ content: 'hello' }), callback);
  const { clientId } = client.last('submit');
  client.last('submit').reject(failure(33091, true));
  await settled();
  const [[, code, message]] = told;
  assert.equal(code, -1);
  im.sendLocalMessage(message, {});
  assert.equal(client.last('submit').args[2].clientId, clientId);
});

test('another conversation or changed content is another message', async () => {
  const { im, client, RongIMLib } = await connected();
  const content = new RongIMLib.TextMessage({ content: 'hello' });
  im.sendMessage(PRIVATE, 'ada', content, {});
  im.sendMessage(PRIVATE, 'ada', content, {});
  assert.equal(client.last('submit').args[2].clientId, undefined, 'while the first is under way');
  client.last('submit').reject(failure(-1, true));
  await settled();
  im.sendMessage(PRIVATE, 'bob', content, {});
  assert.equal(client.last('submit').args[2].clientId, undefined);
  content.content = 'other';
  im.sendMessage(PRIVATE, 'ada', content, {});
  assert.equal(client.last('submit').args[2].clientId, undefined);
});

test('a late acknowledgement only marks the message', async () => {
  const { im, client, RongIMLib } = await connected();
  const { told, callback } = recorder(['onSuccess', 'onError']);
  im.sendMessage(PRIVATE, 'ada', new RongIMLib.TextMessage({ content: 'hello' }), callback);
  const { clientId } = client.last('submit');
  client.last('submit').reject(failure(-1, true));
  await settled();
  client.emit('send', {
    clientId, conversation: { type: PRIVATE, targetId: 'ada' }, message: null, state: { name: 'sent', messageUId: 'UID', sentTime: 77 },
  });
  await settled();
  const [[name, code, message], ...more] = told;
  assert.deepEqual([name, code, more], ['onError', -1, []]);
  assert.deepEqual([message.sentStatus, message.messageUId, message.sentTime], [30, 'UID', 77]);
});

test('an onBefore that throws does not stop the send', async (t) => {
  t.mock.method(console, 'error', () => {});
  const { im, client, RongIMLib } = await connected();
  const { told, callback } = recorder(['onSuccess']);
  im.sendMessage(PRIVATE, 'ada', new RongIMLib.TextMessage({ content: 'x' }), { ...callback, onBefore() { throw new Error('bad'); } });
  client.last('submit').resolve(modernMessage());
  await settled();
  assert.deepEqual(told.map(([name]) => name), ['onSuccess']);
});
