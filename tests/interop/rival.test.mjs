// The published imlib-v2 2.9.2, unmodified, on our server: alone, and with our SDK on the other side.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../e2e/lib/demo.mjs';
import { launch, newPage } from '../e2e/lib/browser.mjs';
import { SdkPages } from '../e2e/lib/sdk-page.mjs';
import { Server } from '../e2e/lib/server.mjs';
import { Ours } from './lib/ours.mjs';
import { RivalPages } from './lib/rival.mjs';

const HELLO = 'hello 你好 😀 "quoted" \\ <b>';
let browser;
let server;
let rivals;
let ours;

before(async () => {
  [browser, server, rivals, ours] = await Promise.all([
    launch(), Server.start({ send_rate: 0, multi_device: true }), RivalPages.serve(), SdkPages.serve(),
  ]);
});
after(async () => {
  await browser?.close();
  await Promise.all([rivals?.close(), ours?.close(), server?.stop()]);
});

const texts = (messages) => messages.map((message) => message.text);
const seesTexts = (who, expected) =>
  eventually(async () => texts(await who.messages()), (seen) => seen.length >= expected.length, `should see ${expected.length} messages`)
    .then((seen) => assert.deepEqual(seen, expected));

async function rivalOf(name, page) {
  const rival = await rivals.login(browser, server, await server.signIn(name), page);
  assert.ok(rival.login.userId, `connect failed: ${JSON.stringify(rival.login)}`);
  return rival;
}
const oursOf = async (name) => Ours.login(ours, browser, server, await server.signIn(name));

describe('imlib-v2 2.9.2', { timeout: 120_000 }, () => {
  it('two of them talk through our server', async () => {
    const [ada, ben] = [await rivalOf('rival-ada'), await rivalOf('rival-ben')];
    const sent = await ada.send(ben.login.userId, HELLO);
    assert.ok(sent.messageUId && sent.sentTime > 0, JSON.stringify(sent));
    await seesTexts(ben, [HELLO]);
    const [got] = await ben.messages();
    assert.deepEqual(
      { uid: got.messageUId, from: got.senderUserId, target: got.targetId, type: got.conversationType, time: got.sentTime },
      { uid: sent.messageUId, from: ada.login.userId, target: ada.login.userId, type: 1, time: sent.sentTime },
    );
    const [row] = await ben.conversations();
    assert.deepEqual(row, { targetId: ada.login.userId, text: HELLO });
  });

  it('talks with our SDK, both ways, in order', async () => {
    const [cyd, dan] = [await rivalOf('rival-cyd'), await oursOf('our-dan')];
    const numbered = (who) => Array.from({ length: 20 }, (_, n) => `${who} ${n} 你好😀`);
    const [there, back] = [numbered('there'), numbered('back')];
    const sendAll = async (who, to, all) => {
      for (const text of all) assert.ok((await who.send(to, text)).messageUId, text);
    };
    await Promise.all([sendAll(cyd, dan.userId, there), sendAll(dan, cyd.login.userId, back)]);
    await seesTexts(dan, there);
    await seesTexts(cyd, back);
    const [row] = await dan.conversations();
    assert.equal(row.targetId, cyd.login.userId);
    assert.equal(row.unread, 20);
  });

  it('gets on its next login what our SDK sent while it was away', async () => {
    const page = await newPage(browser);
    const [eve, fay] = [await rivalOf('rival-eve', page), await oursOf('our-fay')];
    await fay.send(eve.login.userId, 'before');
    await seesTexts(eve, ['before']);
    await eve.disconnect();
    await fay.send(eve.login.userId, 'away 1');
    await fay.send(eve.login.userId, 'away 2');
    const back = await rivalOf('rival-eve', page);
    await seesTexts(back, ['away 1', 'away 2']);
  });

  it('sees on one device what our SDK sent from another login of the same user', async () => {
    const [gil, gil2, hal] = [await rivalOf('both-gil'), await oursOf('both-gil'), await rivalOf('rival-hal')];
    await gil2.send(hal.login.userId, 'from the other device');
    await seesTexts(gil, ['from the other device']);
    const [copy] = await gil.messages();
    assert.deepEqual([copy.messageDirection, copy.targetId], [1, hal.login.userId]);
    await gil.send(hal.login.userId, 'and back');
    await seesTexts(gil2, ['and back']);
    const [mirrored] = await gil2.messages();
    assert.deepEqual([mirrored.direction, mirrored.conversation.targetId], ['sent', hal.login.userId]);
    await seesTexts(hal, ['from the other device', 'and back']);
  });

  it('talks in a group, and whoever was away gets it all in order', async () => {
    const page = await newPage(browser);
    const [lea, mo] = [await rivalOf('group-lea'), await rivalOf('group-mo', page)];
    const { token } = await server.signIn('group-lea');
    const group = await server.post('/demo/groups', { token, name: 'geese', members: ['group-mo', 'group-ned'] });
    const { messageUId } = await lea.send(group.groupId, 'oops', 3);
    await eventually(() => mo.messages(), (seen) => seen.some(({ text }) => text === 'oops'), 'mo should see it');
    const [got] = (await mo.messages()).filter(({ text }) => text === 'oops');
    assert.deepEqual([got.conversationType, got.targetId, got.senderUserId], [3, group.groupId, lea.login.userId]);
    assert.equal((await lea.send(group.groupId, '@ned', 3, ['group-ned'])).error, undefined);
    assert.deepEqual(await lea.recall(messageUId), {});
    await eventually(() => mo.messages(), (seen) => seen.some(({ recalled }) => recalled === messageUId), 'mo should see the recall');
    const outsider = await rivalOf('group-outsider');
    assert.deepEqual(await outsider.send(group.groupId, 'x', 3), { error: 22406 });
    const ned = await rivalOf('group-ned');
    const names = ['RC:GrpNtf', 'RC:RcNtf', 'RC:TxtMsg', 'RC:RcCmd'];
    await eventually(() => ned.messages(), (seen) => seen.length >= names.length, 'ned should see everything');
    assert.deepEqual((await ned.messages()).map(({ objectName }) => objectName), names);
  });

  it('is told that its token is wrong', async () => {
    const { appKey } = await server.signIn('rival-ida');
    const rival = await rivals.login(browser, server, { appKey, token: 'nonsense' });
    assert.ok(rival.login.error !== undefined, JSON.stringify(rival.login));
  });
});

describe('imlib-v2 2.9.2 that polls', { timeout: 120_000 }, () => {
  const COMET = { connectionType: 'comet' };
  const cometOf = async (name, page) => {
    page ??= await newPage(browser);
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    page.on('websocket', () => asked.push('a WebSocket'));
    const rival = await rivals.login(browser, server, await server.signIn(name), page, COMET);
    assert.ok(rival.login.userId, `connect failed: ${JSON.stringify(rival.login)}`);
    return Object.assign(rival, { asked });
  };

  it('talks with our SDK, both ways, in order, and reads what was said', async () => {
    const [ada, ben] = [await cometOf('comet-ada'), await oursOf('comet-ben')];
    const [there, back] = [['1', HELLO, '3'], ['4', HELLO, '6']];
    for (const text of there) assert.ok((await ada.send(ben.userId, text)).messageUId, text);
    await seesTexts(ben, there);
    for (const text of back) assert.ok((await ben.send(ada.login.userId, text)).messageUId, text);
    await seesTexts(ada, back);
    assert.deepEqual(await ada.history(ben.userId), { texts: [...there, ...back], hasMore: false });
    const [row] = await ada.conversations();
    assert.deepEqual(row, { targetId: ben.userId, text: '6' });
    assert.ok(ada.asked.includes('/pullmsg.js') && !ada.asked.includes('a WebSocket'), String(ada.asked));
  });

  it('gets on its next login what was sent while it was away', async () => {
    const page = await newPage(browser);
    const [cyd, dan] = [await cometOf('comet-cyd', page), await rivalOf('comet-dan')];
    await dan.send(cyd.login.userId, 'before');
    await seesTexts(cyd, ['before']);
    await cyd.disconnect();
    await page.goto('about:blank');
    await dan.send(cyd.login.userId, 'away');
    const back = await cometOf('comet-cyd', page);
    await seesTexts(back, ['away']);
  });
});

describe('imlib-v2 2.9.2 without multi_device', { timeout: 60_000 }, () => {
  let single;
  before(async () => {
    single = await Server.start();
  });
  after(() => single?.stop());

  it('is kicked with status 6 when the user logs in elsewhere', async () => {
    const account = await single.signIn('rival-kim');
    const first = await rivals.login(browser, single, account);
    const second = await rivals.login(browser, single, account);
    assert.ok(second.login.userId);
    await eventually(() => first.statuses(), (statuses) => statuses.includes(6), 'the first login should be kicked');
    assert.equal((await second.statuses()).includes(6), false);
  });
});
