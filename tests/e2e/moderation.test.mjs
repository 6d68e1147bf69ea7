// What the application's server decides about its users arrives at the callbacks of 2.x with its code.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { launch } from './lib/browser.mjs';
import { eventually } from './lib/demo.mjs';
import { SdkPages } from './lib/sdk-page.mjs';
import { callApi } from './lib/server-api.mjs';
import { Server } from './lib/server.mjs';

const SECRET = 'a-secret-of-this-test';
const PRIVATE = 1;
const GROUP = 3;
let browser;
let server;
let pages;
let ann;
let ben;

const api = (path, fields) => callApi(server, SECRET, path, fields);

/** A page that is signed in through `window.RongIMLib`. */
async function join(name) {
  const session = await server.signIn(name);
  const page = await pages.open(browser);
  await page.addScriptTag({ url: `${pages.url}script/rongimlib.global.js` });
  const connect = () => page.evaluate(([navi, { appKey, token }]) => new Promise((resolve) => {
    const { RongIMClient } = window.RongIMLib;
    window.heard ??= [];
    window.statuses ??= [];
    RongIMClient.init(appKey, null, { navi });
    RongIMClient.setConnectionStatusListener({ onChanged: (status) => window.statuses.push(status) });
    RongIMClient.setOnReceiveMessageListener({ onReceived: (message) => window.heard.push(message.content.content) });
    RongIMClient.connect(token, { onSuccess: resolve, onTokenIncorrect: () => resolve('wrong token'), onError: resolve });
  }), [server.url, session]);
  assert.equal(await connect(), name);
  return { page, connect };
}

/** How a text message ends: ['onSuccess', text] or ['onError', code]. */
const say = ({ page }, type, target, text) => page.evaluate(([kind, to, content]) => new Promise((resolve) => {
  const message = new window.RongIMLib.TextMessage({ content });
  window.RongIMLib.RongIMClient.getInstance().sendMessage(kind, to, message, {
    onSuccess: (sent) => resolve(['onSuccess', sent.content.content]),
    onError: (code) => resolve(['onError', code]),
  });
}), [type, target, text]);

before(async () => {
  const settings = { send_rate: 0, app_secret: SECRET };
  [browser, server, pages] = await Promise.all([launch(), Server.start(settings), SdkPages.serve()]);
  await api('/group/create.json', { userId: ['ann', 'ben'], groupId: 'crew', groupName: '船员' });
  [ann, ben] = await Promise.all(['ann', 'ben'].map(join));
}, { timeout: 60_000 });
after(async () => {
  await browser?.close();
  await pages?.close();
  await server?.stop();
});

it('a muted member, a muted group and a user muted everywhere', { timeout: 60_000 }, async () => {
  const inGroup = () => say(ann, GROUP, 'crew', 'hi');
  for (const [path, fields, expected] of [
    ['/group/user/gag/add.json', { userId: 'ann', groupId: 'crew', minute: '5' }, ['onError', 22408]],
    ['/group/user/gag/rollback.json', { userId: 'ann', groupId: 'crew' }, ['onSuccess', 'hi']],
    ['/group/ban/add.json', { groupId: 'crew' }, ['onError', 22408]],
    ['/group/user/ban/whitelist/add.json', { userId: 'ann', groupId: 'crew' }, ['onSuccess', 'hi']],
    ['/group/ban/rollback.json', { groupId: 'crew' }, ['onSuccess', 'hi']],
  ]) {
    await api(path, fields);
    assert.deepEqual(await inGroup(), expected, path);
  }
  await api('/user/chat/fb/set.json', { userId: 'ann', type: 'PERSON', state: '1' });
  assert.deepEqual(await say(ann, PRIVATE, 'ben', 'hi'), ['onError', 20106]);
  await api('/user/chat/fb/set.json', { userId: 'ann', type: 'PERSON', state: '0' });
});

it('words that are refused, and words that are replaced', { timeout: 60_000 }, async () => {
  await api('/sensitiveword/add.json', { word: '坏话' });
  await api('/sensitiveword/add.json', { word: 'darn', replaceWord: '***' });
  assert.deepEqual(await say(ann, PRIVATE, 'ben', '说坏话'), ['onError', 21501]);
  assert.deepEqual(await say(ann, PRIVATE, 'ben', 'Darn it'), ['onError', 21502]);
  assert.deepEqual(await say(ann, PRIVATE, 'ben', 'the end'), ['onSuccess', 'the end']);
  const heard = await eventually(
    () => ben.page.evaluate(() => window.heard.filter((text) => text !== 'hi')),
    (texts) => texts.includes('the end'),
    'what Ben hears',
  );
  assert.deepEqual(heard, ['*** it', 'the end']);
});

it('a blocked user is put out, and let in again afterwards', { timeout: 60_000 }, async () => {
  await api('/user/block.json', { userId: 'ann', minute: '5' });
  await eventually(() => ann.page.evaluate(() => window.statuses.at(-1)), (status) => status !== 0, 'the status');
  // 2.x tells a refused login by the number of CONNACK: `ConnectionState.BLOCK`.
  assert.equal(await ann.connect(), 9);
  await api('/user/unblock.json', { userId: 'ann' });
  assert.equal(await ann.connect(), 'ann');
});
