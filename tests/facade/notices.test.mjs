// Recalls, typing, receipts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connected, failure, modernMessage, recorder, settled } from './fake-client.mjs';

const own = (changes) => ({
  conversationType: 3, targetId: 'group1', senderUserId: 'me', sentTime: 77, messageUId: 'UID', content: { user: { id: 'me' } }, ...changes,
});

function listen({ RongIMClient }) {
  const heard = [];
  RongIMClient.setOnReceiveMessageListener({ onReceived: (message) => heard.push(message) });
  return heard;
}

const deliver = (client, changes) => client.emit('message', modernMessage({ conversation: { type: 3, targetId: 'group1' }, ...changes }), { left: 0, hasMore: false });

test('a recall names the message, and answers with its command', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder(['onSuccess', 'onError']);
  im.sendRecallMessage(own(), callback);
  assert.deepEqual(client.last('submit').args, [
    { type: 3, targetId: 'group1' },
    {
      objectName: 'RC:RcCmd', persisted: true, counted: false,
      body: { messageUId: 'UID', conversationType: 3, targetId: 'group1', sentTime: 77, user: { id: 'me' } },
    },
    { giveUpAfterMs: 30000, keep: false },
  ]);
  client.last('submit').resolve(modernMessage({ messageUId: 'COMMAND' }));
  await settled();
  const [[name, message]] = told;
  assert.deepEqual([name, message.messageType, message.content.messageUId], ['onSuccess', 'RecallCommandMessage', 'UID']);
});

test('a recall of somebody else\'s message is refused with 25101 in the same turn', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  const message = own({ senderUserId: 'ada' });
  im.sendRecallMessage(message, callback);
  assert.deepEqual(told, [['onError', 25101, message]]);
  assert.equal(client.all('submit').length, 0);
});

for (const message of [own({ messageUId: '' }), own({ targetId: 5 })]) {
  test(`a recall of ${JSON.stringify(message)} is refused with -3`, async () => {
    const { im, client } = await connected();
    const { told, callback } = recorder(['onError']);
    im.sendRecallMessage(message, callback);
    assert.equal(told[0][1], -3);
    assert.equal(client.all('submit').length, 0);
  });
}

test('what the server says of a recall is told', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder(['onError']);
  im.sendRecallMessage(own(), callback);
  client.last('submit').reject(failure(25101));
  await settled();
  assert.equal(told[0][1], 25101);
});

test('methodType 2 sends a recall and nothing else', async () => {
  const { im, client, RongIMLib } = await connected();
  const { told, callback } = recorder(['onError']);
  const command = new RongIMLib.RecallCommandMessage({ messageUId: 'UID', conversationType: 1, targetId: 'ada', sentTime: 5 });
  im.sendMessage(1, 'ada', command, callback, false, null, null, RongIMLib.MethodType.RECALL);
  assert.equal(client.last('submit').args[1].objectName, 'RC:RcCmd');
  im.sendMessage(1, 'ada', new RongIMLib.TextMessage({ content: 'x' }), callback, false, null, null, RongIMLib.MethodType.RECALL);
  await settled();
  assert.deepEqual([told[0][1], client.all('submit').length], [-3, 1]);
});

test('a received recall is a RecallCommandMessage', async () => {
  const made = await connected();
  const heard = listen(made);
  deliver(made.client, { objectName: 'RC:RcCmd', content: { messageUId: 'UID' }, counted: false });
  assert.ok(heard[0].content instanceof made.RongIMLib.RecallCommandMessage);
});

for (const named of ['ImageMessage', 'RC:ImgMsg']) {
  test(`typing is told by ${named}, and succeeds without a value`, async () => {
    const { im, client } = await connected();
    const { told, callback } = recorder(['onSuccess', 'onError']);
    im.sendTypingStatusMessage(1, 'ada', named, callback);
    const [, { objectName, body, persisted, counted }] = client.last('submit').args;
    assert.deepEqual([objectName, body.typingContentType, persisted, counted], ['RC:TypSts', 'RC:ImgMsg', false, false]);
    client.last('submit').resolve(modernMessage());
    await settled();
    assert.deepEqual(told, [['onSuccess']]);
  });
}

test('typing of a class that nobody knows is refused with -3', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  im.sendTypingStatusMessage(1, 'ada', 'NoSuchMessage', callback);
  await settled();
  assert.deepEqual(told, [['onError', -3]]);
  assert.equal(client.all('submit').length, 0);
});

test('everybody who asked is answered with one message of their own', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder(['onSuccess', 'onError']);
  const conversation = { type: 3, targetId: 'group1' };
  for (const [userId, ...uids] of [['ada', 'A1', 'A2'], ['bob', 'B1']]) client.receipts.ask(conversation, userId, uids);
  client.receipts.ask({ type: 3, targetId: 'other' }, 'eve', ['E1']);
  im.sendReceiptResponse(3, 'group1', callback);
  while (client.all('submit').length < 2) await settled();
  assert.deepEqual(client.all('submit').map(({ args: [to, { body }, { onlyTo }] }) => [to.targetId, body.receiptMessageDic, onlyTo]), [
    ['group1', { ada: ['A1', 'A2'] }, ['ada']],
    ['group1', { bob: ['B1'] }, ['bob']],
  ]);
  client.all('submit')[0].resolve(modernMessage());
  client.receipts.answered(['A1', 'A2']);
  client.all('submit')[1].reject(failure(22406));
  await settled();
  assert.deepEqual(told.map(([name, value]) => [name, value.messageType ?? value]), [['onSuccess', 'ReadReceiptResponseMessage'], ['onError', 22406]]);

  im.sendReceiptResponse(3, 'group1', callback);
  assert.deepEqual(client.last('submit').args[1].body.receiptMessageDic, { bob: ['B1'] }, 'what failed is remembered');
});

test('when nobody asked, success comes once and without a value', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  im.sendReceiptResponse(3, 'group1', callback);
  await settled();
  assert.deepEqual(told, [['onSuccess']]);
  assert.equal(client.all('submit').length, 0);
});

test('a receipt for a conversation that one is not in is told by the server\'s number', async () => {
  const { im, client, RongIMLib } = await connected();
  const { told, callback } = recorder(['onError']);
  im.sendMessage(3, 'group1', new RongIMLib.ReadReceiptResponseMessage({ receiptMessageDic: { ada: ['A1'] } }), callback);
  client.last('submit').reject(failure(22406));
  await settled();
  assert.equal(told[0][1], 22406);
});

test('answers are counted on the message that carries them, and on the message asked about', async () => {
  const made = await connected();
  const { im, client, RongIMLib } = made;
  const heard = listen(made);
  im.sendMessage(3, 'group1', new RongIMLib.ReadReceiptRequestMessage({ messageUId: 'UID' }), {});
  client.receipts.request('UID');
  deliver(client, { messageUId: 'UID', direction: 'sent', senderUserId: 'me' });
  assert.deepEqual(heard[0].receiptResponse, { UID: 0 });

  client.receipts.read('UID', 'ada');
  deliver(client, { objectName: 'RC:RRRspMsg', content: { receiptMessageDic: { me: ['UID'], bob: ['OTHER'] } }, messageUId: '', counted: false });
  assert.deepEqual(heard[1].receiptResponse, { UID: 1 });
  deliver(client, { messageUId: 'STRANGE' });
  assert.deepEqual(heard[2].receiptResponse, {});
});

test('what one has read goes to one\'s own devices alone, in groups too', async () => {
  const { im, client, RongIMLib } = await connected();
  const sync = new RongIMLib.SyncReadStatusMessage({ lastMessageSendTime: 5 });
  im.sendMessage(3, 'group1', sync, {});
  assert.deepEqual(client.last('submit').args[2].onlyTo, ['me']);
  im.sendMessage(1, 'ada', sync, {});
  assert.equal(client.last('submit').args[2].onlyTo, undefined);
  im.sendMessage(1, 'ada', RongIMLib.ReadReceiptMessage.obtain('UID', 5, 1), {});
  assert.deepEqual(client.last('submit').args[1], {
    objectName: 'RC:ReadNtf', persisted: false, counted: false, body: { messageUId: 'UID', lastMessageSendTime: 5, type: 1, extra: '' },
  });
});
