// One link for all tabs of a user: who holds it, what the others hear, and what happens when it is handed over.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Seat } from '../../pkg-template/tabs/seat.js';
import { Sends } from '../../pkg-template/sends.js';
import { Shown } from '../../pkg-template/tabs/shown.js';
import { FakeChannel, FakeCore, install } from './lib/tabs.mjs';

const [CONNECTED, DISCONNECTED] = [0, 2];
const NAME = 'hongyan-leader:state';
let storage;

beforeEach(() => {
  storage = install();
  FakeCore.user = 'state';
});

/** A tab: its seat, the cores it made, and what its client was told. */
class Tab {
  cores = [];
  told = [];
  #calls = 0;

  constructor({ shared = true, snapshot = () => [], asks = false } = {}) {
    this.snapshot = snapshot;
    const make = (page) => {
      this.cores.push(new FakeCore(page));
      return this.core;
    };
    const hear = (...fact) => this.told.push(fact);
    this.seat = new Seat({ make, hear, snapshot: () => this.snapshot(), listed: () => true, asks: () => asks, guarded: (work) => work(), shared });
  }

  get core() {
    return this.cores.at(-1);
  }

  run(method, ...args) {
    this.#calls += 1;
    this.seat.run(this.#calls, method, args);
    return this.#calls;
  }

  /** What was told of that name. */
  of(name) {
    return this.told.filter(([told]) => told === name).map(([, ...what]) => what);
  }
}

const settle = async () => {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
};

/** Time passes, second by second. */
async function pass(t, seconds) {
  for (let passed = 0; passed < seconds; passed += 1) {
    t.mock.timers.tick(1_000);
    await settle();
  }
}

const clocks = (t) => t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_000_000 });

/** Tabs that are connected, one after the other: the first leads. */
async function tabs(t, count, options) {
  clocks(t);
  const all = [];
  for (let made = 0; made < count; made += 1) {
    const tab = new Tab(options);
    tab.run('connect', `token ${made}`, undefined);
    all.push(tab);
    await settle();
    if (made === 0) {
      tab.core.page.tell(0, CONNECTED, 0, 0);
      tab.core.page.tellText(2, 0, 'ada');
    }
  }
  return all;
}

const send = (text, id, flags = 6) => [1, 'bob', 'RC:TxtMsg', text, id, flags, undefined, [], '', '', 0, { clientId: id, content: { content: text } }];
const stop = (all) => all.forEach(({ seat }) => seat.stop());

test('one of them has a core; the others hear what it tells, in order', async (t) => {
  const all = await tabs(t, 4);
  const [leader, ...followers] = all;
  assert.deepEqual(all.map(({ core }) => core.stopped), [false, true, true, true]);
  assert.equal(leader.core.owned, true);
  for (const { told } of all) told.length = 0;
  leader.core.page.tell(0, 3, 0, 0);
  leader.core.page.sendMoved('7', 1, 'bob', 2);
  leader.core.page.tell(0, CONNECTED, 0, 0);
  leader.core.page.gap('1', '9');
  await settle();
  const wanted = [['status', 3], ['sendMoved', '7', 1, 'bob', 2], ['status', CONNECTED], ['gap', '1', '9']];
  for (const { told } of all) assert.deepEqual(told, wanted);
  await pass(t, 30);
  assert.ok(followers.every(({ cores }) => cores.length === 1 && cores[0].freed), 'nobody took over');
  stop(all);
});

test('a tab that is alone says nothing to anybody until a second one comes', async (t) => {
  const [leader] = await tabs(t, 1);
  const before = FakeChannel.said;
  leader.core.page.tell(0, 3, 0, 0);
  await pass(t, 60);
  assert.equal(FakeChannel.said, before);
  stop([leader]);
});

test('a follower learns what holds, and connects with the login there is', async (t) => {
  const snapshot = () => [['status', CONNECTED], ['signedIn', 'ada', 5]];
  const [leader, follower] = await tabs(t, 2, { snapshot });
  assert.deepEqual(follower.of('signedIn'), [['ada', 5]]);
  assert.deepEqual(follower.of('status'), [[CONNECTED]]);
  const [, asked] = leader.core.of('connect');
  assert.equal(asked[2], 'token 0', "another token would replace the leader's login");
  leader.core.page.tellText(0, asked[1], 'ada');
  await settle();
  assert.deepEqual(follower.of('resolve'), [[1, { userId: 'ada' }]]);
  assert.deepEqual(leader.of('resolve'), [], 'nobody else is answered');
  stop([leader, follower]);
});

test('a follower hears of each conversation once', async (t) => {
  const [leader, follower] = await tabs(t, 2);
  const [[, call]] = leader.core.of('conversations');
  leader.core.page.tell(5, call, 0, 0);
  await settle();
  assert.deepEqual([leader.of('changed'), follower.of('changed')], [[], []], 'there is none');
  assert.deepEqual(follower.of('resolve'), []);
  stop([leader, follower]);
});

test('a token of a follower is used where the session has ended', async (t) => {
  const [leader, follower] = await tabs(t, 2);
  follower.run('disconnect');
  await settle();
  assert.equal(leader.core.of('disconnect').length, 1);
  leader.core.page.tell(0, DISCONNECTED, 0, 0);
  await settle();
  assert.deepEqual(follower.of('status').at(-1), [DISCONNECTED], 'the session ends in all of them');
  follower.run('connect', 'token 1', undefined);
  await settle();
  assert.deepEqual(leader.core.of('connect').at(-1).slice(2), ['token 1', 'ada'], 'the user is known');
  stop([leader, follower]);
});

test('a follower renews the token of a leader that cannot', async (t) => {
  clocks(t);
  const [leader, follower] = [new Tab(), new Tab()];
  leader.run('connect', 'token', undefined);
  await settle();
  follower.run('connectAsking', 'ada');
  await settle();
  leader.core.page.tell(0, 15, 0, 0);
  await settle();
  follower.run('connectAsking', 'ada');
  await settle();
  assert.equal(leader.core.of('connectAsking').length, 1);
  leader.core.page.tell(9, 4, 0, 0);
  await settle();
  assert.deepEqual([leader.of('tokenWanted'), follower.of('tokenWanted')], [[], [[4, 0]]]);
  follower.seat.say('token', [4, 'fresh']);
  await settle();
  assert.deepEqual(leader.core.of('token'), [['token', 4, 'fresh']]);
  stop([leader, follower]);
});

test('each tab gets its own answers, and all hear of each send', async (t) => {
  const all = await tabs(t, 3);
  const [leader, second, third] = all;
  const [own, calls] = [leader.run('send', ...send('a', '1')), [second.run('send', ...send('b', '2')), third.run('send', ...send('c', '3'))]];
  await settle();
  const sends = leader.core.of('send');
  assert.deepEqual(sends.map(([, , , , , text]) => text), ['a', 'b', 'c']);
  assert.equal(new Set(sends.map(([, call]) => call)).size, 3, 'numbers do not meet');
  for (const [, call, type, target, , , id] of sends) {
    leader.core.page.sendKept(id, type, target, `uid ${id}`, 9);
    leader.core.page.tellText(1, call, id);
  }
  await settle();
  assert.deepEqual(all.map((tab) => tab.of('sent')), [[[own, '1']], [[calls[0], '2']], [[calls[1], '3']]]);
  for (const tab of all) {
    assert.deepEqual(tab.of('sendKept').map(([id]) => id), ['1', '2', '3']);
    assert.deepEqual(tab.of('outgoing').map(([{ clientId }]) => clientId), ['1', '2', '3']);
  }
  stop(all);
});

test('what the core refuses is told to the tab that asked', async (t) => {
  const [leader, follower] = await tabs(t, 2);
  leader.core.ask = () => { throw -3; };
  leader.core.send = () => { throw 33003; };
  follower.run('ask', 'x', undefined, '{}');
  follower.run('send', ...send('a', 'no id'));
  follower.run('history', 1, 'bob', () => {});
  await settle();
  assert.deepEqual(follower.of('refuse'), [[2, -3], [3, 33003]]);
  assert.deepEqual(follower.of('reject'), [[4, -3, 'caller']], 'what cannot be copied');
  assert.deepEqual(leader.of('outgoing'), [], 'what was refused is not under way');
  stop([leader, follower]);
});

test('a leader that goes is replaced at once, and what was under way is said again', async (t) => {
  const all = await tabs(t, 3);
  const [leader, second, third] = all;
  const calls = [second.run('send', ...send('b', '2')), second.run('ask', 'x', undefined, '{}'), third.run('send', ...send('c', '3'))];
  const fleeting = third.run('send', ...send('typing', '4', 0));
  await settle();
  leader.seat.stop();
  await settle();
  assert.equal(second.cores.length, 2);
  assert.equal(third.cores.length, 1);
  assert.equal(second.core.owned, true);
  assert.deepEqual(second.core.of('connect').map(([, , token, user]) => [token, user]).at(0), ['token 1', undefined]);
  assert.deepEqual(second.core.of('send').map(([, , , , , text]) => text), ['b', 'c'], 'a fleeting one is not repeated');
  assert.deepEqual(second.of('reject'), [[calls[1], 31011, 'network']], 'the server may have heard the question');
  assert.deepEqual(third.of('reject'), [[fleeting, 31011, 'network']]);
  assert.deepEqual(third.of('sendFailed').map(([id]) => id), ['4']);
  second.core.page.tellText(1, second.core.of('send')[1][1], '3');
  second.core.page.tellText(1, second.core.of('send')[0][1], '2');
  await settle();
  assert.deepEqual([second.of('sent'), third.of('sent')], [[[calls[0], '2']], [[calls[2], '3']]]);
  stop([second, third]);
});

test('what a leader has told is told in all tabs, even if it ends in the same turn', async (t) => {
  const [leader, follower] = await tabs(t, 2);
  leader.core.page.gap('1', '2');
  leader.core.page.sendKept('1', 1, 'bob', 'uid', 9);
  leader.seat.stop();
  assert.equal(leader.core.stopped, true);
  await settle();
  assert.deepEqual([follower.of('gap').length, follower.of('sendKept').length], [1, 1]);
  stop([follower]);
});

test('a core that has trapped is left alone; another tab goes on', async (t) => {
  const [leader, follower] = await tabs(t, 2);
  leader.seat.abandon();
  await settle();
  await pass(t, 1);
  assert.deepEqual([leader.core.stopped, leader.core.freed], [false, false]);
  assert.equal(follower.core.owned, true);
  stop([follower]);
});

test('a session that had ended stays ended under a new leader', async (t) => {
  const [leader, follower] = await tabs(t, 2);
  leader.core.page.tell(0, 5, 0, 0);
  for (const call of leader.core.of('connect')) leader.core.page.tell(4, call[1], 0, 0);
  await settle();
  leader.seat.stop();
  await settle();
  assert.deepEqual(follower.core.calls.map(([name]) => name), ['connect', 'disconnect']);
  stop([follower]);
});

test('C18 a leader that sleeps loses its office, writes nothing once it wakes, and follows', async (t) => {
  const [leader, follower] = await tabs(t, 2);
  const [channel] = FakeChannel.all;
  FakeChannel.asleep.set(channel, []);
  const { core } = leader;
  await pass(t, 3);
  assert.equal(follower.cores.length, 1, 'a busy leader keeps it');
  await pass(t, 2);
  assert.equal(follower.core.owned, true);
  const call = leader.told.length;
  core.page.tell(0, 3, 0, 0);
  assert.equal(leader.told.length, call, 'what its core says counts no more');
  assert.equal(core.page.owns(), false);
  follower.core.page.gap('1', '2');
  await settle();
  const missed = FakeChannel.asleep.get(channel);
  FakeChannel.asleep.delete(channel);
  for (const said of missed) channel.deliver(said);
  await settle();
  assert.equal(core.stopped, true);
  assert.deepEqual(leader.of('gap'), [['1', '2']], 'it missed nothing');
  leader.run('clearAllUnread');
  await settle();
  assert.equal(follower.core.of('clearAllUnread').length, 1);
  await pass(t, 20);
  assert.deepEqual([leader.cores.length, follower.cores.length], [1, 2], 'there is no fight about it');
  stop([leader, follower]);
});

test('C12 C18 a woken leader finds its number gone before it writes, whatever it has not heard yet', async (t) => {
  const [leader] = await tabs(t, 1);
  const { page } = leader.core;
  assert.equal(page.owns(), true);
  storage.kept.delete(NAME);
  assert.equal(page.owns(), true, 'storage was cleared: nobody took it');
  storage.setItem(NAME, '99999999999999');
  assert.equal(page.owns(), false);
  assert.equal(leader.core.stopped, true);
  stop([leader]);
});

test('C18 a leader that did not run for a while does nothing before it knows that it leads still', async (t) => {
  const [leader] = await tabs(t, 1);
  const { page } = leader.core;
  assert.equal(page.doubts(), false);
  t.mock.timers.tick(1_900);
  assert.equal(page.doubts(), false);
  t.mock.timers.tick(2_100);
  assert.deepEqual([page.doubts(), page.doubts()], [true, true]);
  assert.equal(leader.core.of('attend').length, 0);
  await settle();
  assert.equal(leader.core.of('attend').length, 1, 'it goes on');
  assert.equal(page.doubts(), false);
  t.mock.timers.tick(3_000);
  const { query } = navigator.locks;
  navigator.locks.query = () => new Promise(() => {});
  assert.equal(page.doubts(), true);
  t.mock.timers.tick(500);
  await settle();
  assert.equal(leader.core.of('attend').length, 2, 'a browser that says nothing ends nothing');
  navigator.locks.query = query;
  t.mock.timers.tick(3_000);
  assert.equal(page.doubts(), true);
  navigator.locks.request('state', { steal: true }, () => new Promise(() => {})).catch(() => {});
  await settle();
  assert.equal(leader.core.of('attend').length, 2, 'it was taken over: what waits is dropped');
  assert.equal(leader.core.stopped, true);
  stop([leader]);
});

test('a full storage keeps no number: the lock alone must do', async (t) => {
  storage.setItem = () => { throw new Error('full'); };
  const all = await tabs(t, 2);
  assert.deepEqual(all.map(({ core }) => core.stopped), [false, true]);
  assert.equal(all[0].core.page.owns(), true);
  stop(all);
});

test('a leader that never answers is replaced while the page still waits', async (t) => {
  clocks(t);
  navigator.locks.request('state', {}, () => new Promise(() => {})).catch(() => {});
  await settle();
  const tab = new Tab();
  tab.run('connect', 't', undefined);
  await pass(t, 2);
  assert.equal(tab.core.owned, null);
  await pass(t, 2);
  assert.equal(tab.core.owned, true);
  assert.equal(tab.cores.length, 1);
  stop([tab]);
});

test('a tab that wants to be alone is: the others work from memory', async (t) => {
  clocks(t);
  const [alone, other] = [new Tab({ shared: false }), new Tab()];
  for (const tab of [alone, other]) {
    tab.run('connect', 't', undefined);
    await settle();
    await pass(t, 1);
  }
  assert.deepEqual([alone.core.owned, other.core.owned], [true, false]);
  assert.equal(other.core.stopped, false);
  const third = new Tab({ shared: false });
  third.run('connect', 't', undefined);
  await pass(t, 1);
  assert.equal(third.core.owned, false);
  stop([alone, other, third]);
});

test('a leader of another version shares nothing', async (t) => {
  clocks(t);
  const channel = new FakeChannel('hongyan:state');
  navigator.locks.request('state', {}, () => new Promise(() => {})).catch(() => {});
  await settle();
  channel.onmessage = ({ data }) => channel.postMessage({ v: 99, kind: 'here', to: data.from, alone: true });
  const tab = new Tab();
  tab.run('connect', 't', undefined);
  await settle();
  assert.equal(tab.core.owned, false);
  channel.postMessage('nonsense');
  channel.postMessage(null);
  await settle();
  stop([tab]);
});

test('C19 without channels, locks or storage each stands alone', async (t) => {
  class Refused {
    constructor() {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    }
  }
  clocks(t);
  for (const [name, value] of [['BroadcastChannel', undefined], ['BroadcastChannel', Refused], ['localStorage', undefined]]) {
    install();
    Object.defineProperty(globalThis, name, { value, configurable: true });
    const all = [new Tab(), new Tab()];
    for (const tab of all) {
      tab.run('connect', 't', undefined);
      await settle();
      await pass(t, 1);
    }
    assert.deepEqual(all.map(({ core }) => [core.stopped, core.owned]), [[false, true], [false, false]], name);
    stop(all);
  }
});

test("another user's token makes a session of its own; what was under way ends here", async (t) => {
  const [leader, follower] = await tabs(t, 2);
  const call = follower.run('send', ...send('b', '2'));
  await settle();
  FakeCore.user = 'other';
  follower.run('connect', "eve's", undefined);
  await settle();
  assert.equal(follower.core.owned, true);
  assert.deepEqual(follower.of('reject').filter(([number]) => number === call), [[call, 31011, 'client']]);
  leader.core.page.gap('1', '2');
  await settle();
  assert.deepEqual(follower.of('gap'), []);
  stop([leader, follower]);
});

test('a page that goes to sleep hands its office over, and comes back to follow', async (t) => {
  const listeners = {};
  globalThis.document = {
    visibilityState: 'visible',
    addEventListener: (event, listener) => ((listeners[event] ??= []).push(listener)),
    removeEventListener: () => {},
  };
  const [leader, follower] = await tabs(t, 2);
  delete globalThis.document;
  listeners.freeze[0]({ type: 'freeze' });
  assert.equal(leader.core.stopped, true);
  await settle();
  assert.equal(follower.core.owned, true);
  listeners.resume[0]({ type: 'resume' });
  await settle();
  follower.core.page.gap('1', '2');
  await settle();
  assert.deepEqual(leader.of('gap'), [['1', '2']]);
  assert.equal(leader.cores.length, 1);
  stop([leader, follower]);
});

test('followers keep the clock of a leader that nobody sees', async (t) => {
  const [leader, follower] = await tabs(t, 2);
  await pass(t, 3);
  assert.deepEqual(leader.core.of('attend').map(([, seen]) => seen), [true, undefined, undefined]);
  stop([leader, follower]);
});

test('a core that asks for another user leaves the first', async (t) => {
  const [leader, follower] = await tabs(t, 2);
  leader.core.page.leave();
  leader.core.page.ask('other', (owned) => (leader.core.owned = owned));
  await settle();
  assert.equal(leader.core.owned, true);
  assert.equal(follower.core.owned, true, 'the first user has a leader again');
  stop([leader, follower]);
});

test('what was shown is not shown again in a session that begins, as far back as another leader may begin', () => {
  const shown = new Shown();
  for (const uid of ['a', '', 'b']) shown.isNew(uid);
  shown.begin();
  assert.deepEqual(['a', 'c', '', '', 'b', 'c'].map((uid) => shown.isNew(uid)), [false, true, true, true, false, false]);
  for (let n = 0; n < 4_000; n += 1) shown.isNew(`m${n}`);
  shown.begin();
  assert.deepEqual([shown.isNew('m2000'), shown.isNew('m3999'), shown.isNew('a')], [false, false, true]);
});

test('a send of another tab is known by its message once it is kept, and has none before', () => {
  const told = [];
  const sends = new Sends((change) => told.push(change));
  sends.note({ clientId: '1', content: { content: 'x' }, senderUserId: '' });
  sends.add({ clientId: '2' });
  sends.note({ clientId: '2' });
  assert.deepEqual([sends.has('1'), sends.has('2'), sends.underWay.length], [false, true, 2]);
  sends.moved('1', 1, 'bob', 2);
  assert.equal(told[0].message, null);
  assert.deepEqual(sends.kept('ada', '1', 1, 'bob', 'uid', 7), { clientId: '1', content: { content: 'x' }, senderUserId: 'ada', messageUId: 'uid', sentTime: 7 });
  assert.equal(sends.kept('ada', '2', 1, 'bob', 'uid 2', 8), null, 'its own tab shows it already');
  assert.equal(sends.kept('ada', '1', 1, 'bob', 'uid', 7), null);
  assert.equal(sends.underWay.some(({ clientId }) => clientId === '1'), false);
});
