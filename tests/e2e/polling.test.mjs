// Two pages that may not have a WebSocket, in both forms of long polling: what they send while the
// server is killed once arrives once and in order.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from './lib/browser.mjs';
import { eventually } from './lib/demo.mjs';
import { SdkPages } from './lib/sdk-page.mjs';
import { Server } from './lib/server.mjs';

const COUNT = 200;
const numbered = (name) => Array.from({ length: COUNT }, (_, number) => `${name} ${number} 你好😀 "\\`);

/** A page that polls, and what it asked for. */
async function login(pages, browser, server, name, prepare) {
  const { token, appKey } = await server.signIn(name);
  const page = await pages.open(browser);
  await prepare?.(page);
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  page.on('websocket', () => asked.push('a WebSocket'));
  await page.evaluate(async ([options, text]) => {
    window.got = [];
    window.sent = [];
    window.statuses = [];
    window.client = window.hongyan.createClient(options);
    window.client.on('message', ({ content, messageUId }) => window.got.push({ text: content.content, messageUId }));
    window.client.on('status', (status) => window.statuses.push(status));
    await window.client.connect(text);
  }, [{ appKey, navigators: server.url, transport: 'polling' }, token]);
  return { page, asked };
}

/** A page whose navigator says nothing of the extensions: to it the server is one of the 2.x generation. */
async function loginPlain(pages, browser, server, name) {
  const plain = async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace('"hongyan"', '"nothing"') });
  };
  return login(pages, browser, server, name, (page) => page.route(/navi\.js\?/, plain));
}

/** Sends all without waiting for one to end. */
const send = ({ page }, targetId, texts) =>
  page.evaluate(([to, all]) => {
    for (const text of all) window.client.send({ type: 1, targetId: to }, text).then(({ messageUId }) => window.sent.push(messageUId), (error) => window.sent.push(String(error)));
  }, [targetId, texts]);

const got = ({ page }) => page.evaluate(() => window.got);
const sent = ({ page }) => page.evaluate(() => window.sent);

/** Everything of the other one, once and in order. */
async function assertWhole(receiver, sender, texts) {
  const all = await eventually(() => got(receiver), (list) => list.length >= texts.length, `${texts.length} messages should arrive`, 60_000);
  assert.deepEqual(all.map(({ text }) => text), texts);
  const uids = await eventually(() => sent(sender), (list) => list.length >= texts.length, 'all sends should end', 60_000);
  assert.deepEqual(all.map(({ messageUId }) => messageUId), uids);
}

for (const { form, settings, uses, never } of [
  { form: 'frames', settings: {}, uses: ['/hy/open', '/hy/poll', '/hy/send'], never: '/pullmsg.js' },
  { form: 'JSON', settings: { binary_polling: false }, uses: ['/websocket', '/pullmsg.js'], never: '/hy/open' },
]) {
  describe(`long polling of ${form}`, { timeout: 180_000 }, () => {
    let browser;
    let server;
    let pages;
    before(async () => {
      [browser, server, pages] = await Promise.all([launch(), Server.start({ send_rate: 0, ...settings }), SdkPages.serve()]);
    });
    after(async () => {
      await browser?.close();
      await Promise.all([pages?.close(), server?.stop()]);
    });

    it(`brings ${COUNT} messages each way once and in order, though the server is killed`, async () => {
      const [ann, ben] = [await login(pages, browser, server, 'ann'), await login(pages, browser, server, 'ben')];
      const [there, back] = [numbered('there'), numbered('back')];
      await Promise.all([send(ann, 'ben', there), send(ben, 'ann', back)]);
      await eventually(() => got(ben), (list) => list.length >= COUNT / 4, 'a quarter should arrive', 60_000);
      await server.kill();
      await sleep(300);
      await server.up();
      await Promise.all([assertWhole(ben, ann, there), assertWhole(ann, ben, back)]);
      for (const path of uses) assert.ok(ann.asked.includes(path), path);
      for (const path of [never, 'a WebSocket']) assert.ok(!ann.asked.includes(path), path);
    });

    it('is told of another login, and asks no more', async () => {
      const first = await login(pages, browser, server, 'kim');
      await login(pages, browser, server, 'kim');
      await eventually(() => first.page.evaluate(() => window.statuses), (list) => list.some(({ name }) => name === 'kicked'), 'the first login should be kicked');
      await sleep(200);
      const asked = first.asked.length;
      await sleep(1500);
      assert.equal(first.asked.length, asked, 'whoever was kicked stays away');
    });

    it('comes back after a logout', async () => {
      const lea = await login(pages, browser, server, 'lea');
      await lea.page.evaluate(() => window.client.disconnect());
      const { token } = await server.signIn('lea');
      await lea.page.evaluate((text) => window.client.connect(text), token);
      const mo = await login(pages, browser, server, 'mo');
      await send(mo, 'lea', ['after the logout']);
      await eventually(() => got(lea), (list) => list.length === 1, 'a message should arrive');
    });
  });
}

describe('long polling of a server without the extensions', { timeout: 120_000 }, () => {
  let browser;
  let server;
  let pages;
  before(async () => {
    [browser, server, pages] = await Promise.all([launch(), Server.start({ send_rate: 0 }), SdkPages.serve()]);
  });
  after(async () => {
    await browser?.close();
    await Promise.all([pages?.close(), server?.stop()]);
  });

  it('brings messages both ways, and the history', async () => {
    const [ann, ben] = [await loginPlain(pages, browser, server, 'ann'), await loginPlain(pages, browser, server, 'ben')];
    const [there, back] = [numbered('there').slice(0, 20), numbered('back').slice(0, 20)];
    await Promise.all([send(ann, 'ben', there), send(ben, 'ann', back)]);
    await Promise.all([assertWhole(ben, ann, there), assertWhole(ann, ben, back)]);
    const { messages } = await ann.page.evaluate(() => window.client.history({ type: 1, targetId: 'ben' }, { count: 50 }));
    assert.deepEqual(messages.map(({ content }) => content.content).sort(), [...there, ...back].sort());
    assert.ok(ann.asked.includes('/pullmsg.js') && !ann.asked.includes('/hy/open') && !ann.asked.includes('a WebSocket'));
  });

  it('a page whose polling.js cannot be loaded says so, and asks for it again', async () => {
    const { token, appKey } = await server.signIn('eve');
    const page = await pages.open(browser);
    const said = [];
    page.on('console', (message) => said.push(message.text()));
    await page.route('**/polling.js', (route) => route.abort());
    await page.evaluate(([options, text]) => {
      window.client = window.hongyan.createClient(options);
      void window.client.connect(text).catch(() => {});
    }, [{ appKey, navigators: server.url, transport: 'polling' }, token]);
    await eventually(() => said, (lines) => lines.some((line) => line.includes('polling.js, the file for networks without WebSocket')), 'the page should be told');
    await page.unroute('**/polling.js');
    await eventually(() => page.evaluate(() => window.client.status.name), (name) => name === 'connected', 'it should be loaded later', 30_000);
  });
});
