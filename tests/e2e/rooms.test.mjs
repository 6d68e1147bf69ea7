// Ada, Ben and Cal in a chatroom, through hongyan/rooms, over links that break: nothing is lost, doubled or out of order,
// entries agree, and whoever is put out is told. Tabs share their rooms.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch } from './lib/browser.mjs';
import { eventually } from './lib/demo.mjs';
import { Device } from './lib/device.mjs';
import { Proxy } from './lib/proxy.mjs';
import { SdkPages } from './lib/sdk-page.mjs';
import { callApi } from './lib/server-api.mjs';
import { Server } from './lib/server.mjs';
import { Profile } from './lib/tab.mjs';

const SECRET = 'a-secret-of-this-test';
const HALL = 'hall';
const TIME = { timeout: 90_000 };

let world;
/** Between Ada and the server. */
let network;
let ada;
let ben;
let cal;

/** A tab in the hall; `window.said`: what was said there, `window.happened`: what else. */
async function enter(tab, history = 0, id = HALL) {
  await tab.page.evaluate(async ([room, count]) => {
    const { Rooms } = await import('/rooms.js');
    window.rooms ??= new Rooms(window.client);
    window.room = window.rooms.room(room);
    [window.said, window.happened] = [[], []];
    window.room.on('message', ({ content, objectName }) => window.said.push(objectName === 'RC:TxtMsg' ? content.content : objectName));
    for (const event of ['joined', 'rejoined', 'left', 'muted']) {
      window.room.on(event, (what) => window.happened.push(what?.error ? `${event} ${what.error.code} ${what.error.name}` : event));
    }
    await window.room.join({ history: count });
  }, [id, history]);
  return tab;
}

const say = (tab, text) => tab.page.evaluate((words) => window.room.send(words).then(({ messageUId }) => messageUId), text);
const said = (tab) => tab.page.evaluate(() => window.said);
const happened = (tab) => tab.page.evaluate(() => window.happened);
const entries = (tab) => tab.page.evaluate(() => window.room.entries);
const code = (tab, work, ...args) => tab.page.evaluate(async ([source, given]) => (0, eval)(source)(...given).then(() => 'done', (error) => `${error.code} ${error.name}`), [String(work), args]);
const hears = (tab, count) => eventually(() => said(tab), (list) => list.length >= count, `${tab.name} should hear ${count}`);
const happens = (tab, what) => eventually(() => happened(tab), (list) => list.includes(what), `${tab.name}: ${what}`);
const agree = (tabs, wanted) => Promise.all(tabs.map((tab) =>
  eventually(() => entries(tab), (all) => JSON.stringify(Object.entries(all).sort()) === JSON.stringify(Object.entries(wanted).sort()), `${tab.name} should see ${JSON.stringify(wanted)}`)));

before(async () => {
  const [browser, server, pages] = await Promise.all([launch(), Server.start({ multi_device: true, send_rate: 0, app_secret: SECRET }), SdkPages.serve()]);
  world = { browser, server, pages };
  network = await Proxy.to(server.port);
  await callApi(server, SECRET, '/chatroom/create.json', { 'chatroom[hall]': 'Hall', 'chatroom[cellar]': 'Cellar' });
  ada = await (await Profile.open(world, 'ada')).tab({ navigators: network.url });
  ben = await (await Profile.open(world, 'ben')).tab();
  cal = await (await Profile.open(world, 'cal')).tab();
});
after(async () => {
  await world?.browser.close();
  await world?.pages.close();
  await network?.close();
  await world?.server.stop();
});

describe('a chatroom', () => {
  it('has what was said before, members in their order, and no row in the list', TIME, async () => {
    await enter(ben);
    for (const text of ['one', 'two', 'three']) await say(ben, text);
    await enter(ada, 2);
    assert.deepEqual(await said(ada), ['two', 'three']);
    await enter(cal);
    assert.deepEqual(await said(cal), []);
    const { total, members } = await ada.page.evaluate(() => window.room.info({ count: 20, order: 'oldest' }));
    assert.deepEqual([total, members.map(({ userId }) => userId)], [3, ['ben', 'ada', 'cal']]);
    const rows = await ada.do((client) => client.conversations({ hidden: true }));
    assert.deepEqual(rows.filter(({ conversation }) => conversation.type === 4), []);
  });

  it('loses, doubles and disorders nothing over a link that breaks again and again', TIME, async () => {
    const texts = Array.from({ length: 60 }, (_, n) => `line ${n}`);
    const before = (await said(ada)).length;
    for (const [n, text] of texts.entries()) {
      await say(n % 2 ? ben : cal, text);
      if (n % 20 === 5) network.cut();
      if (n % 20 === 12) network.mend();
    }
    await hears(ada, before + texts.length);
    assert.deepEqual((await said(ada)).slice(before), texts);
    await happens(ada, 'rejoined');
    const own = ['from ada 1', 'from ada 2'];
    network.cut();
    const sent = Promise.all(own.map((text) => say(ada, text)));
    network.mend();
    await sent;
    for (const tab of [ben, cal]) assert.deepEqual((await hears(tab, 32)).filter((text) => own.includes(text)), own);
    assert.deepEqual((await said(ada)).filter((text) => own.includes(text)), [], 'an own message is told by its send');
  });

  it('shares entries that agree everywhere, also after a break', TIME, async () => {
    await ben.page.evaluate(() => window.room.setEntry('topic', 'Books'));
    await agree([ada, ben, cal], { topic: 'Books' });
    assert.equal(await code(cal, () => window.room.setEntry('topic', 'Films')), '23424 EntryOfAnotherUser');
    network.cut();
    await cal.page.evaluate(() => window.room.setEntry('topic', 'Films', { force: true, notify: true }));
    await cal.page.evaluate(() => window.room.setEntry('stage', 'cal', { autoDelete: true }));
    network.mend();
    await agree([ada, ben, cal], { topic: 'Films', stage: 'cal' });
    assert.ok((await eventually(() => said(ada), (list) => list.includes('RC:chrmKVNotiMsg'), 'the notice')).includes('RC:chrmKVNotiMsg'));
    await cal.page.evaluate(() => window.room.leave());
    await agree([ada, ben], { topic: 'Films' });
    assert.equal(await code(ben, () => window.room.removeEntry('none')), '23427 NoSuchEntry');
    assert.equal(await code(ben, () => window.room.setEntry('a b', 'x')), '33003 InvalidArgument');
    assert.equal(await code(cal, () => window.room.send('outside')), '23406 NotInChatroom');
    await enter(cal);
    await agree([cal], { topic: 'Films' });
  });

  it('has a history both ways', TIME, async () => {
    const read = (up) => ada.page.evaluate(async (fromStart) => {
      const all = [];
      let query = fromStart ? { after: 0, count: 7 } : { count: 7 };
      for (;;) {
        const { messages, hasMore, next } = await window.room.history(query);
        const texts = messages.map(({ content }) => content.content);
        if (fromStart) all.push(...texts);
        else all.unshift(...texts);
        if (!hasMore || messages.length === 0) return all.filter((text) => text?.startsWith('line'));
        query = fromStart ? { after: next, count: 7 } : { before: next, count: 7 };
      }
    }, up);
    const texts = Array.from({ length: 60 }, (_, n) => `line ${n}`);
    assert.deepEqual(await read(false), texts);
    assert.deepEqual(await read(true), texts);
  });

  it('tells who is muted, put out, or in a room that is closed', TIME, async () => {
    const { server } = world;
    await callApi(server, SECRET, '/chatroom/user/gag/add.json', { chatroomId: HALL, userId: 'cal', minute: '10' });
    assert.equal(await code(cal, () => window.room.send('hush')), '23408 MutedInChatroom');
    await happens(cal, 'muted');
    await callApi(server, SECRET, '/chatroom/user/block/add.json', { chatroomId: HALL, userId: 'cal', minute: '10' });
    await happens(cal, 'left 23409 KickedFromChatroom');
    assert.equal(await code(cal, () => window.room.join()), '23409 KickedFromChatroom');
    await callApi(server, SECRET, '/chatroom/destroy.json', { chatroomId: HALL });
    for (const tab of [ada, ben]) await happens(tab, 'left 23410 NoSuchChatroom');
  });
});

describe('tabs of one user', () => {
  it('share a room; it goes on when the tab with the link is closed, and is left with the last', TIME, async () => {
    const profile = await Profile.open(world, 'dan');
    const [one, two] = [await profile.tab(), await profile.tab()];
    await enter(ben, 0, 'cellar');
    await enter(one, 0, 'cellar');
    await enter(two, 0, 'cellar');
    assert.equal(profile.sockets.filter(({ open }) => open).length, 1);
    await say(ben, 'to both');
    for (const tab of [one, two]) assert.deepEqual(await hears(tab, 1), ['to both']);
    await one.page.close();
    for (const text of ['a', 'b', 'c']) await say(ben, text);
    assert.deepEqual(await hears(two, 4), ['to both', 'a', 'b', 'c']);
    const here = () => ben.page.evaluate(() => window.room.info().then(({ total }) => total));
    assert.equal(await here(), 2);
    const three = await enter(await profile.tab(), 0, 'cellar');
    await two.page.evaluate(() => window.room.leave());
    await say(ben, 'still');
    assert.deepEqual(await hears(three, 1), ['still']);
    assert.equal(await here(), 2);
    await three.page.evaluate(() => window.room.leave());
    await eventually(here, (total) => total === 1, 'the last tab has left');
  });
});

it('nobody comes into a room that is not there, is full, or has no name; nothing is changed by trying', TIME, async () => {
  const server = await Server.start({ send_rate: 0, app_secret: SECRET, chatroom_on_join: false, chatroom_members: 1 });
  try {
    await callApi(server, SECRET, '/chatroom/create.json', { 'chatroom[cell]': 'Cell' });
    const [dan, eve] = await Promise.all(['dan', 'eve'].map((name) => Device.open({ ...world, server }, name)));
    const join = ({ page }, id) => page.evaluate(async (room) => {
      const { Rooms } = await import('/rooms.js');
      window.rooms ??= new Rooms(window.run.client);
      try {
        await window.rooms.room(room).join();
        return 'joined';
      } catch (error) {
        return error.code;
      }
    }, id);
    const there = ({ page }) => page.evaluate(() => window.rooms.joined.map(({ id }) => id));
    assert.equal(await join(dan, 'nowhere'), 23410);
    assert.equal(await join(dan, ''), -3);
    assert.equal(await join(dan, 'cell'), 'joined');
    assert.equal(await join(eve, 'cell'), 23411);
    assert.deepEqual([await there(dan), await there(eve)], [['cell'], []]);
    const info = await dan.page.evaluate(() => window.rooms.room('cell').info({ count: 20 }));
    assert.deepEqual([info.total, info.members.map(({ userId }) => userId)], [1, ['dan']]);
    const set = (key, value) => dan.page.evaluate((given) => window.rooms.room('cell').setEntry(...given).then(() => 'set', ({ code: number }) => number), [key, value]);
    const refused = await Promise.all([['', 'v'], ['with space', 'v'], ['k'.repeat(129), 'v'], ['k', ''], ['k', 'v'.repeat(4097)]].map((given) => set(...given)));
    assert.ok(refused.every((number) => number === -3 || number === 33003), JSON.stringify(refused));
    assert.equal(await set('k'.repeat(128), 'v'.repeat(4096)), 'set');
    for (const { page } of [dan, eve]) {
      assert.deepEqual(page.problems, []);
      await page.context().close();
    }
  } finally {
    await server.stop();
  }
});
