// Public services, customer service and live locations of 2.x.
import assert from 'node:assert/strict';
import { test } from 'node:test';
// Loaded by the face when it is first needed; here before a test waits for it.
import '../../pkg-template/rongimlib/lazy/location.js';
import '../../pkg-template/rongimlib/lazy/services.js';
import { connected, failure, modernMessage, recorder, settled } from './fake-client.mjs';

const DAILY = {
  mpid: 'daily', name: 'Daily', type: 'mp', time: 7, portraitUrl: 'p.png',
  extra: '{"isGlobal":false,"introduction":"news","follow":true,"menu":[{"id":"a","name":"A","type":1,"sunMenuItems":[{"id":"b","name":"B","type":2,"url":"u"}]}]}',
};

/** Begins a call; what its callback was told so far. */
async function begun(im, name, ...args) {
  const { told, callback } = recorder();
  const at = args.indexOf('callback');
  im[name](...(at < 0 ? [...args, callback] : args.with(at, callback)));
  await settled();
  return told;
}

test('the list of public services is what the user follows, with menus', async () => {
  const { RongIMLib, client, im } = await connected();
  for (const [name, args, time] of [
    ['getRemotePublicServiceList', [], 0], ['getPublicServiceList', [], 0], ['getRemotePublicServiceList', ['callback', 5], 5],
  ]) {
    const told = await begun(im, name, ...args);
    assert.deepEqual(client.last('ask').args, ['pullMp', null, { time, mpid: '' }]);
    client.last('ask').resolve({ status: 0, info: [DAILY] });
    await settled();
    const [[, [profile]]] = told;
    assert.ok(profile instanceof RongIMLib.PublicServiceProfile);
    const { menu, ...members } = profile;
    assert.deepEqual({ ...members }, {
      conversationType: 8, publicServiceId: 'daily', name: 'Daily', introduction: 'news', portraitUri: 'p.png', hasFollowed: true, isGlobal: false,
    });
    assert.ok(menu[0].sunMenuItems[0] instanceof RongIMLib.PublicServiceMenuItem);
    assert.deepEqual([menu[0].id, menu[0].sunMenuItems[0].url], ['a', 'u']);
  }
});

test('a search sends the bits of kind and fit', async () => {
  const { client, im } = await connected();
  for (const [name, args, bits] of [
    ['searchPublicService', [0, 'news'], 15], ['searchPublicService', [1, 'news'], 51],
    ['searchPublicServiceByType', [8, 0, 'news'], 9], ['searchPublicServiceByType', [8, 1, 'news'], 33],
    ['searchPublicServiceByType', [7, 1, 'news'], 18], ['searchPublicServiceByType', [7, 0, 'news'], 6],
  ]) {
    const told = await begun(im, name, ...args);
    assert.deepEqual(client.last('ask').args, ['schMp', null, { type: bits, id: 'news' }], name);
    client.last('ask').resolve({});
    await settled();
    assert.deepEqual(told, [['onSuccess', []]]);
  }
  assert.deepEqual(await begun(im, 'searchPublicService', 1, ''), [['onError', -3]]);
  assert.deepEqual(await begun(im, 'searchPublicServiceByType', 1, 1, 'news'), [['onError', -3]]);
});

test('one profile is found by its id, or is null', async () => {
  const { client, im } = await connected();
  for (const [info, name] of [[[{ ...DAILY, mpid: 'other' }, DAILY], 'Daily'], [[], undefined]]) {
    const told = await begun(im, 'getPublicServiceProfile', 8, 'daily');
    client.last('ask').resolve({ info });
    await settled();
    assert.equal(told[0][1]?.name, name);
  }
  assert.deepEqual(await begun(im, 'getPublicServiceProfile', 1, 'daily'), [['onError', -3]]);
});

test('following goes by the type of the service', async () => {
  const { client, im } = await connected();
  for (const [name, type, topic] of [
    ['subscribePublicService', 7, 'mcFollow'], ['subscribePublicService', 8, 'mpFollow'],
    ['unsubscribePublicService', 7, 'mcUnFollow'], ['unsubscribePublicService', 8, 'mpUnFollow'],
  ]) {
    const told = await begun(im, name, type, 'daily');
    assert.deepEqual(client.last('ask').args, [topic, null, { id: 'daily' }]);
    client.last('ask').resolve({ info: DAILY });
    await settled();
    assert.deepEqual(told, [['onSuccess', true]]);
  }
  const told = await begun(im, 'subscribePublicService', 8, 'nothing');
  client.last('ask').reject(failure(39001));
  await settled();
  assert.deepEqual(told, [['onError', 39001]]);
  assert.deepEqual(await begun(im, 'subscribePublicService', 1, 'daily'), [['onError', -3]]);
});

const fromDesk = (objectName, content) => modernMessage({ conversation: { type: 5, targetId: 'help' }, senderUserId: 'help', objectName, content });
const steering = (client) => client.all('submit').map(({ args: [ref, { objectName, body }] }) => [ref.targetId, objectName, body]);

/** A page with a talk under way. */
async function talking() {
  const made = await connected();
  const told = await begun(made.im, 'startCustomService', 'help', 'callback', { userInfo: { name: 'Ada' } });
  made.client.last('submit').resolve({});
  await settled();
  assert.deepEqual(told, [], 'the answer is still to come');
  made.client.emit('message', fromDesk('RC:CsHsR', { status: 1, data: { sid: '9', uid: 'me', pid: 'help', serviceType: '3', notAutoCha: '0', mode: '1' } }), { left: 0, hasMore: false });
  await settled();
  return { ...made, told };
}

test('customer service begins with a handshake and delivers its data', async () => {
  const { client, told } = await talking();
  assert.deepEqual(steering(client)[0], ['help', 'RC:CsHs', { userInfo: { name: 'Ada' }, requestInfo: undefined }]);
  assert.equal(told[0][1].sid, '9');
});

test('a human is asked for, and the answer is always told', async () => {
  const { client, im } = await talking();
  for (const status of [1, 2, 3]) {
    const told = await begun(im, 'switchToHumanMode', 'help');
    assert.deepEqual(steering(client).at(-1), ['help', 'RC:CSCha', { uid: 'me', sid: '9', pid: 'help' }]);
    client.last('submit').resolve({});
    client.emit('message', fromDesk('RC:CsChaR', { code: 200, data: { status, before: 2 } }), { left: 0, hasMore: false });
    await settled();
    assert.deepEqual(told, [['onSuccess', { status, before: 2 }]]);
  }
  const told = await begun(im, 'switchToHumanMode', 'help');
  client.last('submit').reject(failure(20604));
  await settled();
  assert.deepEqual(told, [['onError', 20604]]);
});

test('a rating leaves with its number and its words', async () => {
  const { client, im } = await talking();
  const ids = { uid: 'me', sid: '9', pid: 'help' };
  for (const [name, value, rating] of [
    ['evaluateRebotCustomService', true, { type: 0, isresolve: 1 }], ['evaluateRebotCustomService', false, { type: 0, isresolve: 0 }],
    ['evaluateHumanCustomService', 4, { type: 1, source: 4 }],
  ]) {
    const told = await begun(im, name, 'help', value, '很好');
    assert.deepEqual(steering(client).at(-1), ['help', 'RC:CsEva', { ...ids, ...rating, suggest: '很好' }]);
    client.last('submit').resolve({});
    await settled();
    assert.deepEqual(told, [['onSuccess', true]]);
  }
  for (const stars of [0, 6, '5', undefined]) {
    assert.deepEqual(await begun(im, 'evaluateHumanCustomService', 'help', stars, ''), [['onError', 33003]]);
  }
});

test('without a talk the calls answer 51001, and a talk can be stopped', async () => {
  const { client, im } = await talking();
  for (const [name, ...args] of [
    ['stopCustomeService', 'x'], ['switchToHumanMode', 'x'], ['evaluateRebotCustomService', 'x', true, ''], ['evaluateHumanCustomService', 'x', 5, ''],
  ]) assert.deepEqual(await begun(im, name, ...args), [['onError', 51001]], name);
  const told = await begun(im, 'stopCustomeService', 'help');
  assert.deepEqual(steering(client).at(-1).slice(0, 2), ['help', 'RC:CsSp']);
  client.last('submit').resolve({});
  await settled();
  assert.deepEqual(told, [['onSuccess', true]]);
  assert.deepEqual(await begun(im, 'switchToHumanMode', 'help'), [['onError', 51001]]);
  assert.deepEqual(await begun(im, 'startCustomService', '', 'callback'), [['onError', -3]]);
});

test('methodType 1 writes as an agent, in customer service alone', async () => {
  const { RongIMLib, client, im } = await connected();
  const { callback, told } = recorder();
  const text = () => new RongIMLib.TextMessage({ content: 'yes' });
  im.sendMessage(5, 'customer', text(), callback, null, '', '', RongIMLib.MethodType.CUSTOMER_SERVICE);
  await settled();
  const { args: [ref, , options] } = client.last('submit');
  assert.deepEqual([ref, options.asAgent], [{ type: 5, targetId: 'customer' }, true]);
  im.sendMessage(1, 'customer', text(), callback, null, '', '', RongIMLib.MethodType.CUSTOMER_SERVICE);
  await settled();
  assert.equal(told.at(-1)[1], -3);
});

test('live locations: start, join, places and quit, with the numbers of 2.x', async () => {
  const { client, im } = await connected();
  const heard = [];
  const names = ['onStatusChange', 'onReceiveLocation', 'onParticipantsJoin', 'onParticipantsQuit'];
  const listener = Object.fromEntries(names.map((name) => [name, (...args) => heard.push([name, ...args])]));
  im.addRealTimeLocationListener(1, 'ada', listener);
  await settled();
  const sentTime = Date.now();
  const hear = (objectName, content = {}) => {
    client.emit('message', modernMessage({ objectName, content, sentTime }), { left: 0, hasMore: false });
    return settled();
  };
  assert.deepEqual(await begun(im, 'joinRealTimeLocation', 1, 'ada'), [['onError', -1]]);
  await hear('RC:RLStart');
  assert.deepEqual(await begun(im, 'getRealTimeLocationCurrentState', 1, 'ada'), [['onSuccess', 1]]);
  const joined = await begun(im, 'joinRealTimeLocation', 1, 'ada');
  client.last('submit').resolve({});
  await settled();
  assert.deepEqual(joined, [['onSuccess', true]]);
  await hear('RC:RL', { latitude: 1.5, longitude: -2 });
  const moved = await begun(im, 'updateRealTimeLocationStatus', 1, 'ada', 3, 4);
  assert.deepEqual(client.last('submit').args[1].body, { latitude: 3, longitude: 4 });
  client.last('submit').resolve({});
  await settled();
  assert.deepEqual(moved, [['onSuccess', true]]);
  assert.deepEqual(await begun(im, 'updateRealTimeLocationStatus', 1, 'ada', 91, 4), [['onError', -1]]);
  assert.deepEqual(await begun(im, 'getRealTimeLocationParticipants', 1, 'ada'), [['onSuccess', ['me', 'ada']]]);
  const told = await begun(im, 'getRealTimeLocation', 1, 'ada');
  assert.deepEqual(told[0][1], {
    status: 3, participants: [{ userId: 'me', latitude: 3, longitude: 4 }, { userId: 'ada', latitude: 1.5, longitude: -2 }],
  });
  await begun(im, 'quitRealTimeLocation', 1, 'ada');
  await hear('RC:RLQuit');
  assert.deepEqual(heard, [
    ['onParticipantsJoin', 'ada'], ['onStatusChange', 1], ['onStatusChange', 3], ['onReceiveLocation', 1.5, -2, 'ada'],
    ['onReceiveLocation', 3, 4, 'me'], ['onStatusChange', 1], ['onParticipantsQuit', 'ada'], ['onStatusChange', 0],
  ]);
  assert.deepEqual(await begun(im, 'startRealTimeLocation', 6, 'ada'), [['onError', 2]]);
  const failed = await begun(im, 'startRealTimeLocation', 1, 'ada');
  client.last('submit').reject(failure(30002));
  await settled();
  assert.deepEqual(failed, [['onError', 6]]);
});
