import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connected, failure, modernMessage, recorder, settled } from './fake-client.mjs';

const row = (type, targetId, unreadCount, latestMessage = null) => ({
  conversation: { type, targetId }, latestMessage, unreadCount, time: 5000,
});

test('a row has the documented members', async () => {
  const { im, client, RongIMLib } = await connected();
  const { told, callback } = recorder();
  im.getConversationList(callback, [1], 150);
  assert.deepEqual(client.last('conversations').args, [{ remote: true, types: [1], count: 150 }]);
  client.last('conversations').resolve([row(1, 'ada', 3, modernMessage()), row(3, 'group1', 0)]);
  await settled();
  const [[name, [ada, group]]] = told;
  assert.equal(name, 'onSuccess');
  assert.ok(ada instanceof RongIMLib.Conversation);
  assert.equal(ada.latestMessage.content.content, 'hello');
  assert.equal(ada.latestMessageId, ada.latestMessage.messageId);
  assert.deepEqual(
    [ada.conversationType, ada.targetId, ada.unreadMessageCount, ada.objectName, ada.sentStatus, ada.sentTime],
    [1, 'ada', 3, 'RC:TxtMsg', 40, 1700000000000],
  );
  assert.deepEqual([group.conversationType, group.targetId, group.latestMessage, group.sentTime], [3, 'group1', null, 5000]);
});

test('the first list is asked of the server, later ones only on demand', async () => {
  const { im, client } = await connected();
  const remote = () => client.last('conversations').args[0].remote;
  im.getConversationList({}, null);
  assert.equal(remote(), true);
  client.last('conversations').reject(failure(-1, true));
  await settled();
  im.getConversationList({}, null);
  assert.equal(remote(), true, 'a failed answer does not count');
  client.last('conversations').resolve([]);
  await settled();
  im.getConversationList({}, null);
  assert.equal(remote(), false);
  im.getRemoteConversationList({}, null);
  assert.equal(remote(), true);
});

test('getConversation delivers the row or null', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  im.getConversation(1, 'ada', callback);
  assert.deepEqual(client.last('conversation').args, [{ type: 1, targetId: 'ada' }]);
  client.last('conversation').resolve(row(1, 'ada', 1));
  im.getConversation(1, 'nobody', callback);
  client.last('conversation').resolve(null);
  await settled();
  assert.equal(told[0][1].targetId, 'ada');
  assert.deepEqual(told[1], ['onSuccess', null]);
});

test('createConversation answers at once and asks nobody', async () => {
  const { im, client } = await connected();
  const made = im.createConversation(3, 'group1', 'Friends');
  assert.deepEqual([made.conversationType, made.targetId, made.conversationTitle, made.unreadMessageCount], [3, 'group1', 'Friends', 0]);
  assert.equal(client.all('conversations').length, 0);
});

test('removeConversation answers true after the server did', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  im.removeConversation(1, 'ada', callback);
  await settled();
  assert.deepEqual(told, []);
  client.last('removeConversation').resolve();
  await settled();
  assert.deepEqual(told, [['onSuccess', true]]);
});

for (const [form, types] of [['an array', [[1, 3]]], ['arguments', [1, 3]]]) {
  test(`clearConversations takes its types as ${form}, and answers after the last removal`, async () => {
    const { im, client } = await connected();
    const { told, callback } = recorder();
    im.clearConversations(callback, ...types);
    assert.deepEqual(client.last('conversations').args[0].types, [1, 3]);
    client.last('conversations').resolve([row(1, 'ada', 0), row(3, 'group1', 0)]);
    await settled();
    assert.deepEqual(client.all('removeConversation').map((call) => call.args[0].targetId), ['ada', 'group1']);
    client.all('removeConversation')[0].resolve();
    await settled();
    assert.deepEqual(told, []);
    client.all('removeConversation')[1].resolve();
    await settled();
    assert.deepEqual(told, [['onSuccess', true]]);
  });
}

test('clearConversations without types clears all, and tells a removal that failed', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  im.clearConversations(callback);
  assert.equal(client.last('conversations').args[0].types, undefined);
  client.last('conversations').resolve([row(1, 'ada', 0)]);
  await settled();
  client.last('removeConversation').reject(failure(34001));
  await settled();
  assert.deepEqual(told, [['onError', 34001]]);
});

test('unread counts are numbers, 0 for what nobody knows', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  im.getUnreadCount(1, 'nobody', callback);
  client.last('conversation').resolve(null);
  await settled();
  im.getUnreadCount(1, 'ada', callback);
  client.last('conversation').resolve(row(1, 'ada', 4));
  await settled();
  im.getTotalUnreadCount(callback);
  assert.equal(client.last('conversations').args[0].types, undefined);
  client.last('conversations').resolve([row(1, 'ada', 4), row(3, 'group1', 2)]);
  await settled();
  im.getTotalUnreadCount(callback, [1]);
  assert.deepEqual(client.last('conversations').args[0].types, [1]);
  client.last('conversations').resolve([row(1, 'ada', 4)]);
  await settled();
  im.getConversationUnreadCount([3], callback);
  assert.deepEqual(client.last('conversations').args[0].types, [3]);
  client.last('conversations').resolve([row(3, 'group1', 2)]);
  await settled();
  assert.deepEqual(told, [0, 4, 6, 4, 2].map((count) => ['onSuccess', count]));
});

test('clearing and setting unread counts reach the client', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  im.clearUnreadCount(1, 'ada', callback);
  assert.deepEqual(client.last('clearUnread').args, [{ type: 1, targetId: 'ada' }]);
  client.last('clearUnread').resolve();
  im.clearTotalUnreadCount(callback);
  assert.deepEqual(client.last('clearUnread').args, []);
  client.last('clearUnread').resolve();
  im.setUnreadCount(1, 'ada', 7);
  assert.deepEqual(client.last('setUnread').args, [{ type: 1, targetId: 'ada' }, 7]);
  client.last('setUnread').reject(failure(33003));
  await settled();
  assert.deepEqual(told, [['onSuccess', true], ['onSuccess', true]]);
});

test('a failure is told by its number', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  im.getConversationList(callback, null);
  client.last('conversations').reject(failure(31011, true));
  await settled();
  im.getConversation(1, 'ada', callback);
  client.last('conversation').reject(new TypeError('no number'));
  await settled();
  assert.deepEqual(told, [['onError', 31011], ['onError', -2]]);
});
