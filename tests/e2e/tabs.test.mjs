// Two tabs of one user in a browser without Web Locks (plain http in a LAN): each stands alone.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch, watch } from './lib/browser.mjs';
import { SdkPages } from './lib/sdk-page.mjs';
import { Server } from './lib/server.mjs';

let browser;
let server;
let pages;

before(async () => {
  [browser, server, pages] = await Promise.all([launch(), Server.start({ multi_device: true }), SdkPages.serve()]);
});
after(async () => {
  await browser?.close();
  await pages?.close();
  await server?.stop();
});

/** Connects in `page`; what happens there from then on is in `window.seen`. */
const connect = (page, options, token) =>
  page.evaluate(async ([given, text]) => {
    window.seen = { statuses: [], texts: [] };
    window.client = window.hongyan.createClient(given);
    window.client.on('status', ({ name }) => window.seen.statuses.push(name));
    window.client.on('message', ({ content }) => window.seen.texts.push(content.content));
    await window.client.connect(text);
  }, [options, token]);

const logins = (page) => page.evaluate(() => window.seen.statuses.filter((name) => name === 'connected').length);

it('neither replaces the other, and a reload goes on where the page was', { timeout: 60_000 }, async () => {
  const context = await browser.newContext();
  context.setDefaultTimeout(15_000);
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'locks', { value: undefined }));
  const { token, appKey } = await server.signIn('Ada');
  const options = { appKey, navigators: server.url };
  const open = async () => {
    const page = await context.newPage();
    watch(page);
    await page.goto(pages.url);
    await page.waitForFunction(() => window.hongyan);
    await connect(page, options, token);
    return page;
  };
  const [first, second] = [await open(), await open()];
  await sleep(2_000);
  assert.deepEqual([await logins(first), await logins(second)], [1, 1]);

  const bob = await server.signIn('Bob');
  const other = await pages.open(browser);
  await connect(other, options, bob.token);
  const { userId } = await server.signIn('Ada');
  await other.evaluate((to) => window.client.send({ type: 1, targetId: to }, 'once'), userId);
  for (const page of [first, second]) await page.waitForFunction(() => window.seen.texts.includes('once'));
  await sleep(200);
  await first.reload();
  await first.waitForFunction(() => window.hongyan);
  await connect(first, options, token);
  await sleep(1_000);
  assert.deepEqual(await first.evaluate(() => window.seen.texts), [], 'it was given already');
  assert.equal(await logins(second), 1);
  assert.deepEqual([...first.problems, ...second.problems], []);
});
