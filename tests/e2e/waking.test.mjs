// What a browser does to a page and its network: freezing, the back-forward cache, sleep, other tabs
// in front, networks that come and go, with and without telling.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch, newPage } from './lib/browser.mjs';
import { eventually } from './lib/demo.mjs';
import { Proxy } from './lib/proxy.mjs';
import { RawPage } from './lib/raw-page.mjs';
import { SdkPages } from './lib/sdk-page.mjs';
import { Server } from './lib/server.mjs';

/** Without a hint a dead link is noticed after 10 to 15 s; after one within 3 s. */
const HINTED_MS = 6_000;

let browser;
let server;
let pages;
let people = 0;
/** The page under test, whose way to the server can be broken, and somebody who writes to it. */
let ann;
let ben;

before(async () => {
  // Without this Playwright switches the back-forward cache off.
  const cached = { ignoreDefaultArgs: ['--disable-back-forward-cache'] };
  [browser, server, pages] = await Promise.all([launch(cached), Server.start({ send_rate: 0 }), SdkPages.serve()]);
});
after(async () => {
  await browser?.close();
  await pages?.close();
  await server?.stop();
});

/** In the page: a client that is connected, and what it is told from then on. */
async function start([navigators, { appKey, token }]) {
  const client = window.hongyan.createClient({ appKey, navigators });
  const seen = { statuses: [], texts: [] };
  client.on('status', ({ name }) => seen.statuses.push(name));
  client.on('message', ({ content }) => seen.texts.push(content.content));
  Object.assign(window, { client, seen });
  await client.connect(token);
  seen.statuses.length = 0;
}

async function open(url, alone) {
  people += 1;
  const session = await server.signIn(`Person${people}`);
  const page = alone ? await RawPage.open(browser, pages.url) : await newPage(browser);
  if (!alone) await page.goto(pages.url);
  await eventually(() => page.evaluate(() => Boolean(window.hongyan)), Boolean, 'the package');
  await page.evaluate(start, [url, session]);
  const end = async () => {
    if (alone) return page.close();
    assert.deepEqual(page.problems, []);
    await page.context().close();
  };
  return { page, userId: session.userId, session, end };
}

const meet = (alone) => async () => {
  const proxy = await Proxy.to(server.port);
  ann = { ...(await open(proxy.url, alone)), proxy };
  ben = await open(server.url);
};
const part = async () => {
  await ann.end();
  await ben.end();
  await ann.proxy.close();
};

const statuses = () => ann.page.evaluate(() => window.seen.statuses);
const write = (text) => ben.page.evaluate(([to, what]) => window.client.send({ type: 1, targetId: to }, what), [ann.userId, text]);
const sees = (texts, ms) => eventually(() => ann.page.evaluate(() => window.seen.texts), (seen) => seen.length >= texts.length, 'messages', ms)
  .then((seen) => assert.deepEqual(seen, texts));
const RECONNECTED = ['networkUnavailable', 'connecting', 'connected'];
const reconnects = async (ms) => assert.deepEqual(await eventually(statuses, (seen) => seen.includes('connected'), 'a new link', ms), RECONNECTED);
const hint = (type) => ann.page.evaluate((name) => void window.dispatchEvent(new Event(name)), type);
describe('in a window of its own', () => {
  beforeEach(meet(true));
  afterEach(part);

  it('C1 a hidden page keeps a living link, and is back soon after it is seen where the link died', { timeout: 60_000 }, async () => {
    const { page } = ann;
    await page.hide();
    await write('unseen');
    await sees(['unseen']);
    await sleep(12_000);
    assert.deepEqual(await statuses(), [], 'nothing is asked every ten seconds');
    ann.proxy.silence();
    await write('to nobody');
    await sleep(1_000);
    assert.deepEqual(await statuses(), []);
    await page.show();
    await reconnects(HINTED_MS);
    await sees(['unseen', 'to nobody']);
  });

  it('C2 a frozen page goes on where it was when it is resumed', { timeout: 60_000 }, async () => {
    const { page } = ann;
    await page.evaluate(() => document.addEventListener('resume', () => (window.resumed = true)));
    await page.hide();
    for (const texts of [['one'], ['one', 'two']]) {
      await page.freeze();
      // Chromium ends the socket of a frozen page that something comes for.
      ann.proxy.silence();
      await write(texts.at(-1));
      await sleep(500);
      await page.resume();
      await sees(texts, HINTED_MS);
    }
    assert.equal(await page.evaluate(() => window.resumed), true);
    assert.equal((await statuses()).at(-1), 'connected');
  });
});

describe('in a tab', () => {
  beforeEach(meet(false));
  afterEach(part);

  it('C3 a page in the back-forward cache holds no socket and goes on where it was', { timeout: 40_000 }, async () => {
    await ann.page.evaluate(() => window.addEventListener('pageshow', ({ persisted }) => (window.cached = persisted)));
    await ann.page.goto(`${pages.url}?elsewhere`);
    await ann.page.waitForFunction(() => window.hongyan && !window.client);
    await write('while away');
    await ann.page.goBack({ waitUntil: 'commit' });
    await ann.page.waitForFunction(() => window.client);
    assert.equal(await ann.page.evaluate(() => window.cached), true, 'it came out of the cache');
    await reconnects(HINTED_MS);
    await sees(['while away']);
  });

  it('C4 a laptop that slept eight hours probes its link', { timeout: 40_000 }, async () => {
    ann.proxy.silence();
    await ann.page.evaluate(() => {
      const now = Date.now;
      Date.now = () => now() + 8 * 3_600_000;
      // Whatever the page does first.
      return window.client.conversations();
    });
    await eventually(statuses, (seen) => seen.includes('networkUnavailable'), 'the loss', HINTED_MS);
    // What it knows of the servers is too old by then, and the connection over which it asks died, too.
    await reconnects(20_000);
  });

  it('C5 offline says nothing of a living link', { timeout: 40_000 }, async () => {
    // Chromium's own switch would take the network away, too.
    await hint('offline');
    await write('all the same');
    await sees(['all the same']);
    await sleep(4_000);
    assert.deepEqual(await statuses(), []);
  });

  it('a link that died is noticed soon after online', { timeout: 40_000 }, async () => {
    ann.proxy.silence();
    await hint('online');
    await reconnects(HINTED_MS);
  });

  it('O3 a link that died is noticed without any hint', { timeout: 60_000 }, async () => {
    ann.proxy.silence();
    await reconnects(18_000);
  });

  it('C6 a network that comes back without a word is found', { timeout: 60_000 }, async () => {
    ann.proxy.cut();
    await eventually(statuses, (seen) => seen.includes('networkUnavailable'), 'the loss');
    await sleep(4_000);
    ann.proxy.mend();
    await reconnects(30_000);
    await write('back');
    await sees(['back']);
  });

  it('C20 a wall clock that leaps costs no link and no message', { timeout: 40_000 }, async () => {
    for (const [index, leap] of [-86_400_000, 31_536_000_000, -31_536_000_000].entries()) {
      await ann.page.evaluate(async ([ms, to]) => {
        const now = Date.now;
        Date.now = () => now() + ms;
        await window.client.send({ type: 1, targetId: to }, `${ms}`);
      }, [leap, ben.userId]);
      await write(`${leap}`);
      await eventually(() => ann.page.evaluate(() => window.seen.texts.length), (seen) => seen === index + 1, 'a message');
    }
    assert.deepEqual(await statuses(), []);
    assert.equal(await ben.page.evaluate(() => window.seen.texts.length), 3);
  });

  it('B26 ten calls of connect in one turn are one connection, in both faces', { timeout: 40_000 }, async () => {
    const sockets = [];
    ann.page.on('websocket', (socket) => sockets.push(socket.url()));
    const users = await ann.page.evaluate(async ([navigators, { appKey, token }]) => {
      window.client.destroy();
      const client = window.hongyan.createClient({ appKey, navigators, persist: false });
      const users = await Promise.all(Array.from({ length: 10 }, () => client.connect(token)));
      await client.connect(token);
      client.destroy();
      const { RongIMClient } = await import('/rongimlib/index.js');
      RongIMClient.init(appKey, null, { navi: navigators });
      RongIMClient.setConnectionStatusListener({ onChanged() {} });
      RongIMClient.setOnReceiveMessageListener({ onReceived() {} });
      const connect = () => new Promise((onSuccess, onError) => RongIMClient.connect(token, { onSuccess, onTokenIncorrect: onError, onError }));
      const again = await Promise.all(Array.from({ length: 10 }, connect));
      return [...users.map(({ userId }) => userId), ...again];
    }, [ann.proxy.url, ann.session]);
    assert.deepEqual(users, Array(20).fill(ann.userId));
    assert.equal(sockets.length, 2);
  });

  it('the 2.x face tells 3, 1, 0 of a link that comes back by itself', { timeout: 40_000 }, async () => {
    await ann.page.evaluate(async ([navi, { appKey, token }]) => {
      window.client.destroy();
      const { RongIMClient } = await import('/rongimlib/index.js');
      RongIMClient.init(appKey, null, { navi });
      window.seen.statuses = [];
      RongIMClient.setConnectionStatusListener({ onChanged: (status) => window.seen.statuses.push(status) });
      RongIMClient.setOnReceiveMessageListener({ onReceived() {} });
      await new Promise((onSuccess, onError) => RongIMClient.connect(token, { onSuccess, onTokenIncorrect: onError, onError }));
    }, [ann.proxy.url, ann.session]);
    await eventually(statuses, (seen) => seen.includes(0), 'the login');
    assert.deepEqual(await statuses(), [1, 0]);
    ann.proxy.cut();
    ann.proxy.mend();
    await eventually(statuses, (seen) => seen.filter((status) => status === 0).length === 2, 'a new link');
    assert.deepEqual((await statuses()).slice(2), [3, 1, 0]);
  });
});
