// What pages of 2.x ask of the library itself, in Chromium against the real server: what waits for a user before any
// login, what an earlier RongIMLib left in the origin, the stand-in for protobuf.js.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { launch, newPage } from './lib/browser.mjs';
import { eventually } from './lib/demo.mjs';
import { SdkPages } from './lib/sdk-page.mjs';
import { callApi } from './lib/server-api.mjs';
import { Server } from './lib/server.mjs';

const TIME = { timeout: 60_000 };
const SECRET = 'a-secret-of-this-test';
let browser;
let server;
let pages;

before(async () => {
  [browser, server, pages] = await Promise.all([launch(), Server.start({ send_rate: 0, app_secret: SECRET }), SdkPages.serve()]);
});
after(async () => {
  await browser?.close();
  await pages?.close();
  await server?.stop();
});

/** A page that has `window.RongIMLib` as a script, and what it hears in `window.heard`. */
async function open(name, left = {}) {
  const session = await server.signIn(name);
  const page = await newPage(browser);
  await page.goto(pages.url);
  await page.evaluate((entries) => Object.entries(entries).forEach(([key, value]) => localStorage.setItem(key, value)), left);
  await page.addScriptTag({ url: `${pages.url}script/protobuf.js` });
  await page.addScriptTag({ url: `${pages.url}script/rongimlib.global.js` });
  await page.evaluate(([navi, { appKey }]) => {
    const { RongIMClient } = window.RongIMLib;
    window.heard = [];
    RongIMClient.init(appKey, null, { navi, protobuf: window.Protobuf });
    RongIMClient.setOnReceiveMessageListener({ onReceived: ({ content }) => window.heard.push(content.content) });
    window.ask = (method, ...args) => new Promise((resolve) => {
      RongIMClient.getInstance()[method](...args, { onSuccess: (what) => resolve(['onSuccess', what]), onError: (code) => resolve(['onError', code]) });
    });
  }, [server.url, session]);
  const connect = () => page.evaluate((token) => new Promise((resolve) => {
    window.RongIMLib.RongIMClient.connect(token, { onSuccess: resolve, onTokenIncorrect: () => resolve('wrong token'), onError: resolve });
  }), session.token);
  return { page, session, connect };
}

const publish = (to, text) => callApi(server, SECRET, '/message/private/publish.json', {
  fromUserId: 'ada', toUserId: to, objectName: 'RC:TxtMsg', content: JSON.stringify({ content: text }),
});
const ask = ({ page }, ...given) => page.evaluate((all) => window.ask(...all), given);

it('hasRemoteUnreadMessages, before a login and after it', TIME, async () => {
  const ben = await open('ben');
  assert.deepEqual(await ask(ben, 'hasRemoteUnreadMessages', ben.session.token), ['onSuccess', false]);
  await publish('ben', 'unread');
  assert.deepEqual(await ask(ben, 'hasRemoteUnreadMessages', ben.session.token), ['onSuccess', true]);
  assert.equal((await ask(ben, 'hasRemoteUnreadMessages', 'no token'))[0], 'onError');
  assert.equal(await ben.connect(), 'ben');
  await eventually(() => ben.page.evaluate(() => window.heard), (heard) => heard.includes('unread'), 'what waited should come');
  assert.deepEqual(await ask(ben, 'hasRemoteUnreadMessages', ben.session.token), ['onSuccess', true]);
  assert.deepEqual(await ask(ben, 'clearUnreadCount', 1, 'ada'), ['onSuccess', true]);
  await eventually(() => ask(ben, 'hasRemoteUnreadMessages', ben.session.token), ([, has]) => has === false, 'all is read');
  assert.deepEqual(ben.page.problems, []);
  await ben.page.context().close();
});

it('what an earlier RongIMLib left is gone on from, and left as it was', TIME, async () => {
  await publish('cal', 'heard by the earlier one');
  const { appKey } = await server.signIn('cal');
  // The place of the inbox is the time of the last message that was heard, by the server's clock.
  const probe = await open('cal');
  await probe.connect();
  await eventually(() => probe.page.evaluate(() => window.heard.length), (count) => count === 1, 'the first message');
  const time = await probe.page.evaluate(() => window.ask('getConversation', 1, 'ada').then(([, row]) => row.latestMessage.sentTime));
  await probe.page.context().close();
  const left = { rong_appId: appKey, rong_current_user: 'cal', [`rong_${appKey}_cal_receivebox`]: String(time), mine: 'stays' };
  await publish('cal', 'new');
  const cal = await open('cal', left);
  assert.equal(await cal.connect(), 'cal');
  await eventually(() => cal.page.evaluate(() => window.heard), (heard) => heard.includes('new'), 'the second message');
  assert.deepEqual(await cal.page.evaluate(() => window.heard), ['new']);
  const kept = (names) => cal.page.evaluate((all) => all.map((name) => localStorage.getItem(name)), names);
  assert.deepEqual(await kept(Object.keys(left)), Object.values(left));
  await cal.page.evaluate(() => new Promise((resolve) => window.RongIMLib.RongIMClient.getInstance().clearLocalStorage(resolve)));
  assert.deepEqual(await kept(Object.keys(left)), [null, null, null, 'stays']);
  assert.deepEqual(cal.page.problems, []);
  await cal.page.context().close();
});

it('clearData and clearCache end no session, and the stand-in for protobuf is a function', TIME, async () => {
  const dan = await open('dan');
  assert.equal(await dan.page.evaluate(() => typeof window.Protobuf), 'function');
  assert.equal(await dan.connect(), 'dan');
  const cleared = await dan.page.evaluate(() => {
    const im = window.RongIMLib.RongIMClient.getInstance();
    return [im.clearData(), im.clearCache()];
  });
  assert.equal(cleared[0], true);
  await publish('dan', 'still here');
  await eventually(() => dan.page.evaluate(() => window.heard), (heard) => heard.includes('still here'), 'the session goes on');
  assert.deepEqual(dan.page.problems, []);
  await dan.page.context().close();
});
