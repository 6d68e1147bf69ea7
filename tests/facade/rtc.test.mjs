// Calls, the rooms behind them, and keys for media.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asked, connected, failure, recorder, settled } from './fake-client.mjs';

/** The calls stand in a file that is loaded first. */
async function until(what) {
  for (let turn = 0; turn < 2000 && !what(); turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.ok(what(), 'it did not happen');
  await settled();
}

/** What a call asks, and what it tells once that was answered. The callback is put at its place. */
async function told(page, name, args, answers, more = []) {
  const { told: list, callback } = recorder();
  page.client.calls = [];
  page.im[name](...args, callback, ...more);
  for (const [index, answer] of answers.entries()) {
    await until(() => page.client.calls.length > index);
    if (answer instanceof Error) page.client.calls[index].reject(answer);
    else page.client.calls[index].resolve(answer);
  }
  await until(() => list.length > 0);
  return { asked: asked(page.client).map(([, ...question]) => question), told: list };
}

const ROOM = { id: 'r', mode: 2, broadcastType: 3 };
const KIND = { roomType: 2, broadcastType: 3 };
const LIST = [{ userId: 'ada', userData: [{ key: 'k', value: 'v' }] }];
const USERS = { ada: { k: 'v' } };
const NOTICE = { objectName: 'app:Mic', content: '{"on":true}' };
const MESSAGE = { name: 'app:Mic', content: { on: true } };

const QUESTIONS = [
  ['joinRTCRoom', [ROOM], [], ['rtcRJoin_data', 'r', KIND], { list: LIST, token: 't' }, { list: LIST, token: 't', users: USERS }],
  ['quitRTCRoom', [ROOM], [], ['rtcRExit', 'r', undefined], {}, true],
  ['RTCPing', [ROOM], [], ['rtcPing', 'r', KIND], {}, true],
  ['getRTCUserInfoList', [ROOM], [], ['rtcUData', 'r', { order: 2 }], { list: LIST }, { list: LIST, users: USERS }],
  ['getRTCUserList', ['r'], [], ['rtcUList', 'r', { order: 2 }], { list: LIST }, { list: LIST, users: USERS }],
  ['setRTCUserInfo', [ROOM, { key: 'k', value: 'v' }], [], ['rtcUPut', 'r', { key: 'k', value: 'v' }], {}, true],
  ['removeRTCUserInfo', [ROOM, { keys: ['k'] }], [], ['rtcUDel', 'r', { key: ['k'] }], {}, true],
  ['getRTCRoomInfo', [ROOM], [], ['rtcRInfo', 'r', { order: 2 }], { userCount: 1, roomData: [{ key: 'a', value: 'b' }], list: LIST },
    { id: 'r', total: 1, userCount: 1, roomData: [{ key: 'a', value: 'b' }], list: LIST, a: 'b', users: USERS }],
  ['setRTCRoomInfo', [ROOM, { key: 'k', value: 'v' }], [], ['rtcRPut', 'r', { key: 'k', value: 'v' }], {}, true],
  ['removeRTCRoomInfo', [ROOM, { keys: ['k'] }], [], ['rtcRDel', 'r', { key: ['k'] }], {}, true],
  ['setRTCUserData', ['r', 'k', { deep: 1 }, true], [MESSAGE], ['rtcSetData', 'r', { interior: true, target: 2, key: 'k', value: '{"deep":1}', ...NOTICE }], {}, {}],
  ['getRTCUserData', ['r', ['k'], false], [], ['rtcQryData', 'r', { interior: false, target: 2, key: ['k'] }], { outInfo: [{ key: 'k', value: 'v' }] }, { k: 'v' }],
  ['removeRTCUserData', ['r', ['k'], true], [MESSAGE], ['rtcDelData', 'r', { interior: true, target: 2, key: ['k'], ...NOTICE }], {}, {}],
  ['setRTCRoomData', ['r', 'k', 'v', true], [], ['rtcSetData', 'r', { interior: true, target: 1, key: 'k', value: 'v' }], {}, {}],
  ['getRTCRoomData', ['r', [], true], [], ['rtcQryData', 'r', { interior: true, target: 1, key: [] }], { outInfo: [] }, {}],
  ['removeRTCRoomData', ['r', 'k', true], [], ['rtcDelData', 'r', { interior: true, target: 1, key: ['k'] }], {}, {}],
  ['setRTCOutData', ['r', { key: 'k', value: 'v' }, 2], [MESSAGE], ['rtcSetOutData', 'r', { target: 2, valueInfo: [{ key: 'k', value: 'v' }], ...NOTICE }], {}, {}],
  ['getRTCOutData', ['r', ['ada']], [], ['rtcQryUserOutData', 'r', { userId: ['ada'] }], { user: LIST }, USERS],
  ['getRTCToken', [ROOM], [], ['rtcToken', 'r', KIND], { rtcToken: 't' }, { rtcToken: 't' }],
  ['setRTCState', ['r', { report: '{"x":1}' }], [], ['rtcUserState', 'r', { id: '{"x":1}' }], {}, true],
  ['getAgoraDynamicKey', [1, 'channel'], [], ['qryVoipK', null, { engineType: 1, channelName: 'channel' }], { dynamicKey: 'key' }, { dynamicKey: 'key' }],
];

test('the calls about rooms ask one question each', async () => {
  const page = await connected();
  for (const [name, args, more, question, answer, delivered] of QUESTIONS) {
    const done = await told(page, name, args, [answer], more);
    assert.deepEqual(done.asked, [question], name);
    assert.deepEqual(done.told, [['onSuccess', delivered]], name);
  }
});

test('what the server refuses of a room is told by its number', async () => {
  const page = await connected();
  for (const [name, args, more] of QUESTIONS) {
    assert.deepEqual((await told(page, name, args, [failure(40001)], more)).told, [['onError', 40001]], name);
  }
});

test('rooms and values that cannot be meant answer -3, and nobody is asked', async () => {
  const page = await connected();
  for (const [name, args] of [
    ['joinRTCRoom', [{}]], ['joinRTCRoom', ['']], ['quitRTCRoom', [null]], ['setRTCUserInfo', ['r', { key: '', value: 'v' }]],
    ['setRTCRoomInfo', ['r', null]], ['setRTCUserData', ['r', '', 'v', true]], ['setRTCUserData', ['r', 'k', 7, true]],
    ['getRTCUserData', ['r', [7], true]], ['setRTCOutData', ['r', [], 1]], ['setRTCOutData', ['r', { key: 'k', value: 'v' }, 3]],
    ['getRTCOutData', ['r', ['']]], ['getAgoraDynamicKey', ['1', 'channel']], ['getAgoraDynamicKey', [1, '']],
  ]) {
    const refused = await told(page, name, args, []);
    assert.deepEqual([refused.told, refused.asked], [[['onError', -3]], []], `${name} ${JSON.stringify(args)}`);
  }
});

const message = (conversation, senderUserId, objectName, content) => ({
  conversation, senderUserId, direction: 'received', objectName, content, sentTime: Date.now(), messageUId: '', clientId: '', offline: false, counted: false,
});

test('messageWatch hears what is said in call rooms, and message listeners do not', async () => {
  const page = await connected();
  const [calls, others] = [[], []];
  page.RongIMClient.messageWatch((one) => calls.push([one.conversationType, one.targetId, one.objectName]));
  page.RongIMClient.setOnReceiveMessageListener({ onReceived: (one) => others.push(one.objectName) });
  const room = message({ type: 12, targetId: 'r' }, 'ada', 'app:Mic', {});
  page.client.emit('message', room, { left: 0, hasMore: false });
  page.client.emit('message', message({ type: 1, targetId: 'ada' }, 'ada', 'RC:TxtMsg', { content: 'x' }), { left: 0, hasMore: false });
  assert.deepEqual([calls, others], [[[12, 'r', 'app:Mic']], ['RC:TxtMsg']]);
  page.RongIMClient.messageSignalWatch(null);
  page.client.emit('message', room, { left: 0, hasMore: false });
  assert.equal(calls.length, 1);
});

const ADA = { type: 1, targetId: 'ada' };

test('a call is begun, changed and hung up by its messages', async () => {
  const page = await connected();
  const { told: list, callback } = recorder();
  page.im.startCall(1, 'ada', [], 1, 'extra', callback);
  await until(() => page.client.last('submit'));
  const [to, content] = page.client.last('submit').args;
  assert.deepEqual([to, content.objectName, content.body.mediaType, content.body.extra], [ADA, 'RC:VCInvite', 1, 'extra']);
  const { callId } = content.body;
  page.client.last('submit').resolve({});
  await until(() => list.length === 1);
  assert.deepEqual([list[0][0], list[0][1].id, list[0][1].state], ['onSuccess', callId, 'outgoing']);
  page.client.emit('message', message(ADA, 'ada', 'RC:VCAccept', { callId, mediaType: 1 }), { left: 0, hasMore: false });
  page.im.changeMediaType(1, 'ada', 2, callback);
  await until(() => page.client.all('submit').length === 2);
  assert.deepEqual(page.client.last('submit').args[1], { objectName: 'RC:VCModifyMedia', body: { callId, mediaType: 2 } });
  page.client.last('submit').resolve({});
  await until(() => list.length === 2);
  page.im.hungupCall(1, 'ada', 3, callback);
  await until(() => page.client.all('submit').length === 3);
  assert.deepEqual(page.client.last('submit').args[1], { objectName: 'RC:VCHangup', body: { callId, reason: 3 } });
  page.client.last('submit').resolve({});
  await until(() => list.length === 3);
  assert.deepEqual(list.map(([name]) => name), ['onSuccess', 'onSuccess', 'onSuccess']);
});

test('an invitation that came before calls were used can be taken', async () => {
  const page = await connected();
  const { told: list, callback } = recorder();
  const invite = { callId: 'c1', mediaType: 1, inviteUserIds: ['me'], channelInfo: { Id: 'c1', Key: '' }, engineType: 1 };
  page.client.emit('message', message(ADA, 'ada', 'RC:VCInvite', invite), { left: 0, hasMore: false });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(page.client.last('submit'), undefined, 'nothing is answered by itself');
  page.im.joinCall(1, callback);
  await until(() => page.client.last('submit'));
  assert.deepEqual(page.client.last('submit').args.slice(0, 2), [ADA, { objectName: 'RC:VCAccept', body: { callId: 'c1', mediaType: 1 } }]);
  page.client.last('submit').resolve({});
  await until(() => list.length === 1);
  assert.deepEqual([list[0][0], list[0][1].state], ['onSuccess', 'connected']);
});

test('without a call there is nothing to join, change or hang up: 18', async () => {
  const page = await connected();
  for (const [name, args] of [['joinCall', [1]], ['hungupCall', [1, 'ada', 3]], ['changeMediaType', [1, 'ada', 2]]]) {
    assert.deepEqual((await told(page, name, args, [])).told, [['onError', 18]], name);
  }
  assert.deepEqual((await told(page, 'startCall', [4, 'room', [], 1, ''], [])).told, [['onError', -3]]);
  assert.deepEqual((await told(page, 'startCall', [3, 'g', [], 1, ''], [])).told, [['onError', -3]]);
});
