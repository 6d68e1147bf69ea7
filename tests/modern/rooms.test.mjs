// hongyan/rooms over a client that does what a test tells it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BareRooms } from '../../pkg-template/rooms/rooms.js';

/** A client in whose server one room has entries. */
class Client {
  userId = 'me';
  asked = [];
  answers = { pullKV: () => ({ entries: [], bFullUpdate: false, syncTime: 0 }) };
  joins = () => {};
  #listeners = new Map();

  on(event, listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return () => this.#listeners.set(event, this.#listeners.get(event).filter((other) => other !== listener));
  }

  emit(event, ...what) {
    for (const listener of this.#listeners.get(event) ?? []) listener(...what);
  }

  async joinRoom(...given) {
    this.asked.push(['joinRoom', ...given]);
    return this.joins();
  }

  async leaveRoom(...given) {
    this.asked.push(['leaveRoom', ...given]);
  }

  async ask(topic, target, body) {
    this.asked.push([topic, target, body]);
    return (this.answers[topic] ?? (() => ({})))(body);
  }

  history(...given) {
    this.asked.push(['history', ...given]);
    return Promise.resolve({ messages: [], hasMore: false });
  }

  send() {
    return Promise.reject(failure(23408));
  }

  room(change, value = 0) {
    this.emit('room', { roomId: 'hall', change, value });
  }
}

const failure = (code) => Object.assign(new Error(`failure ${code}`), { code, origin: 'server' });
const fails = (promise) => promise.then(() => assert.fail('it did not fail'), (error) => error.code);
const turns = () => new Promise((resolve) => setTimeout(resolve, 0));
const message = (targetId, messageUId, objectName = 'RC:TxtMsg') => ({ conversation: { type: 4, targetId }, messageUId, objectName });
const entry = (key, value, more = {}) => ({ key, value, status: 2, uid: 'a', timestamp: 1, ...more });

async function inside(client = new Client()) {
  const rooms = new BareRooms(client);
  const room = rooms.room('hall');
  const told = [];
  for (const event of ['message', 'joined', 'rejoined', 'left', 'entries', 'muted']) room.on(event, (...what) => told.push([event, ...what]));
  await room.join({ history: 3 });
  return { client, rooms, room, told };
}

describe('coming and going', () => {
  test('messages of before are told before the join resolves, each to its room', async () => {
    const client = new Client();
    client.joins = () => client.emit('message', message('hall', 'U1'), { left: 0, hasMore: false });
    const { room, told, rooms } = await inside(client);
    assert.deepEqual(told.map(([event]) => event), ['message', 'joined']);
    assert.deepEqual(client.asked[0], ['joinRoom', 'hall', 3]);
    client.emit('message', message('cellar', 'U2'), {});
    client.emit('message', { ...message('hall', 'U3'), conversation: { type: 3, targetId: 'hall' } }, {});
    assert.equal(told.length, 2);
    assert.deepEqual(rooms.joined, [room]);
    assert.equal(rooms.room('hall'), room);
  });

  test('a history that follows is no failure of the join', async () => {
    const client = new Client();
    client.joins = () => Promise.reject(failure(36003));
    const { room } = await inside(client);
    assert.ok(room.joined && room.incomplete);
  });

  test('a refused join leaves nothing behind', async () => {
    const client = new Client();
    client.joins = () => Promise.reject(failure(23411));
    const rooms = new BareRooms(client);
    assert.equal(await fails(rooms.join('hall')), 23411);
    assert.equal(rooms.joined.length, 0);
    assert.equal(await fails(rooms.join('hall', { history: -1 })), -3);
    assert.throws(() => rooms.room(''), (error) => error.code === -3);
    assert.throws(() => new BareRooms({}), (error) => error.code === -3);
  });

  test('who leaves is told without a reason, who is put out with one, once', async () => {
    const one = await inside();
    await one.room.leave();
    one.client.room('left');
    assert.deepEqual(one.told.at(-1), ['left', { error: null }]);
    assert.equal(one.told.filter(([event]) => event === 'left').length, 1);
    const other = await inside();
    other.client.room('left', 23409);
    assert.equal(other.told.at(-1)[1].error.code, 23409);
    assert.equal(other.room.joined, false);
  });

  test('a message refused because of a mute is told', async () => {
    const { room, told, client } = await inside();
    client.emit('send', { conversation: { type: 4, targetId: 'hall' }, state: { name: 'failed', error: failure(23408) } });
    assert.deepEqual(told.at(-1), ['muted']);
    assert.equal(await fails(room.send('hello')), 23408);
  });

  test('members come in their order', async () => {
    const { room, client } = await inside();
    client.answers.queryChrmI = () => ({ userTotalNums: 2, userInfos: [{ id: 'a', time: '5' }] });
    assert.deepEqual(await room.info({ count: 1, order: 'newest' }), { total: 2, members: [{ userId: 'a', joinTime: 5 }] });
    assert.deepEqual(client.asked.at(-1), ['queryChrmI', 'hall', { count: 1, order: 2 }]);
    assert.equal(await fails(room.info({ order: 'best' })), -3);
  });

  test('classes that are left out are not told', async () => {
    const { rooms, told, client } = await inside();
    rooms.leaveOut(['RC:TxtMsg', 'RC:ImgMsg']);
    client.emit('message', message('hall', 'U1'), {});
    client.emit('message', message('hall', 'U2', 'RC:VcMsg'), {});
    assert.deepEqual(told.filter(([event]) => event === 'message').map(([, { messageUId }]) => messageUId), ['U2']);
  });
});

describe('entries', () => {
  test('E22 keys and values outside their limits are refused before anything is sent', async () => {
    const { room, client } = await inside();
    const before = client.asked.length;
    for (const [key, value] of [['', 'v'], ['k'.repeat(129), 'v'], ['k k', 'v'], ['名', 'v'], ['k', ''], ['k', 'v'.repeat(4097)], ['k', 7], [undefined, 'v']]) {
      assert.equal(await fails(room.setEntry(key, value)), 33003, `${key} ${value}`);
    }
    assert.equal(await fails(room.removeEntry('a b')), 33003);
    assert.equal(client.asked.length, before);
    await room.setEntry('k'.repeat(128), 'v'.repeat(4096));
    await room.setEntry('Az09_=+-', '名');
  });

  test('what is set leaves with its bits and its notice', async () => {
    const { room, client } = await inside();
    await room.setEntry('k', 'v', { force: true, autoDelete: true, notify: true, extra: 'e' });
    const [topic, , body] = client.asked.at(-2);
    assert.deepEqual([topic, body.entry], ['setKV', { key: 'k', value: 'v', uid: 'me', status: 3 }]);
    assert.deepEqual([body.bNotify, body.type, body.notification.classname], [true, 4, 'RC:chrmKVNotiMsg']);
    assert.deepEqual(JSON.parse(body.notification.content), { key: 'k', value: 'v', type: 1, extra: 'e' });
    await room.removeEntry('k');
    assert.deepEqual(client.asked.at(-2), ['delKV', 'hall', { entry: { key: 'k', value: '', uid: 'me', status: 4 } }]);
    await room.setEntry('k', 'v');
    assert.deepEqual(client.asked.at(-2)[2], { entry: { key: 'k', value: 'v', uid: 'me' } });
  });

  test('a refusal of the server has its number', async () => {
    const { room, client } = await inside();
    for (const code of [23423, 23424, 23426]) {
      client.answers.setKV = () => { throw failure(code); };
      assert.equal(await fails(room.setEntry('k', 'v')), code);
    }
    client.answers.delKV = () => { throw failure(23427); };
    assert.equal(await fails(room.removeEntry('k')), 23427);
  });

  test('the mirror is what the server has: changes, removals, everything anew', async () => {
    const client = new Client();
    client.answers.pullKV = () => ({ entries: [entry('a', '1'), entry('b', '2')], bFullUpdate: true, syncTime: 10 });
    const { room, told } = await inside(client);
    assert.deepEqual(room.entries, { a: '1', b: '2' });
    client.answers.pullKV = ({ timestamp }) => {
      assert.equal(timestamp, 10);
      return { entries: [entry('a', '3', { timestamp: 11 }), entry('b', '', { status: 6, timestamp: 12 })], syncTime: 12 };
    };
    client.room('attributes', 12);
    await turns();
    assert.deepEqual(told.at(-1), ['entries', { set: { a: '3' }, removed: ['b'] }]);
    client.answers.pullKV = () => ({ entries: [entry('c', '4')], bFullUpdate: true, syncTime: '13' });
    client.room('rejoined');
    await turns();
    assert.deepEqual(room.entries, { c: '4' });
    assert.deepEqual(told.at(-1), ['entries', { set: { c: '4' }, removed: ['a'] }]);
  });

  test('late and repeated notices, and answers that are older, do no harm', async () => {
    const client = new Client();
    client.answers.pullKV = () => ({ entries: [entry('a', 'new', { timestamp: 20 })], syncTime: 20 });
    const { room, told } = await inside(client);
    const pulls = () => client.asked.filter(([topic]) => topic === 'pullKV').length;
    const before = pulls();
    for (const time of [19, 20, 20]) client.room('attributes', time);
    assert.equal(pulls(), before);
    client.answers.pullKV = () => ({ entries: [entry('a', 'old', { timestamp: 5 })], syncTime: 21 });
    client.room('attributes', 21);
    await turns();
    assert.equal(room.entry('a'), 'new');
    assert.equal(told.filter(([event]) => event === 'entries').length, 1);
  });

  test("what others set without overwriting leaves another's entry as it is", async () => {
    const client = new Client();
    client.answers.pullKV = () => ({ entries: [entry('a', '1')], syncTime: 1 });
    const { room } = await inside(client);
    client.answers.pullKV = () => ({ entries: [entry('a', '2', { status: 0, uid: 'b', timestamp: 2 }), entry('n', '1', { status: 0 })], syncTime: 2 });
    client.room('attributes', 2);
    await turns();
    assert.deepEqual(room.entries, { a: '1', n: '1' });
  });

  test('a hundred notices during a pull are one more pull, and a set is in the mirror when it resolves', async () => {
    const client = new Client();
    const { room } = await inside(client);
    let release;
    client.answers.pullKV = () => new Promise((resolve) => { release = () => resolve({ entries: [], syncTime: 30 }); });
    client.room('attributes', 30);
    const before = client.asked.filter(([topic]) => topic === 'pullKV').length;
    for (let time = 31; time < 131; time += 1) client.room('attributes', time);
    const set = room.setEntry('k', 'v');
    await turns();
    client.answers.pullKV = () => ({ entries: [entry('k', 'v')], syncTime: 140 });
    release();
    await set;
    assert.equal(client.asked.filter(([topic]) => topic === 'pullKV').length, before + 1);
    assert.equal(room.entry('k'), 'v');
  });

  test('an answer that comes when the room was left is dropped', async () => {
    const client = new Client();
    const { room } = await inside(client);
    let release;
    client.answers.pullKV = () => new Promise((resolve) => { release = () => resolve({ entries: [entry('a', '1')], syncTime: 30 }); });
    client.room('attributes', 30);
    await room.leave();
    release();
    await turns();
    assert.deepEqual(room.entries, {});
  });
});
