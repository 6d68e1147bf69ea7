// `hongyan/people`, with a client that answers as told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HongyanError } from '../../pkg/index.js';
import { isQuiet, People } from '../../pkg/people.js';

const fails = (promise) => promise.then(() => assert.fail('it did not fail'), (error) => error);
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Answers by topic: a value, a failure, or a function of the question. */
function page(answers = {}) {
  const [asked, listeners] = [[], new Map()];
  const client = {
    async ask(topic, target, body) {
      asked.push([topic, target, body]);
      const answer = typeof answers[topic] === 'function' ? answers[topic](body) : answers[topic] ?? {};
      if (answer instanceof Error) throw answer;
      return answer;
    },
    on(event, listener) {
      listeners.set(event, listener);
      return () => listeners.delete(event);
    },
  };
  const emit = (event, ...what) => listeners.get(event)?.(...what);
  return { people: new People(client), asked, emit, listeners, answers };
}

test('a discussion, its owner and members', async () => {
  const answer = { channelId: 'd', channelName: 'geese', adminUserId: 'ada', firstTenUserIds: ['ada', 'me'], openStatus: 0 };
  const { people, asked } = page({ crDiz: { id: 'd' }, dizInf: answer });
  assert.equal(await people.createDiscussion('geese', ['ada', 'ada']), 'd');
  assert.deepEqual(await people.discussion('d'), { id: 'd', name: 'geese', ownerId: 'ada', memberIds: ['ada', 'me'], open: true });
  await people.setDiscussionOpen('d', false);
  assert.deepEqual(asked.slice(0, 2), [['crDiz', null, { name: 'geese' }], ['invtDiz', 'd', { users: ['ada'] }]]);
  assert.deepEqual(asked.at(-1), ['pdOpen', 'd', { openStatus: 1 }]);
});

test('failures have names, and arguments that cannot be meant ask nobody', async () => {
  const { people, asked } = page({ invtDiz: new HongyanError(21409, 'server'), userInf: new HongyanError(405, 'server'), blackStat: { status: 33003 } });
  const refused = await fails(people.invite('d', ['ada']));
  assert.ok(refused instanceof HongyanError);
  assert.deepEqual([refused.code, refused.name, refused.origin], [21409, 'InvitationRefused', 'server']);
  assert.equal((await fails(people.userInfo('ada'))).code, 405);
  assert.equal((await fails(people.isBlocked('ada'))).code, 33003);
  asked.length = 0;
  for (const wrong of [
    () => people.block(''), () => people.createDiscussion('', []), () => people.invite('d', 'ada'), () => people.watch([], () => {}),
    () => people.watch(['ada'], null), () => people.setStatus(1.5), () => people.setStatus(2 ** 31), () => people.setQuietHours('7:00:00', 1),
    () => people.setQuietHours('07:00:00', 1440),
  ]) assert.equal((await fails(wrong())).code, -3);
  assert.deepEqual(asked, []);
  assert.throws(() => new People({}), { code: -3 });
});

const ADA = { status: '{"us":[{"o":true,"p":"Websocket","s":3}]}', subUserId: 'ada' };

test('who is watched is told of, also after another login, until it is stopped', async () => {
  const { people, asked, emit } = page();
  const heard = [];
  const stop = await people.watch(['ada'], ({ online, status }) => heard.push([online, status]));
  const stat = (body) => emit('told', { topic: 's_stat', body });
  stat(ADA);
  stat({ ...ADA, subUserId: 'bob' });
  assert.deepEqual(heard, [[true, 3]]);
  const again = [];
  const stopAgain = await people.watch(['ada'], ({ userId }) => again.push(userId));
  assert.deepEqual([again, asked.length], [['ada'], 1], 'what is known is told, and the server asked once');
  emit('status', { code: 3 });
  emit('status', { code: 0 });
  await turn();
  assert.deepEqual(asked.at(-1), ['subUserStatus', null, { userid: ['ada'] }]);
  assert.equal(asked.length, 2);
  stop();
  stopAgain();
  stat(ADA);
  assert.deepEqual([heard.length, again.length], [1, 1]);
});

test('who is watched again is told of as it is by now, though the server says it once', async () => {
  const { people, asked, emit } = page();
  const stat = (status) => emit('told', { topic: 's_stat', body: { status, subUserId: 'ada' } });
  const stop = await people.watch(['ada'], () => {});
  stat(ADA.status);
  stop();
  const heard = [];
  const watch = () => people.watch(['ada'], ({ online }) => heard.push(online));
  (await watch())();
  stat('{"us":[]}');
  await watch();
  assert.deepEqual([heard, asked.length], [[true, false], 1]);
});

test('what nobody watches any more makes room, once there is none', async () => {
  let room = 1;
  const subUserStatus = ({ hyStop }) => {
    if (hyStop) room += 1;
    else if (room === 0) return new HongyanError(26022, 'server');
    else room -= 1;
    return {};
  };
  const { people, asked } = page({ subUserStatus });
  const stop = await people.watch(['ada'], () => {});
  assert.equal((await fails(people.watch(['bob'], () => {}))).name, 'WatchesTooMany');
  stop();
  await people.watch(['bob'], () => {});
  assert.deepEqual(asked.slice(-3).map(([, , body]) => body), [{ userid: ['bob'] }, { userid: ['ada'], hyStop: true }, { userid: ['bob'] }]);
});

test('presence is read from whatever the server says', async () => {
  for (const [status, online] of [[ADA.status, true], ['{"us":[{"o":0}]}', false], ['{"us":[null,7]}', false], ['[]', false], [undefined, false]]) {
    const { people } = page({ getUserStatus: { status } });
    const presence = await people.presence('ada');
    assert.deepEqual([presence.userId, presence.online], ['ada', online]);
  }
});

test('quiet hours of other devices are told', async () => {
  const hours = { start: '22:00:00', minutes: 480 };
  const { people, emit, asked } = page({ pullUS: { items: [{ key: 'hyQuiet', value: JSON.stringify(hours) }] } });
  const heard = [];
  const stop = people.onQuietHours((now) => heard.push(now));
  emit('told', { topic: 's_us', body: { version: 1, reserve: false } });
  await turn();
  await people.removeQuietHours();
  await people.setQuietHours('08:00:00', 60);
  assert.deepEqual(heard, [hours, null, { start: '08:00:00', minutes: 60 }]);
  stop();
  emit('told', { topic: 's_us', body: { version: 2, reserve: false } });
  await turn();
  assert.equal(asked.filter(([topic]) => topic === 'pullUS').length, 1, 'nobody wants to know');
});

test('it is quiet from the start for so many minutes, also over midnight', () => {
  const at = (time) => new Date(`2026-01-01T${time}`);
  const night = { start: '22:30:00', minutes: 480 };
  for (const [time, quiet] of [['22:29:59', false], ['22:30:00', true], ['00:00:00', true], ['06:29:59', true], ['06:30:00', false]]) {
    assert.equal(isQuiet(night, at(time)), quiet, time);
  }
  assert.equal(isQuiet(null), false);
  assert.equal(isQuiet({ start: 'x', minutes: 5 }), false);
});

test('after destroy nothing is heard', () => {
  const { people, listeners } = page();
  people.destroy();
  assert.equal(listeners.size, 0);
});
