// What the browser's archive answers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
// Loaded by the face when it is first needed; here before the clock of a test runs.
import '../../pkg-template/rongimlib/lazy/local.js';
import { withArchive, withoutArchive } from './fake-archive.mjs';
import { connected, failure, modernMessage, modernRow, recorder, settled } from './fake-client.mjs';

async function archived() {
  const made = await connected();
  return { ...made, archive: withArchive(made.client) };
}

/** What a call is answered. */
async function answerOf(call) {
  const { told, callback } = recorder();
  call(callback);
  await settled();
  assert.equal(told.length, 1);
  return told[0];
}

async function received({ RongIMClient, client, archive }, changes) {
  const heard = [];
  RongIMClient.setOnReceiveMessageListener({ onReceived: (message) => heard.push(message) });
  const modern = modernMessage(changes);
  await archive.insert(modern);
  client.emit('message', modern, { left: 0, hasMore: false });
  return heard[0];
}

test('a message is found by its messageId, which is the same for every copy, and by its uid', async () => {
  const made = await archived();
  const message = await received(made);
  for (const id of [message.messageId, message.messageUId]) {
    const [name, found] = await answerOf((callback) => made.im.getMessage(id, callback));
    assert.deepEqual([name, found.content.content, found.messageId, found.isLocalMessage], ['onSuccess', 'hello', message.messageId, false]);
  }
});

test('an own message is found by the number that onBefore told', async () => {
  const { im, client, archive, RongIMLib } = await archived();
  await archive.insert(modernMessage({ messageUId: 'OWN', direction: 'sent', senderUserId: 'me' }));
  let number;
  im.sendMessage(1, 'ada', new RongIMLib.TextMessage({ content: 'x' }), { onBefore: (id) => { number = id; } });
  client.last('submit').resolve(modernMessage({ messageUId: 'OWN' }));
  await settled();
  const [name, found] = await answerOf((callback) => im.getMessage(number, callback));
  assert.deepEqual([name, found.messageUId], ['onSuccess', 'OWN']);
});

for (const id of ['1_NOBODY', 'NOBODY', '5', 5, '1-5', '', null, undefined]) {
  test(`getMessage of ${JSON.stringify(id)}, which is nowhere, answers 61001`, async () => {
    const { im } = await archived();
    assert.deepEqual(await answerOf((callback) => im.getMessage(id, callback)), ['onError', 61001]);
  });
}

for (const [what, given, sender, direction] of [['the user', [], 'me', 1], ['somebody', ['ada'], 'ada', 2]]) {
  test(`insertMessage keeps a message of ${what} here alone`, async () => {
    const { im, client, archive, RongIMLib } = await archived();
    const content = new RongIMLib.TextMessage({ content: 'here' });
    const [name, message] = await answerOf((callback) => im.insertMessage(1, 'ada', ...given, content, callback));
    assert.deepEqual([name, message.senderUserId, message.messageDirection, message.isLocalMessage], ['onSuccess', sender, direction, true]);
    assert.equal(archive.messages[0].objectName, 'RC:TxtMsg');
    assert.equal(client.all('submit').length, 0);
    const [, found] = await answerOf((callback) => im.getMessage(message.messageId, callback));
    assert.equal(found.content.content, 'here');
  });
}

test('insertMessage of what is no content is refused with -3', async () => {
  const { im, archive } = await archived();
  for (const content of [null, 5, { messageName: 'Nobody' }]) {
    assert.deepEqual(await answerOf((callback) => im.insertMessage(1, 'ada', content, callback)), ['onError', -3]);
  }
  assert.equal(archive.messages.length, 0);
});

test('a message\'s extra, states and content are set', async () => {
  const made = await archived();
  const { im, archive, RongIMLib } = made;
  const { messageId, messageUId } = await received(made);
  const [stored] = archive.messages;
  const answers = [
    await answerOf((callback) => im.setMessageExtra(messageId, 'noted', callback)),
    await answerOf((callback) => im.setMessageReceivedStatus(messageUId, 2, callback)),
    await answerOf((callback) => im.setMessageSentStatus(messageId, 50, callback)),
  ];
  assert.deepEqual(answers, Array(3).fill(['onSuccess', true]));
  assert.deepEqual([stored.extra, stored.receivedStatus, stored.sentStatus], ['noted', 2, 50]);

  im.setMessageContent(messageId, new RongIMLib.TextMessage({ content: 'other' }), 'RC:TxtMsg');
  await settled();
  assert.deepEqual(stored.content, { content: 'other' });
  im.setMessageContent(messageId, '{"content":"from text"}', 'RC:TxtMsg');
  await settled();
  assert.deepEqual(stored.content, { content: 'from text' });
  const found = new RongIMLib.TextMessage({ content: 'to be found' });
  for (const [fields, wanted] of [['content', ['content']], ['extra, content', ['extra', 'content']], [['extra'], ['extra']], [[], []]]) {
    assert.deepEqual(await answerOf((callback) => im.setMessageSearchField(messageId, found, fields, callback)), ['onSuccess', true]);
    assert.deepEqual([stored.content, stored.searchFields], [{ content: 'to be found' }, wanted]);
  }
  for (const fields of [5, [5]]) {
    assert.deepEqual(await answerOf((callback) => im.setMessageSearchField(messageId, found, fields, callback)), ['onError', -3]);
  }
  assert.deepEqual(await answerOf((callback) => im.setMessageExtra('NOBODY', 'x', callback)), ['onError', 61001]);
  for (const content of ['no json', null, 5]) {
    assert.deepEqual(await answerOf((callback) => im.setMessageContent(messageId, content, 'RC:TxtMsg', callback)), ['onError', -3]);
  }
  assert.deepEqual(stored.content, { content: 'to be found' });
});

test('updateMessage keeps what the page changed', async () => {
  const made = await archived();
  const message = await received(made);
  message.content.content = 'changed';
  message.extra = 'noted';
  assert.deepEqual(await answerOf((callback) => made.im.updateMessage(message, callback)), ['onSuccess', message]);
  const [stored] = made.archive.messages;
  assert.deepEqual([stored.content.content, stored.extra], ['changed', 'noted']);
  assert.deepEqual(await answerOf((callback) => made.im.updateMessage(null, callback)), ['onError', -3]);
});

for (const status of [50, 40]) {
  test(`setMessageStatus sets ${status} on own messages up to a time`, async () => {
    const { im, archive } = await archived();
    for (let time = 1; time <= 250; time += 1) {
      await archive.insert(modernMessage({ messageUId: `U${time}`, sentTime: time, direction: time % 2 ? 'sent' : 'received', sentStatus: 30 }));
    }
    assert.deepEqual(await answerOf((callback) => im.setMessageStatus(1, 'ada', 249, status, callback)), ['onSuccess', true]);
    const set = archive.messages.filter((message) => message.sentStatus === status);
    assert.deepEqual([set.length, set.every(({ direction, sentTime }) => direction === 'sent' && sentTime <= 249)], [125, true]);
    assert.equal(archive.find('U1').sentStatus, status);
  });
}

test('local messages are deleted by id or as messages, and cleared by conversation', async () => {
  const made = await archived();
  const { im, archive } = made;
  const first = await received(made);
  const second = await received(made, { messageUId: 'SECOND' });
  await archive.insert(modernMessage({ messageUId: 'BOB', conversation: { type: 1, targetId: 'bob' } }));
  assert.deepEqual(await answerOf((callback) => im.deleteLocalMessages(1, 'ada', [first.messageId, 'NOBODY'], callback)), ['onSuccess', true]);
  assert.deepEqual(archive.messages.map((message) => message.messageUId), ['SECOND', 'BOB']);
  assert.deepEqual(await answerOf((callback) => im.deleteLocalMessages(1, 'ada', [second], callback)), ['onSuccess', true]);
  assert.deepEqual(await answerOf((callback) => im.deleteLocalMessages(1, 'ada', [], callback)), ['onError', 61001]);
  await archive.insert(modernMessage());
  assert.deepEqual(await answerOf((callback) => im.clearMessages(1, 'ada', callback)), ['onSuccess', true]);
  assert.deepEqual(archive.messages.map((message) => message.messageUId), ['BOB']);
  assert.equal(im.clearData(), true);
  await settled();
  assert.deepEqual(archive.messages, []);
});

test('searchMessageByContent delivers the newest hits and how many there are; the last one\'s time leads to the next', async () => {
  const { im, archive } = await archived();
  for (let time = 1; time <= 120; time += 1) await archive.insert(modernMessage({ messageUId: `U${time}`, sentTime: time, content: { content: `needle ${time}` } }));
  await archive.insert(modernMessage({ messageUId: 'HAY', sentTime: 500, content: { content: 'hay' } }));
  const seen = [];
  for (let timestamp = 0; ;) {
    const [name, list, total] = await answerOf((callback) => im.searchMessageByContent(1, 'ada', 'needle', timestamp, 70, 1, callback));
    assert.deepEqual([name, timestamp === 0 ? total : 120], ['onSuccess', 120]);
    if (list.length === 0) break;
    seen.push(...list.map((message) => message.sentTime));
    timestamp = list.at(-1).sentTime;
  }
  assert.deepEqual(seen, Array.from({ length: 120 }, (_, index) => 120 - index));
  for (const count of [0, -1, 'x']) {
    assert.deepEqual(await answerOf((callback) => im.searchMessageByContent(1, 'ada', 'needle', 0, count, 1, callback)), ['onError', -3]);
  }
});

test('searchConversationByContent delivers rows with the message that was found', async () => {
  const { im, client, archive } = await archived();
  await archive.insert(modernMessage({ content: { content: 'needle' } }));
  await archive.insert(modernMessage({ content: { content: 'needle' }, conversation: { type: 3, targetId: 'gone' }, messageUId: 'G' }));
  const search = async (types) => {
    const { told, callback } = recorder();
    const before = client.all('conversation').length;
    im.searchConversationByContent('needle', callback, types);
    await settled();
    for (const call of client.all('conversation').slice(before)) {
      const { targetId } = call.args[0];
      call.resolve(targetId === 'ada' ? modernRow({ unreadCount: 3, latestMessage: modernMessage({ messageUId: 'NEWER' }) }) : null);
    }
    await settled();
    return told[0][1].map((row) => [row.conversationType, row.targetId, row.unreadMessageCount, row.latestMessage.content.content]);
  };
  assert.deepEqual(await search(), [[1, 'ada', 3, 'needle'], [3, 'gone', 0, 'needle']]);
  assert.deepEqual(await search([3]), [[3, 'gone', 0, 'needle']]);
});

test('without a network history comes from the archive, page by page', async () => {
  const { im, client, archive } = await archived();
  for (let time = 1; time <= 30; time += 1) await archive.insert(modernMessage({ messageUId: `U${time}`, sentTime: time }));
  const read = async (timestamp) => {
    const { told, callback } = recorder();
    im.getHistoryMessages(1, 'ada', timestamp, 20, callback);
    client.last('history').reject(failure(31011, true));
    await settled();
    return told[0];
  };
  const [name, list, hasMore] = await read(0);
  assert.deepEqual([name, list.length, list[0].sentTime, hasMore], ['onSuccess', 20, 11, true]);
  const [, older, more] = await read(11);
  assert.deepEqual([older.length, older[0].sentTime, more], [10, 1, false]);
});

test('an archive that has nothing, and one that cannot be had, leave the server\'s failure', async () => {
  for (const prepare of [withArchive, withoutArchive, () => {}]) {
    const made = await connected();
    prepare(made.client);
    const { told, callback } = recorder();
    made.im.getHistoryMessages(1, 'ada', 0, 20, callback);
    made.client.last('history').reject(failure(31011, true));
    await settled();
    assert.deepEqual(told, [['onError', 31011]]);
  }
});

test('an archive that cannot be had answers 33002, and the session goes on', async () => {
  const made = await connected();
  withoutArchive(made.client);
  assert.deepEqual(await answerOf((callback) => made.im.getMessage('UID', callback)), ['onError', 33002]);
  assert.deepEqual(await answerOf((callback) => made.im.clearMessages(1, 'ada', callback)), ['onError', 33002]);
  made.im.sendTextMessage(1, 'ada', 'still here', {});
  assert.equal(made.client.all('submit').length, 1);
});
