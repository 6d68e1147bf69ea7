// Rows of the conversation list: their members, what the page adds, mentions, watchers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asked, connected, failure, freshNamespace, modernMessage, modernRow, recorder, settled } from './fake-client.mjs';

const ADA = { type: 1, targetId: 'ada' };

/** The list that a page gets for these rows. */
async function listed({ im, client }, rows, ...query) {
  const { told, callback } = recorder();
  im.getConversationList(callback, ...query);
  client.last('conversations').resolve(rows);
  await settled();
  return told[0][1];
}

test('a row says what is set of its conversation', async () => {
  const made = await connected();
  const [row] = await listed(made, [modernRow({ pinned: true, muted: true, hidden: true, draft: 'dra', unreadCount: 2 })]);
  const { isTop, isHidden, notificationStatus, draft, unreadMessageCount, mentionedMsg, hasUnreadMention } = row;
  assert.deepEqual(
    [isTop, isHidden, notificationStatus, draft, unreadMessageCount, mentionedMsg, hasUnreadMention],
    [true, true, 1, 'dra', 2, null, false],
  );
});

test('an own message that the other side has read is READ', async () => {
  const made = await connected();
  const statusWith = async (peerReadTime) => {
    const latestMessage = modernMessage({ direction: 'sent', senderUserId: 'me', sentTime: 100 });
    const [row] = await listed(made, [modernRow({ latestMessage, peerReadTime })]);
    return [row.sentStatus, row.latestMessage.sentStatus];
  };
  assert.deepEqual([await statusWith(100), await statusWith(99)], [[50, 50], [30, 30]]);
});

test('hidden conversations are listed on demand; types that are no numbers are left out', async () => {
  const { im, client } = await connected();
  im.getConversationList({}, [1, 'x', null], 10, true);
  im.getRemoteConversationList({}, null, undefined, true);
  assert.deepEqual(asked(client), [
    ['conversations', { remote: true, types: [1], count: 10, hidden: true }], ['conversations', { remote: true, hidden: true }],
  ]);
});

test('a count that is none is left out, one beyond all bounds is bounded', async () => {
  const { im, client } = await connected();
  const countFor = (count) => {
    im.getConversationList({}, null, count);
    return client.last('conversations').args[0].count;
  };
  assert.deepEqual([0, -1, NaN, 'x', null, 2 ** 31, 2 ** 40].map(countFor), [undefined, undefined, undefined, undefined, undefined, 2 ** 31 - 1, 2 ** 31 - 1]);
});

test('clearCache makes the next list a remote one', async () => {
  const made = await connected();
  await listed(made, []);
  made.im.getConversationList({}, null);
  assert.equal(made.client.last('conversations').args[0].remote, false);
  made.im.clearCache();
  made.im.getConversationList({}, null);
  assert.equal(made.client.last('conversations').args[0].remote, true);
});

test('addConversation puts a conversation into the list, behind those on top', async () => {
  const made = await connected();
  const { im, client } = made;
  const { told, callback } = recorder();
  im.addConversation(im.createConversation(3, 'new', 'New group'), callback);
  await settled();
  assert.deepEqual(told, [['onSuccess', true]]);
  const rows = [modernRow({ conversation: { type: 1, targetId: 'top' }, pinned: true }), modernRow()];
  const list = await listed(made, rows);
  assert.deepEqual(list.map((row) => row.targetId), ['top', 'new', 'ada']);
  assert.equal(list[1].conversationTitle, 'New group');
  assert.deepEqual((await listed(made, rows, [1])).map((row) => row.targetId), ['top', 'ada']);
  assert.equal((await listed(made, rows, null, 2)).length, 2);

  im.getConversation(3, 'new', callback);
  client.last('conversation').resolve(null);
  await settled();
  assert.equal(told[1][1].conversationTitle, 'New group');

  im.removeConversation(3, 'new', callback);
  client.last('removeConversation').resolve();
  await settled();
  assert.deepEqual((await listed(made, rows)).map((row) => row.targetId), ['top', 'ada']);
});

test('addConversation and setTop move a known conversation to the front', async () => {
  const made = await connected();
  const rows = [modernRow({ conversation: { type: 1, targetId: 'bob' } }), modernRow({ time: 4000 })];
  const [, ada] = await listed(made, rows);
  made.im.addConversation(ada, {});
  assert.deepEqual((await listed(made, rows)).map((row) => row.targetId), ['ada', 'bob']);
  const other = await connected();
  const [, again] = await listed(other, rows);
  again.setTop();
  assert.deepEqual((await listed(other, rows)).map((row) => row.targetId), ['ada', 'bob']);
});

test('pottingConversation puts a row into the list, of the names of the wire as of those of a row', async () => {
  const made = await connected();
  const { im } = made;
  const row = im.pottingConversation({ type: 3, userId: 'new', conversationTitle: 'New group', senderUserName: 'Ada' });
  assert.deepEqual([row.conversationType, row.targetId, row.conversationTitle, row.unreadMessageCount], [3, 'new', 'New group', 0]);
  im.pottingConversation({ conversationType: 1, targetId: 'eve' });
  const list = await listed(made, [modernRow()]);
  assert.deepEqual(list.map(({ targetId }) => targetId).toSorted(), ['ada', 'eve', 'new']);
  assert.equal(list.find(({ targetId }) => targetId === 'new').senderUserName, 'Ada');
});

test('updateConversation gives the conversation back, and its title and sender stay', async () => {
  const made = await connected();
  const rows = [modernRow({ latestMessage: modernMessage({ sentTime: 100 }) })];
  const [row] = await listed(made, rows);
  Object.assign(row, { conversationTitle: 'Ada', senderUserName: 'Ada L.', senderPortraitUri: 'face.png' });
  row.latestMessage.content.content = 'edited';
  assert.equal(made.im.updateConversation(row), row);
  const [shown] = await listed(made, rows);
  assert.deepEqual([shown.conversationTitle, shown.senderUserName, shown.senderPortraitUri], ['Ada', 'Ada L.', 'face.png']);
  assert.equal(shown.latestMessage.content.content, 'edited');
  const [newer] = await listed(made, [modernRow({ latestMessage: modernMessage({ sentTime: 200 }) })]);
  assert.deepEqual([newer.conversationTitle, newer.latestMessage.content.content], ['Ada', 'hello']);
});

test('mentions are there until the conversation is read', async () => {
  const made = await connected();
  const { im, client } = made;
  const mention = modernMessage({ mentioned: true, messageUId: 'M1', sentTime: 7, content: { content: 'you', mentionedInfo: { type: 1 } } });
  client.emit('message', mention, { left: 0, hasMore: false });
  client.emit('message', modernMessage(), { left: 0, hasMore: false });
  assert.deepEqual(im.getUnreadMentionedMessages(1, 'ada').map((message) => message.messageUId), ['M1']);
  assert.deepEqual(im.getUnreadMentionedMessages(1, 'bob'), []);
  const [row] = await listed(made, [modernRow({ mentionCount: 1 })]);
  assert.deepEqual([row.mentionedMsg, row.hasUnreadMention], [{ uid: 'M1', time: 7, mentionedInfo: { type: 1 } }, true]);
  client.emit('conversation', { changed: [modernRow()], removed: [] });
  assert.deepEqual(im.getUnreadMentionedMessages(1, 'ada'), []);
});

test('a mention that was taken back is none', async () => {
  const { im, client } = await connected();
  client.emit('message', modernMessage({ mentioned: true, messageUId: 'M1' }), { left: 0, hasMore: false });
  client.emit('recalled', { conversation: ADA, messageUId: 'M1', sentTime: 7, recalledBy: 'ada' });
  assert.deepEqual(im.getUnreadMentionedMessages(1, 'ada'), []);
});

test('a mention of an earlier page is known by its row, if it is the newest message', async () => {
  const made = await connected();
  const [row] = await listed(made, [modernRow({ mentionCount: 1, latestMessage: modernMessage({ mentioned: true, messageUId: 'M0', sentTime: 3 }) })]);
  assert.deepEqual([row.mentionedMsg.uid, row.hasUnreadMention], ['M0', true]);
});

test('unread counts are cleared whole, and up to a time without telling the sender', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  im.clearMessagesUnreadStatus(1, 'ada', callback);
  client.last('clearUnread').resolve();
  im.clearUnreadCountByTimestamp(1, 'ada', 500, callback);
  assert.deepEqual(asked(client), [['clearUnread', ADA], ['markRead', ADA, { upTo: 500, receipt: false }]]);
  client.last('markRead').resolve();
  im.clearUnreadCountByTimestamp(1, 'ada', 'x', callback);
  await settled();
  // In the order in which their reasons came to be: a refusal needs no answer of the client.
  assert.deepEqual(told.toSorted(), [['onError', -3], ['onSuccess', true], ['onSuccess', true]]);
  assert.equal(client.all('markRead').length, 1);
});

test('a watcher is told the list at once and after each change; a burst asks once more', async () => {
  const { RongIMClient, client } = await connected();
  const heard = [];
  const watcher = (list) => heard.push(list.map((row) => row.targetId));
  RongIMClient.Conversation.watch(watcher);
  client.last('conversations').resolve([modernRow()]);
  await settled();
  assert.deepEqual(heard, [['ada']]);

  for (let change = 0; change < 5; change += 1) client.emit('conversation', { changed: [modernRow()], removed: [] });
  client.last('conversations').resolve([]);
  await settled();
  client.last('conversations').resolve([modernRow()]);
  await settled();
  assert.deepEqual(heard, [['ada'], [], ['ada']]);
  assert.equal(client.all('conversations').length, 3);

  RongIMClient.Conversation.unwatch(watcher);
  client.emit('conversation', { changed: [modernRow()], removed: [] });
  await settled();
  assert.equal(client.all('conversations').length, 3, 'nobody watches, nobody asks');
});

test('a list that cannot be had is asked for again at the next change', async () => {
  const { RongIMClient, client } = await connected();
  const heard = [];
  RongIMClient.Conversation.watch((list) => heard.push(list.length));
  client.last('conversations').reject(failure(31011, true));
  await settled();
  client.emit('conversation', { changed: [], removed: [] });
  client.last('conversations').resolve([]);
  await settled();
  assert.deepEqual(heard, [0]);
});

test('isNotifyConversationList tells watchers the list after each login', async () => {
  const { RongIMClient, clients } = freshNamespace();
  RongIMClient.init('app', null, { navi: 'http://navi.test', isNotifyConversationList: true, maxConversationCount: 7 });
  const [client] = clients;
  const heard = [];
  RongIMClient.Conversation.watch((list) => heard.push(list.length));
  client.last('conversations').reject(failure(31011, true));
  client.userId = 'me';
  client.status(0, 'connected');
  const query = client.all('conversations').find((call) => call.args[0].count === 7);
  assert.equal(query.args[0].remote, true);
  query.resolve([modernRow()]);
  await settled();
  assert.deepEqual(heard, [1]);
});
