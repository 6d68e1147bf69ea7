// `hongyan/rtc`: several users on a wire that delivers what they say.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { HongyanError } from '../../pkg/index.js';
import { CallEnd, CallRoom, Calls } from '../../pkg/rtc.js';

const fails = (promise) => promise.then(() => assert.fail('it did not fail'), (error) => error);
const START = 1_700_000_000_000;

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: START }));
afterEach(() => mock.timers.reset());

/** Users by name; a user may have several devices. */
function wire() {
  const devices = [];
  const sent = [];
  const deliver = (from, device, conversation, { objectName, body }, onlyTo) => {
    sent.push([from, objectName, body]);
    for (const other of devices) {
      const { userId } = other.client;
      const toPeer = conversation.type === 1 ? userId === conversation.targetId : onlyTo.includes(userId);
      const own = userId === from && other.client !== device;
      if (!own && (!toPeer || userId === from)) continue;
      const seen = conversation.type === 1 && !own ? { type: 1, targetId: from } : conversation;
      other.hear({ conversation: seen, senderUserId: from, direction: own ? 'sent' : 'received', objectName, content: body, sentTime: Date.now() });
    }
  };
  const user = (userId, options) => {
    const changes = [];
    const device = { hear: () => {} };
    device.client = {
      userId,
      serverTimeOffset: 0,
      on: (_event, listener) => {
        device.hear = listener;
        return () => {
          device.hear = () => {};
        };
      },
      submit(conversation, content, { onlyTo }) {
        if (device.cut) return { sent: Promise.reject(new HongyanError(31011, 'network')) };
        deliver(userId, device.client, conversation, content, onlyTo);
        return { sent: Promise.resolve({}) };
      },
    };
    devices.push(device);
    const calls = new Calls(device.client, options);
    calls.watch(({ what, userId: who }) => changes.push(`${what} ${who}`));
    return { calls, changes, device };
  };
  return { user, sent };
}

const classes = (sent) => sent.map(([from, objectName]) => `${from} ${objectName.slice(5)}`);

test('a call rings, is taken, changes its media and is hung up', async () => {
  const { user, sent } = wire();
  const [ada, bob] = [user('ada'), user('bob')];
  const begun = await ada.calls.start({ type: 1, targetId: 'bob' }, { mediaType: 2, extra: 'hi' });
  assert.deepEqual([begun.state, bob.calls.current.state, bob.calls.current.caller, bob.calls.current.extra], ['outgoing', 'incoming', 'ada', 'hi']);
  assert.deepEqual(ada.calls.current.members, [{ userId: 'bob', state: 'ringing', mediaType: 2 }]);
  mock.timers.tick(5_000);
  await bob.calls.accept({ mediaType: 1 });
  assert.deepEqual([ada.calls.current.state, bob.calls.current.state], ['connected', 'connected']);
  assert.deepEqual(ada.calls.current.members, [{ userId: 'bob', state: 'connected', mediaType: 1 }]);
  await bob.calls.setMediaType(2);
  let summary;
  ada.calls.watch((change) => (summary = change.summary));
  mock.timers.tick(60_000);
  await bob.calls.hangUp();
  assert.deepEqual([ada.calls.current, bob.calls.current], [null, null]);
  assert.deepEqual(ada.changes, ['ringing bob', 'accepted bob', 'media bob', 'ended bob']);
  assert.deepEqual(bob.changes, ['incoming bob', 'connected bob', 'media bob', 'ended bob']);
  assert.deepEqual(summary, {
    caller: 'ada', inviter: 'ada', mediaType: 2, memberIdList: ['bob'], startTime: START, connectedTime: START + 5_000, duration: 60_000, status: CallEnd.REMOTE_HANGUP,
  });
  assert.deepEqual(classes(sent), ['ada Invite', 'bob Ringing', 'bob Accept', 'bob ModifyMedia', 'bob Hangup'].map((one) => one));
});

test('a page that is not secure, which has no randomUUID, calls as well', async (t) => {
  t.mock.method(crypto, 'randomUUID', () => {
    throw new TypeError('crypto.randomUUID is not a function');
  });
  const { user } = wire();
  const [ada] = [user('ada'), user('bob')];
  const ids = [];
  for (let n = 0; n < 2; n += 1) {
    ids.push((await ada.calls.start({ type: 1, targetId: 'bob' })).id);
    await ada.calls.hangUp();
  }
  assert.ok(ids.every((id) => id.length >= 16) && ids[0] !== ids[1]);
});

for (const [title, act, mine, theirs] of [
  ['refused', ({ bob }) => bob.calls.hangUp(), CallEnd.REMOTE_REJECT, CallEnd.REJECT],
  ['cancelled', ({ ada }) => ada.calls.hangUp(), CallEnd.CANCEL, CallEnd.REMOTE_CANCEL],
]) {
  test(`a call that rings is ${title}`, async () => {
    const { user } = wire();
    const [ada, bob] = [user('ada'), user('bob')];
    const ends = [];
    for (const one of [ada, bob]) one.calls.watch(({ call }) => call.end && ends.push([one, call.end.reason]));
    await ada.calls.start({ type: 1, targetId: 'bob' });
    await act({ ada, bob });
    assert.equal(ends.find(([one]) => one === ada)[1], mine);
    assert.equal(ends.find(([one]) => one === bob)[1], theirs);
  });
}

test('nobody answers: both ends know it', async () => {
  const { user } = wire();
  const [ada, bob] = [user('ada', { ringMs: 30_000 }), user('bob')];
  const ends = [];
  ada.calls.watch(({ call }) => call.end && ends.push(call.end.reason));
  bob.calls.watch(({ call }) => call.end && ends.push(call.end.reason));
  await ada.calls.start({ type: 1, targetId: 'bob' });
  mock.timers.tick(29_999);
  assert.deepEqual(ends, []);
  mock.timers.tick(1);
  assert.deepEqual(ends.sort((one, other) => one - other), [CallEnd.NO_RESPONSE, CallEnd.REMOTE_NO_RESPONSE]);
});

test('who is in a call is busy for others', async () => {
  const { user } = wire();
  const [ada, bob, cy] = [user('ada'), user('bob'), user('cy')];
  await ada.calls.start({ type: 1, targetId: 'bob' });
  const ends = [];
  cy.calls.watch(({ call }) => call.end && ends.push(call.end.reason));
  await cy.calls.start({ type: 1, targetId: 'bob' });
  assert.deepEqual(ends, [CallEnd.REMOTE_BUSYLINE]);
  assert.equal(bob.calls.current.caller, 'ada');
  assert.equal((await fails(bob.calls.start({ type: 1, targetId: 'cy' }))).name, 'AlreadyInCall');
});

test('another device takes the call: this one stops ringing', async () => {
  const { user } = wire();
  const [ada, phone, laptop] = [user('ada'), user('bob'), user('bob')];
  await ada.calls.start({ type: 1, targetId: 'bob' });
  await phone.calls.accept();
  assert.equal(laptop.calls.current, null);
  assert.equal(laptop.changes.at(-1), 'ended bob');
  assert.equal(ada.calls.current.state, 'connected');
});

test('members of a group come, are brought in, and go one by one', async () => {
  const { user } = wire();
  const [ada, bob, cy, dan] = ['ada', 'bob', 'cy', 'dan'].map((name) => user(name));
  const group = { type: 3, targetId: 'g' };
  await ada.calls.start(group, { userIds: ['bob', 'cy'] });
  assert.equal(dan.calls.current, null, 'not invited');
  await bob.calls.accept();
  await ada.calls.invite(['dan']);
  assert.deepEqual([dan.calls.current.inviter, dan.calls.current.state], ['ada', 'incoming']);
  await cy.calls.hangUp();
  assert.deepEqual(ada.calls.current.members.map(({ userId, state }) => `${userId} ${state}`), ['bob connected', 'cy left', 'dan ringing']);
  await dan.calls.accept();
  await bob.calls.hangUp();
  assert.equal(ada.calls.current.state, 'connected');
  await dan.calls.hangUp();
  assert.equal(ada.calls.current, null);
});

test('invitations that are old, of others, or make no sense ring nowhere', async () => {
  const { user } = wire();
  const bob = user('bob');
  const invite = { callId: 'c', mediaType: 1, inviteUserIds: ['bob'], channelInfo: { Id: 'c', Key: '' } };
  const message = { conversation: { type: 3, targetId: 'g' }, senderUserId: 'ada', direction: 'received', objectName: 'RC:VCInvite', content: invite, sentTime: START };
  for (const wrong of [
    { sentTime: START - 60_001 }, { content: { ...invite, inviteUserIds: ['cy'] } }, { content: { ...invite, mediaType: 9 } }, { content: { ...invite, callId: '' } },
    { content: { ...invite, inviteUserIds: 'bob' } }, { senderUserId: 'bob' }, { objectName: 'RC:TxtMsg' }, { objectName: undefined },
  ]) bob.calls.hear({ ...message, ...wrong });
  assert.equal(bob.calls.current, null);
  bob.calls.hear(message);
  assert.equal(bob.calls.current.state, 'incoming');
  bob.calls.hear({ ...message, objectName: 'RC:VCHangup', content: { callId: 'another', reason: 3 } });
  assert.equal(bob.calls.current.state, 'incoming');
});

test('calls that cannot be meant begin nothing', async () => {
  const { user, sent } = wire();
  const ada = user('ada');
  for (const [to, options] of [
    [{ type: 4, targetId: 'r' }], [{ type: 1, targetId: '' }], [{ type: 3, targetId: 'g' }, { userIds: [] }], [{ type: 3, targetId: 'g' }, { userIds: ['ada'] }],
    [{ type: 1, targetId: 'bob' }, { mediaType: 3 }], [undefined],
  ]) assert.equal((await fails(ada.calls.start(to, options))).code, -3);
  for (const call of [() => ada.calls.accept(), () => ada.calls.hangUp(), () => ada.calls.setMediaType(1), () => ada.calls.invite(['bob'])]) {
    assert.equal((await fails(call())).name, 'NoCall');
  }
  assert.deepEqual(sent, []);
});

test('a call that cannot be begun is over', async () => {
  const { user } = wire();
  const ada = user('ada');
  ada.device.cut = true;
  assert.equal((await fails(ada.calls.start({ type: 1, targetId: 'bob' }))).code, 31011);
  assert.deepEqual([ada.calls.current, ada.changes], [null, ['ended ada']]);
});

test('a room pings while one is in it, and shares values', async () => {
  const asked = [];
  const answers = { rtcRJoin_data: { list: [{ userId: 'bob', userData: [{ key: 'k', value: 'v' }] }], token: 't' }, rtcQryData: { outInfo: [{ key: 'k', value: 'v' }] } };
  const client = {
    async ask(topic, target, body) {
      asked.push([topic, target, body]);
      if (answers[topic] instanceof Error) throw answers[topic];
      return answers[topic] ?? {};
    },
    send: async (to, content) => ({ to, content }),
  };
  const room = new CallRoom(client, 'r');
  assert.deepEqual(await room.join(), { members: { bob: { k: 'v' } }, token: 't', sessionId: null });
  mock.timers.tick(30_000);
  assert.equal(asked.filter(([topic]) => topic === 'rtcPing').length, 3);
  await room.set('k', 'v', { notice: { objectName: 'app:Mic', body: { on: 1 } } });
  assert.deepEqual(asked.at(-1), ['rtcSetData', 'r', { interior: true, target: 2, key: 'k', value: 'v', objectName: 'app:Mic', content: '{"on":1}' }]);
  assert.deepEqual(await room.get(['k'], { owner: 'room', interior: false }), { k: 'v' });
  assert.deepEqual(asked.at(-1), ['rtcQryData', 'r', { interior: false, target: 1, key: ['k'] }]);
  assert.deepEqual((await room.send('hello')).to, { type: 12, targetId: 'r' });
  answers.rtcQryData = new HongyanError(40001, 'server');
  assert.equal((await fails(room.get())).name, 'NotInCallRoom');
  for (const wrong of [() => room.set('', 'v'), () => room.set('k', 7), () => room.get('k'), () => room.get([], { owner: 'bob' })]) {
    assert.equal((await fails(wrong())).code, -3);
  }
  await room.leave();
  const before = asked.length;
  mock.timers.tick(60_000);
  assert.equal(asked.length, before);
  assert.throws(() => new CallRoom(client, ''), { code: -3 });
});
