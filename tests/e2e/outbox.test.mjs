// The outbox in real pages: written offline, over a reload and the death of a tab, and a thousand at once.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, watch } from './lib/browser.mjs';
import { eventually } from './lib/demo.mjs';
import { Proxy } from './lib/proxy.mjs';
import { SdkPages } from './lib/sdk-page.mjs';
import { Server } from './lib/server.mjs';

const MANY = 1000;
const BOB = { type: 1, targetId: 'bob' };

let browser;
let server;
let pages;
let network;
let ann;
let bob;
let context;

before(async () => {
  [browser, server, pages] = await Promise.all([launch(), Server.start({ send_rate: 300, send_burst: 50 }), SdkPages.serve()]);
  network = await Proxy.to(server.port);
  context = await browser.newContext();
  context.setDefaultTimeout(30_000);
  [ann, bob] = [await server.signIn('ann'), await pages.open(browser)];
  await connect(bob, server.url, await server.signIn('bob'));
});
after(async () => {
  await browser?.close();
  await network?.close();
  await pages?.close();
  await server?.stop();
});

/** Begins to connect; what happens in the page from then on is in `window.seen`. */
const begin = (page, navigators, { appKey, token, userId }) =>
  page.evaluate(([options, text, user]) => {
    window.seen = { texts: [], sends: [] };
    window.client = window.hongyan.createClient(options);
    window.client.on('message', ({ content }) => window.seen.texts.push(content.content));
    window.client.on('send', ({ clientId, state, message }) => window.seen.sends.push([clientId, state.name, message?.content.content]));
    window.connected = window.client.connect(text, { userId: user });
    window.connected.catch(() => {});
  }, [{ appKey, navigators }, token, userId]);

async function connect(page, navigators, session) {
  await begin(page, navigators, session);
  await page.evaluate(() => window.connected);
}

/** A page of Ann's browser, behind the network that can be cut. */
async function annsPage() {
  const page = await context.newPage();
  watch(page);
  await page.goto(pages.url);
  await page.waitForFunction(() => window.hongyan);
  return page;
}

const outbox = (page) => page.evaluate(async () => (await window.client.outbox()).map(({ clientId, state, message }) => [clientId, state.name, state.durable, message.content.content]));
const submit = (page, texts) => page.evaluate(([to, all]) => all.map((text) => {
  const { clientId, sent } = window.client.submit(to, text);
  sent.catch(() => {});
  return clientId;
}), [BOB, texts]);
const heard = (page) => page.evaluate(() => window.seen.texts);

describe('the outbox', { timeout: 120_000 }, () => {
  it('keeps what is written offline over a reload and the death of a tab; cancel and order hold', async () => {
    const page = await annsPage();
    await connect(page, network.url, ann);
    network.cut();
    await page.waitForFunction(() => window.client.status.name !== 'connected', null, { timeout: 40_000 });
    const ids = await submit(page, ['one', 'two', 'three', 'four']);
    const waits = (texts, state = 'queued') => texts.map((text) => [ids[['one', 'two', 'three', 'four'].indexOf(text)], state, true, text]);
    assert.deepEqual(await outbox(page), waits(['one', 'two', 'three', 'four']));

    await page.reload();
    await page.waitForFunction(() => window.hongyan);
    await begin(page, network.url, ann);
    assert.deepEqual(await outbox(page), waits(['one', 'two', 'three', 'four']), 'still offline');
    assert.equal(await page.evaluate((id) => window.client.cancel(id), ids[1]), true);
    assert.deepEqual((await page.evaluate(() => window.seen.sends)).at(-1), [ids[1], 'cancelled', 'two']);

    await page.close();
    const next = await annsPage();
    await begin(next, network.url, ann);
    assert.deepEqual(await outbox(next), waits(['one', 'three', 'four']), 'the tab died');
    network.mend();
    await eventually(() => heard(bob), ({ length }) => length >= 3, 'Bob should hear of it', 60_000);
    assert.deepEqual(await heard(bob), ['one', 'three', 'four']);
    await eventually(() => outbox(next), ({ length }) => length === 0, 'nothing waits any more');
    const sends = await next.evaluate(() => window.seen.sends);
    assert.deepEqual(sends.filter(([, name]) => name === 'sent').map(([, , text]) => text), ['one', 'three', 'four'], 'with their messages');
    assert.deepEqual(next.problems.filter((problem) => !/ERR_|Failed to load/.test(problem)), []);
    await next.close();
  });

  it('lets a thousand leave in order, as fast as the server allows', async () => {
    const page = await annsPage();
    await connect(page, network.url, ann);
    network.cut();
    await page.waitForFunction(() => window.client.status.name !== 'connected', null, { timeout: 40_000 });
    const texts = Array.from({ length: MANY }, (_, n) => `m${n}`);
    await bob.evaluate(() => void window.seen.texts.splice(0));
    await submit(page, texts);
    assert.equal((await outbox(page)).length, MANY);
    network.mend();
    await eventually(() => heard(bob), ({ length }) => length >= MANY, 'Bob should hear of all', 90_000);
    assert.deepEqual(await heard(bob), texts);
    await eventually(() => outbox(page), ({ length }) => length === 0, 'nothing waits any more');
    const failed = await page.evaluate(() => window.seen.sends.filter(([, name]) => name === 'failed'));
    assert.deepEqual(failed, []);
    await page.close();
  });
});
