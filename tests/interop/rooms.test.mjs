// The published imlib-v2 2.9.2, unmodified, in chatrooms of our server.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../e2e/lib/demo.mjs';
import { launch, newPage } from '../e2e/lib/browser.mjs';
import { Server } from '../e2e/lib/server.mjs';
import { callApi } from '../e2e/lib/server-api.mjs';
import { RivalPages } from './lib/rival.mjs';

const CHATROOM = 4;
const SECRET = 'rooms-secret-1';
let browser;
let server;
let rivals;

before(async () => {
  const settings = { send_rate: 0, chatroom_on_join: false, app_secret: SECRET };
  [browser, server, rivals] = await Promise.all([launch(), Server.start(settings), RivalPages.serve()]);
});
after(async () => {
  await browser?.close();
  await Promise.all([rivals?.close(), server?.stop()]);
});

const api = (path, fields) => callApi(server, SECRET, `/${path}.json`, fields);

async function rivalOf(name, options) {
  const rival = await rivals.login(browser, server, await server.signIn(name), undefined, options);
  assert.ok(rival.login.userId, `connect failed: ${JSON.stringify(rival.login)}`);
  return rival;
}

const done = async (answer) => {
  const { error, value } = await answer;
  assert.equal(error, undefined);
  return value;
};
/** This client calls nobody back whose join was refused: it fails inside. */
async function refused(who, room) {
  const joined = who.inRoom('joinChatRoom', room, 0).catch(() => 'closed');
  const answer = await Promise.race([joined, sleep(1000)]);
  assert.equal(answer, undefined, 'it was not refused');
}
const texts = (who) => who.messages().then((messages) => messages.map(({ text }) => text));
const sees = (who, expected) =>
  eventually(() => texts(who), (seen) => seen.length >= expected.length, `should see ${expected}`)
    .then((seen) => assert.deepEqual(seen, expected));

describe('chatrooms of imlib-v2 2.9.2', { timeout: 120_000 }, () => {
  for (const [link, options] of [['a socket', {}], ['long polling', { connectionType: 'comet' }]]) {
    it(`are joined, spoken in and left over ${link}`, async () => {
      const room = `room-${link.split(' ').at(-1)}`;
      await api('chatroom/create', { [`chatroom[${room}]`]: 'Geese' });
      const [ada, ben] = [await rivalOf(`${room}-ada`, options), await rivalOf(`${room}-ben`, options)];
      await done(ada.inRoom('joinChatRoom', room, 0));
      assert.ok((await ada.send(room, 'before', CHATROOM)).messageUId);
      await done(ben.inRoom('joinChatRoom', room, 10));
      await sees(ben, ['before']);
      for (const text of ['one 你好 😀', 'two']) assert.ok((await ada.send(room, text, CHATROOM)).messageUId);
      await sees(ben, ['before', 'one 你好 😀', 'two']);
      assert.ok((await ben.send(room, 'back', CHATROOM)).messageUId);
      await sees(ada, ['back']);
      const [got] = await ada.messages();
      assert.deepEqual([got.conversationType, got.targetId, got.senderUserId], [CHATROOM, room, ben.login.userId]);
      const info = await done(ada.inRoom('getChatRoomInfo', room, 10, 2));
      assert.deepEqual([info.userTotalNums, info.userInfos.map(({ id }) => id)], [2, [ben, ada].map(({ login }) => login.userId)]);
      const page = await ada.inRoom('getChatRoomHistoryMessages', room, 3, 0);
      assert.deepEqual([page.value.map(({ content }) => content.content), page.more], [['one 你好 😀', 'two', 'back'], true]);
      await done(ben.inRoom('quitChatRoom', room));
      assert.deepEqual(await ben.send(room, 'x', CHATROOM), { error: 23406 });
    });
  }

  it('share entries', async () => {
    await api('chatroom/create', { 'chatroom[shared]': 'Shared' });
    const [cyd, dan] = [await rivalOf('kv-cyd'), await rivalOf('kv-dan')];
    await done(cyd.inRoom('joinChatRoom', 'shared', -1));
    await done(cyd.inRoom('setChatroomEntry', 'shared', { key: 'topic', value: 'geese 鸿雁' }));
    await done(dan.inRoom('joinChatRoom', 'shared', -1));
    await eventually(() => dan.inRoom('getChatroomEntry', 'shared', 'topic'), ({ value }) => value === 'geese 鸿雁', 'dan should have it');
    const own = { key: 'seat', value: 'dan', isAutoDelete: true, isSendNotification: true, notificationExtra: 'sat down' };
    await done(dan.inRoom('setChatroomEntry', 'shared', own));
    await eventually(() => cyd.inRoom('getAllChatroomEntries', 'shared'), ({ value }) => value?.seat === 'dan', 'cyd should hear of it');
    await eventually(() => cyd.messages(), (seen) => seen.some(({ objectName }) => objectName === 'RC:chrmKVNotiMsg'), 'cyd should get the notice');
    assert.deepEqual(await cyd.inRoom('setChatroomEntry', 'shared', { key: 'seat', value: 'cyd' }), { error: 23424 });
    await done(cyd.inRoom('forceSetChatroomEntry', 'shared', { key: 'seat', value: 'cyd' }));
    await eventually(() => dan.inRoom('getChatroomEntry', 'shared', 'seat'), ({ value }) => value === 'cyd', 'dan should hear of it');
    await done(cyd.inRoom('removeChatroomEntry', 'shared', { key: 'seat' }));
    await eventually(() => dan.inRoom('getAllChatroomEntries', 'shared'), ({ value }) => value && !('seat' in value), 'it should be gone');
  });

  it('refuse by the codes of 2.x', async () => {
    const eve = await rivalOf('refused-eve');
    await refused(eve, 'nowhere');
    assert.deepEqual(await eve.send('nowhere', 'x', CHATROOM), { error: 23406 });
    await api('chatroom/create', { 'chatroom[muted]': 'Muted' });
    await done(eve.inRoom('joinChatRoom', 'muted', 0));
    await api('chatroom/user/gag/add', { chatroomId: 'muted', userId: eve.login.userId, minute: '1' });
    assert.deepEqual(await eve.send('muted', 'x', CHATROOM), { error: 23408 });
    await api('chatroom/user/block/add', { chatroomId: 'muted', userId: eve.login.userId, minute: '1' });
    assert.deepEqual(await eve.send('muted', 'x', CHATROOM), { error: 23409 });
    await refused(eve, 'muted');
    const { isInChrm } = await api('chatroom/user/exist', { chatroomId: 'muted', userId: eve.login.userId });
    assert.equal(isInChrm, false);
  });

  it('are joined again by themselves when the link was cut', async () => {
    await api('chatroom/create', { 'chatroom[again]': 'Again' });
    const page = await newPage(browser);
    const fay = await rivals.login(browser, server, await server.signIn('again-fay'), page);
    const gil = await rivalOf('again-gil');
    for (const who of [fay, gil]) await done(who.inRoom('joinChatRoom', 'again', 0));
    await server.kill();
    await server.up();
    await eventually(() => fay.statuses(), (seen) => seen.lastIndexOf(0) > seen.indexOf(0), 'fay should be back');
    const sent = async () => (await gil.send('again', 'still here', CHATROOM)).messageUId;
    await eventually(sent, (uid) => uid !== undefined, 'gil should be in the room again');
    await eventually(() => texts(fay), (seen) => seen.includes('still here'), 'fay should hear it');
  });
});
