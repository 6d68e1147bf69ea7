// Chatrooms of 2.x: names, shapes, codes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
// Loaded by the face when it is first needed; here before the clock of a test runs.
import '../../pkg-template/rongimlib/lazy/rooms.js';
import { connected, failure, modernMessage, recorder, settled } from './fake-client.mjs';

/** In the room, whose entries are these. */
async function inside(entries = []) {
  const made = await connected();
  const { told, callback } = recorder();
  made.im.joinChatRoom('hall', 5, callback);
  await settled();
  made.client.last('joinRoom').resolve();
  await settled();
  made.client.last('ask').resolve({ entries, bFullUpdate: true, syncTime: 1 });
  await settled();
  return { ...made, told };
}

async function answerOf(call) {
  const { told, callback } = recorder();
  call(callback);
  await settled();
  return told;
}

test('a room is joined with so many messages, none for 0 and -1', async () => {
  const { client, told } = await inside();
  assert.deepEqual(client.last('joinRoom').args, ['hall', 5]);
  assert.deepEqual(told, [['onSuccess', true]]);
  for (const count of [0, -1, undefined]) {
    const { im, client: other } = await connected();
    im.joinChatRoom('hall', count, {});
    await settled();
    assert.deepEqual(other.last('joinRoom').args, ['hall', 0]);
  }
});

test('a join without a room, one that is refused, and one whose messages follow have their codes', async () => {
  const { im, client } = await connected();
  assert.deepEqual(await answerOf((callback) => im.joinChatRoom('', 5, callback)), [['onError', 36001]]);
  for (const [code, shown] of [[23410, 23410], [23411, 23411], [36003, 36003]]) {
    const { told, callback } = recorder();
    im.joinChatRoom('hall', 5, callback);
    await settled();
    client.last('joinRoom').reject(failure(code));
    await settled();
    if (code === 36003) client.last('ask').resolve({ entries: [], syncTime: 1 });
    await settled();
    assert.deepEqual(told, [['onError', shown]], 'one answer');
  }
});

test('a room is left', async () => {
  const { im, client } = await inside();
  const { told, callback } = recorder();
  im.quitChatRoom('hall', callback);
  await settled();
  assert.deepEqual(client.last('leaveRoom').args, ['hall']);
  client.last('leaveRoom').resolve();
  await settled();
  assert.deepEqual(told, [['onSuccess', true]]);
  im.quitChatRoom('elsewhere', callback);
  await settled();
  client.last('leaveRoom').reject(failure(23406));
  await settled();
  assert.deepEqual(told[1], ['onError', 23406]);
});

test('members come in their order', async () => {
  const { im, client } = await inside();
  const { told, callback } = recorder();
  im.getChatRoomInfo('hall', 10, 2, callback);
  await settled();
  assert.deepEqual(client.last('ask').args, ['queryChrmI', 'hall', { count: 10, order: 2 }]);
  client.last('ask').resolve({ userTotalNums: 3, userInfos: [{ id: 'ada', time: 7 }] });
  await settled();
  assert.deepEqual(told, [['onSuccess', { userInfos: [{ id: 'ada', time: 7 }], userTotalNums: 3 }]]);
});

test('history goes on where it ended, and from a time that is set', async () => {
  const { im, client } = await inside();
  const next = { sentTime: 5, messageUId: 'U', known: ['U'] };
  const { told, callback } = recorder();
  const page = async (...given) => {
    im.getChatRoomHistoryMessages('hall', 2, ...given);
    await settled();
    const call = client.last('history');
    call.resolve({ messages: [modernMessage({ conversation: { type: 4, targetId: 'hall' }, messageUId: 'U' })], hasMore: true, next });
    await settled();
    return call.args;
  };
  const hall = { type: 4, targetId: 'hall' };
  assert.deepEqual(await page(0, callback), [hall, { before: 0, count: 2 }]);
  assert.deepEqual([told[0][1].map(({ messageUId }) => messageUId), told[0][2]], [['U'], true]);
  assert.deepEqual(await page(0, callback), [hall, { before: next, count: 2 }]);
  im.setChatroomHisMessageTimestamp('hall', 1000);
  assert.deepEqual(await page(0, callback), [hall, { before: 1000, count: 2 }]);
  assert.deepEqual(await page(1, callback), [hall, { after: 1000, count: 2 }]);
  assert.deepEqual(await page(1, callback, 77), [hall, { after: 77, count: 2 }]);
  for (const count of [0, -1, 2 ** 31, 'x']) {
    assert.deepEqual(await answerOf((told) => im.getChatRoomHistoryMessages('hall', count, 0, told)), [['onError', 23412]]);
  }
});

test('entries are set, by force too, and their limits told', async () => {
  const { im, client } = await inside();
  const set = async (method, entry) => {
    const { told, callback } = recorder();
    im[method]('hall', entry, callback);
    await settled();
    const call = client.last('ask');
    call.resolve({});
    await settled();
    client.last('ask').resolve({ entries: [], syncTime: 2 });
    await settled();
    assert.deepEqual(told, [['onSuccess', true]]);
    return [call.args[0], call.args[2]];
  };
  assert.deepEqual(await set('setChatroomEntry', { key: 'k', value: 'v' }), ['setKV', { entry: { key: 'k', value: 'v', uid: 'me' } }]);
  const [, forced] = await set('forceSetChatroomEntry', { key: 'k', value: 'v', isAutoDelete: true, isSendNotification: true, notificationExtra: 'x' });
  assert.deepEqual([forced.entry.status, forced.bNotify, JSON.parse(forced.notification.content).extra], [3, true, 'x']);
  assert.deepEqual(await set('removeChatroomEntry', { key: 'k' }), ['delKV', { entry: { key: 'k', value: '', uid: 'me', status: 4 } }]);
  assert.equal((await set('forceRemoveChatroomEntry', { key: 'k' }))[1].entry.status, 6);
  for (const entry of [{ key: 'k'.repeat(129), value: 'v' }, { key: 'k', value: 'v'.repeat(4097) }, { key: 'k' }, undefined]) {
    assert.deepEqual(await answerOf((callback) => im.setChatroomEntry('hall', entry, callback)), [['onError', 33003]]);
  }
});

test("another's entry, too many of them and none have their codes", async () => {
  const { im, client } = await inside();
  for (const code of [23423, 23424, 23426, 23427]) {
    const { told, callback } = recorder();
    im.setChatroomEntry('hall', { key: 'k', value: 'v' }, callback);
    await settled();
    client.last('ask').reject(failure(code));
    await settled();
    assert.deepEqual(told, [['onError', code]]);
  }
});

test('entries are read from what is here', async () => {
  const { im } = await inside([{ key: 'a', value: '1', status: 2, uid: 'ada', timestamp: 1 }]);
  assert.deepEqual(await answerOf((callback) => im.getChatroomEntry('hall', 'a', callback)), [['onSuccess', '1']]);
  assert.deepEqual(await answerOf((callback) => im.getChatroomEntry('hall', 'b', callback)), [['onError', 23427]]);
  assert.deepEqual(await answerOf((callback) => im.getAllChatroomEntries('hall', callback)), [['onSuccess', { a: '1' }]]);
});

test('two filtered types leave those out, and nothing comes twice', async () => {
  const { RongIMClient, im, client } = await inside();
  const received = [];
  RongIMClient.setOnReceiveMessageListener({ onReceived: (message) => received.push(message.messageUId) });
  im.setFilterMessages(['ImageMessage', 'VoiceMessage']);
  im.setFilterMessages('TextMessage');
  const say = (messageUId, objectName, type = 4) =>
    client.emit('message', modernMessage({ conversation: { type, targetId: 'hall' }, messageUId, objectName }), { left: 0, hasMore: false });
  say('U1', 'RC:TxtMsg');
  say('U2', 'RC:ImgMsg');
  say('U3', 'RC:VcMsg');
  say('U4', 'RC:ImgMsg', 3);
  assert.deepEqual(received, ['U1', 'U4']);
});
