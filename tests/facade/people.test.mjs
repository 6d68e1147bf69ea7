// Discussions, the blacklist, who is online, quiet hours.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asked, connected, failure, recorder, settled } from './fake-client.mjs';

/** The calls stand in a file that is loaded first. */
async function until(what) {
  for (let turn = 0; turn < 2000 && !what(); turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.ok(what(), 'it did not happen');
  await settled();
}

/** What a call asks, and what it tells once that was answered. */
async function told(page, name, args, answers) {
  const { told: list, callback } = recorder();
  page.client.calls = [];
  page.im[name](...args, callback);
  for (const [index, answer] of answers.entries()) {
    await until(() => page.client.calls.length > index);
    if (answer instanceof Error) page.client.calls[index].reject(answer);
    else page.client.calls[index].resolve(answer);
  }
  await until(() => list.length > 0);
  return { asked: asked(page.client).map(([, ...question]) => question), told: list };
}

test('a discussion is made, and the others are invited', async () => {
  const page = await connected();
  const made = await told(page, 'createDiscussion', ['geese', ['ada', 'bob', 'ada']], [{ id: 'd1' }, {}]);
  assert.deepEqual(made.asked, [['crDiz', null, { name: 'geese' }], ['invtDiz', 'd1', { users: ['ada', 'bob'] }]]);
  assert.deepEqual(made.told, [['onSuccess', 'd1']]);
  const alone = await told(page, 'createDiscussion', ['geese', null], [{ id: 'd2' }]);
  assert.deepEqual([alone.asked.length, alone.told], [1, [['onSuccess', 'd2']]]);
});

test('a discussion is delivered as 2.x has it', async () => {
  const page = await connected();
  const answer = { type: 2, channelId: 'd1', channelName: 'geese', adminUserId: 'ada', firstTenUserIds: ['ada', 'me'], openStatus: 1 };
  const { told: [[name, discussion]] } = await told(page, 'getDiscussion', ['d1'], [answer]);
  assert.equal(name, 'onSuccess');
  assert.ok(discussion instanceof page.RongIMLib.Discussion);
  assert.deepEqual({ ...discussion }, { creatorId: 'ada', id: 'd1', memberIdList: ['ada', 'me'], name: 'geese', isOpen: false });
});

const CHANGES = [
  ['addMemberToDiscussion', ['d1', ['ada']], ['invtDiz', 'd1', { users: ['ada'] }]],
  ['quitDiscussion', ['d1'], ['quitDiz', 'd1', undefined]],
  ['removeMemberFromDiscussion', ['d1', 'ada'], ['evctDiz', 'd1', { user: 'ada' }]],
  ['setDiscussionInviteStatus', ['d1', 0], ['pdOpen', 'd1', { openStatus: 0 }]],
  ['setDiscussionInviteStatus', ['d1', 1], ['pdOpen', 'd1', { openStatus: 1 }]],
  ['setDiscussionName', ['d1', 'swans'], ['rename', 'd1', { name: 'swans' }]],
  ['addToBlacklist', ['ada'], ['addBlack', 'ada', { userId: 'ada' }]],
  ['removeFromBlacklist', ['ada'], ['rmBlack', 'ada', { userId: 'ada' }]],
  ['setUserStatus', [7], ['setUserStatus', null, { status: 7 }]],
  ['setNotificationQuietHours', ['22:00:00', 480], ['hyQuiet', null, { start: '22:00:00', minutes: 480 }]],
  ['removeNotificationQuietHours', [], ['hyQuiet', null, undefined]],
];

test('changes ask one question each, and succeed once it is answered', async () => {
  const page = await connected();
  for (const [name, args, question] of CHANGES) {
    const done = await told(page, name, args, [{}]);
    assert.deepEqual([done.asked, done.told], [[question], [['onSuccess', true]]], name);
  }
});

test('what the server refuses is told by its number', async () => {
  const page = await connected();
  for (const [name, args] of CHANGES) {
    assert.deepEqual((await told(page, name, args, [failure(21406)])).told, [['onError', 21406]], name);
  }
});

test('arguments that cannot be meant answer -3, and nobody is asked', async () => {
  const page = await connected();
  for (const [name, args] of [
    ['createDiscussion', ['', []]], ['createDiscussion', ['geese', 'ada']], ['createDiscussion', ['geese', ['']]],
    ['addMemberToDiscussion', ['d1', []]], ['addMemberToDiscussion', [7, ['ada']]], ['getDiscussion', ['']],
    ['quitDiscussion', [null]], ['removeMemberFromDiscussion', ['d1', '']], ['setDiscussionName', ['d1', '']],
    ['setDiscussionInviteStatus', ['d1', 2]], ['addToBlacklist', [7]], ['removeFromBlacklist', ['']],
    ['getBlacklistStatus', [undefined]], ['getUserStatus', ['']], ['setUserStatus', ['7']], ['setUserStatus', [-1]],
    ['setNotificationQuietHours', ['24:00:00', 60]], ['setNotificationQuietHours', ['22:00', 60]],
    ['setNotificationQuietHours', ['22:00:00', 0]], ['setNotificationQuietHours', ['22:00:00', 1440]],
  ]) {
    const refused = await told(page, name, args, []);
    assert.deepEqual([refused.told, refused.asked], [[['onError', -3]], []], `${name} ${JSON.stringify(args)}`);
  }
});

test('who is on the blacklist and who is not are both answers', async () => {
  const page = await connected();
  for (const [status, name] of [[0, 'IN_BLACK_LIST'], [1, 'NOT_IN_BLACK_LIST']]) {
    const { told: list, asked: questions } = await told(page, 'getBlacklistStatus', ['ada'], [{ status }]);
    assert.deepEqual([list, questions], [[['onSuccess', name]], [['blackStat', 'ada', { userId: 'ada' }]]]);
    assert.equal(page.RongIMLib.BlacklistStatus[name], status);
  }
  assert.deepEqual((await told(page, 'getBlacklistStatus', ['ada'], [{ status: 33003 }])).told, [['onError', 33003]]);
  const { told: list } = await told(page, 'getBlacklist', [], [{ userIds: ['ada', 'bob'] }]);
  assert.deepEqual(list, [['onSuccess', ['ada', 'bob']]]);
});

const ONLINE = { subUserId: 'ada', status: '{"us":[{"o":true,"p":"Websocket","s":3},{"o":true,"p":"Websocket","s":3}]}' };
const plain = ({ userId, status }) => [userId, status.map(({ platform, online, status: own }) => [platform, online, own])];

test('getUserStatus asks for the user that is named', async () => {
  const page = await connected();
  const { told: [[, entity]], asked: questions } = await told(page, 'getUserStatus', ['ada'], [ONLINE]);
  assert.deepEqual(questions, [['getUserStatus', 'ada', undefined]]);
  assert.deepEqual(plain(entity), ['ada', [['Websocket', true, 3], ['Websocket', true, 3]]]);
  assert.ok(entity.status[0] instanceof page.RongIMLib.UserStatus);
  for (const status of ['', '{', '{"us":7}', 'null', undefined]) {
    assert.deepEqual((await told(page, 'getUserStatus', ['ada'], [{ status }])).told, [['onSuccess', { userId: 'ada', status: [] }]]);
  }
});

test('setUserStatusListener subscribes, again after each login, and hears of its users', async () => {
  const page = await connected();
  const [heard, other] = [[], []];
  page.client.calls = [];
  page.im.setUserStatusListener({ userIds: ['ada'] }, (entity) => heard.push(plain(entity)));
  await until(() => page.client.calls.length === 1);
  assert.deepEqual(page.client.calls[0].args, ['subUserStatus', null, { userid: ['ada'] }]);
  page.client.calls[0].resolve({});
  await settled();
  page.im.setUserStatusListener({}, (entity) => other.push(entity.userId));
  await settled();
  page.client.emit('told', { topic: 's_stat', body: ONLINE });
  page.client.emit('told', { topic: 's_stat', body: { ...ONLINE, subUserId: 'bob' } });
  page.client.emit('told', { topic: 's_us', body: { version: 1, reserve: false } });
  assert.deepEqual(heard, [['ada', [['Websocket', true, 3], ['Websocket', true, 3]]]]);
  assert.deepEqual(other, ['ada', 'bob'], 'without ids all that is told');
  page.client.status(0, 'connected');
  await until(() => page.client.all('ask').length === 2);
  assert.deepEqual(page.client.last('ask').args, ['subUserStatus', null, { userid: ['ada'] }]);
});

test('another listener takes the place of the first one, unless there may be several', async () => {
  const page = await connected();
  const heard = [];
  const listen = async (name, params) => {
    page.im.setUserStatusListener({ userIds: ['ada'], ...params }, () => heard.push(name));
    await settled();
    page.client.last('ask')?.resolve({});
    await settled();
  };
  await listen('first');
  await until(() => page.client.all('ask').length === 1);
  page.client.last('ask').resolve({});
  await settled();
  await listen('second');
  await listen('third', { multiple: true });
  heard.length = 0;
  page.client.emit('told', { topic: 's_stat', body: ONLINE });
  assert.deepEqual(heard, ['second', 'third']);
});

test('quiet hours are delivered as a time and minutes', async () => {
  const page = await connected();
  const items = (value) => ({ version: 1, items: [{ key: 'offlineMsgDur', value: '3' }, { key: 'hyQuiet', value }] });
  const { told: list, asked: questions } = await told(page, 'getNotificationQuietHours', [], [items('{"start":"22:00:00","minutes":480}')]);
  assert.deepEqual([list, questions], [[['onSuccess', '22:00:00', 480]], [['pullUS', null, { version: 0 }]]]);
  for (const answer of [items('{'), items('{"start":"25:00:00","minutes":480}'), { version: 0, items: [] }]) {
    assert.deepEqual((await told(page, 'getNotificationQuietHours', [], [answer])).told, [['onSuccess', '', 0]]);
  }
});

test('getUserInfo without an application server is answered by the IM server', async () => {
  const realFetch = globalThis.fetch;
  globalThis.fetch = async () => {
    throw new TypeError('nobody there');
  };
  try {
    const page = await connected();
    const { told: list, asked: questions } = await told(page, 'getUserInfo', ['ada'], [{ userId: 'ada', userName: 'Ada', userPortrait: 'p' }]);
    assert.deepEqual(list, [['onSuccess', { id: 'ada', userId: 'ada', name: 'Ada', portrait: 'p' }]]);
    assert.deepEqual(questions, [['userInf', 'ada']]);
  } finally {
    globalThis.fetch = realFetch;
  }
});
