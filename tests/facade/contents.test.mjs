// Every built-in class is sent with its name and flags, and arrives in its class.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connected, modernMessage, recorder, settled } from './fake-client.mjs';

const UNSENDABLE = ['PublicServiceMultiRichContentMessage', 'JrmfRedPacketMessage', 'JrmfRedPacketOpenedMessage', 'UnknownMessage'];
const { RongIMClient: { MessageType } } = await connected();

for (const name of Object.keys(MessageType)) {
  test(`${name} ${UNSENDABLE.includes(name) ? 'is refused' : 'leaves with its flags and comes back'}`, async () => {
    const { im, client, RongIMLib, RongIMClient } = await connected();
    const { told, callback } = recorder();
    im.sendMessage(1, 'ada', new RongIMLib[name]({ extra: 'more', a: 1 }), callback);
    await settled();
    if (UNSENDABLE.includes(name)) {
      assert.deepEqual(told.map(([how, code]) => [how, code]), [['onError', -3]]);
      assert.equal(client.all('submit').length, 0);
      return;
    }
    const { objectName, msgTag } = RongIMClient.MessageParams[name];
    const [, sent] = client.last('submit').args;
    assert.deepEqual([sent.objectName, sent.counted, sent.persisted], [objectName, msgTag.isCounted, msgTag.isPersited]);
    assert.equal(sent.body.messageName, undefined);
    const heard = [];
    RongIMClient.setOnReceiveMessageListener({ onReceived: (message) => heard.push(message) });
    client.emit('message', modernMessage({ objectName, content: sent.body }), { left: 0, hasMore: false });
    assert.equal(heard[0].messageType, name);
    assert.ok(heard[0].content instanceof RongIMLib[name]);
  });
}

test('a status message is neither kept nor counted, by its newer and its older name', async () => {
  const { im, client, RongIMLib } = await connected();
  const content = new RongIMLib.TextMessage({ content: 'now or never' });
  for (const params of [{ isStatusMessage: true }, { isStatus: true }]) {
    im.sendMessage(1, 'ada', content, {}, false, null, null, null, params);
    const [, { persisted, counted }] = client.last('submit').args;
    assert.deepEqual([persisted, counted], [false, false]);
  }
});

test('a rich content of a public service travels as it is and arrives once, also from who wraps it', async () => {
  const { im, client, RongIMLib, RongIMClient } = await connected();
  const article = { title: 'Monday', url: 'https://example.com/1' };
  im.sendMessage(7, 'news', new RongIMLib.PublicServiceRichContentMessage(article), {});
  assert.deepEqual(client.last('submit').args[1].body, article);
  const heard = [];
  RongIMClient.setOnReceiveMessageListener({ onReceived: (message) => heard.push(message.content.richContentMessage) });
  for (const content of [article, { richContentMessage: article }]) {
    client.emit('message', modernMessage({ objectName: 'RC:PSImgTxtMsg', content }), { left: 0, hasMore: false });
  }
  assert.deepEqual(heard, [article, article]);
});

test('sendStatusMessage tells both callbacks', async () => {
  const { im, client, RongIMLib } = await connected();
  const [one, two] = [recorder(['onSuccess']), recorder(['onSuccess'])];
  im.sendStatusMessage({ conversationType: 1, targetId: 'ada', content: new RongIMLib.TextMessage({ content: 'x' }) }, one.callback, two.callback);
  assert.equal(client.last('submit').args[1].persisted, false);
  client.last('submit').resolve(modernMessage());
  await settled();
  assert.deepEqual([one.told.length, two.told.length], [1, 1]);
});

test('sendLocalMessage sends a content once more', async () => {
  const { im, client, RongIMLib } = await connected();
  im.sendLocalMessage({ conversationType: 3, targetId: 'group1', content: new RongIMLib.TextMessage({ content: 'again' }) }, {});
  assert.deepEqual(client.last('submit').args[0], { type: 3, targetId: 'group1' });
  assert.equal(client.last('submit').args[1].body.content, 'again');
});

test('registerMessageTypes makes classes; flag 2 is counted only, any other counted and kept', async () => {
  const { im, RongIMClient, RongIMLib } = await connected();
  const types = { One: { name: 'a:one', flag: 2, proto: { x: 'string' } } };
  RongIMClient.registerMessageTypes(types);
  im.registerMessageTypes({ Two: { name: 'a:two', flag: 0, proto: { y: 'string' } }, Three: { name: 'a:three' } });
  const tag = (name) => RongIMClient.MessageParams[name].msgTag.getMessageTag();
  assert.deepEqual([tag('One'), tag('Two'), tag('Three')], [2, 3, 3]);
  assert.equal(new RongIMClient.RegisterMessage.One({ x: 'y' }).x, 'y');
  assert.ok(RongIMLib);
});

const badContents = [
  ['a text', 'hello'], ['a number', 5], ['null', null], ['an array', []], ['of a class that nobody registered', { messageName: 'Nobody' }],
  ['with a value that has no JSON', { messageName: 'TextMessage', content: 1n }],
];
for (const [what, content] of badContents) {
  test(`content that is ${what} is refused with -3, and the session goes on`, async () => {
    const { im, client, RongIMLib } = await connected();
    const { told, callback } = recorder();
    im.sendMessage(1, 'ada', content, callback);
    await settled();
    assert.deepEqual(told.map(([how, code]) => [how, code]), [['onError', -3]]);
    assert.equal(client.all('submit').length, 0);
    im.sendMessage(1, 'ada', new RongIMLib.TextMessage({ content: 'x' }), callback);
    assert.equal(client.all('submit').length, 1);
  });
}

for (const type of [0, 6, 9, 99, -1, '1', null, undefined]) {
  test(`nobody writes to a conversation of the type ${type}: -3`, async () => {
    const { im, client, RongIMLib } = await connected();
    const { told, callback } = recorder();
    im.sendMessage(type, 'ada', new RongIMLib.TextMessage({ content: 'x' }), callback);
    await settled();
    assert.deepEqual(told.map(([how, code]) => [how, code]), [['onError', -3]]);
    assert.equal(client.all('submit').length, 0);
  });
}

test('models and bases are there', async () => {
  const { RongIMLib } = await connected();
  assert.deepEqual({ ...new RongIMLib.DeleteMessage('u', 5, 1) }, { msgId: 'u', msgDataTime: 5, direct: 1 });
  assert.deepEqual(RongIMLib.ModelUtil.modelClone({ a: 1 }), { a: 1 });
  assert.deepEqual({ ...new (RongIMLib.ModelUtil.modleCreate(['a'], 'Own'))({ a: 1, b: 2 }) }, { messageName: 'Own', a: 1 });
  class Own extends RongIMLib.MessageContent {}
  assert.equal(new Own({ a: 1 }).a, 1);
});

for (const userIds of [[5], ['ada', ''], [null], 42, {}]) {
  test(`directed to ${JSON.stringify(userIds)}: -3, and nothing goes to everybody`, async () => {
    const { im, client, RongIMLib } = await connected();
    const { told, callback } = recorder(['onError']);
    im.sendMessage(3, 'group1', new RongIMLib.TextMessage({ content: 'x' }), callback, false, null, null, null, { userIds });
    await settled();
    assert.deepEqual([told[0][1], client.all('submit').length], [-3, 0]);
  });
}

test('one user directed to may stand without a list; push texts are texts', async () => {
  const { im, client, RongIMLib } = await connected();
  im.sendMessage(3, 'group1', new RongIMLib.TextMessage({ content: 'x' }), {}, false, 5, 6, null, { userIds: 'ada' });
  assert.deepEqual(client.last('submit').args[2], { giveUpAfterMs: 30000, keep: false, onlyTo: ['ada'], pushText: '5', pushData: '6' });
});
