// Pages on networks that let no WebSocket through: logged in by long polling soon, and back on a
// WebSocket when one gets through, with everything that was sent meanwhile shown once and in order.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from './lib/browser.mjs';
import { eventually } from './lib/demo.mjs';
import { Proxy } from './lib/proxy.mjs';
import { SdkPages } from './lib/sdk-page.mjs';
import { Server } from './lib/server.mjs';

/** What is promised, ms; it is measured on virtual time, and only told of here. */
const PROMISED = 4_000;
/** What a busy machine may take, ms. */
const PATIENCE = 15_000;

let browser;
let server;
let pages;

before(async () => {
  [browser, server, pages] = await Promise.all([launch(), Server.start({ send_rate: 0 }), SdkPages.serve()]);
});
after(async () => {
  await browser?.close();
  await pages?.close();
  await server?.stop();
});

/** Somebody behind a network of their own that does this to WebSockets. */
async function join(name, webSockets) {
  const network = await Proxy.to(server.port);
  network.webSockets = webSockets;
  const page = await pages.open(browser);
  const session = await server.signIn(name);
  const person = { page, session, network, close: () => network.close() };
  person.connect = () => page.evaluate(async ([url, { appKey, token }]) => {
    const client = window.hongyan.createClient({ appKey, navigators: url });
    window.run = { client, statuses: [], heard: [] };
    client.on('status', ({ name: status }) => window.run.statuses.push(status));
    client.on('message', ({ content }) => window.run.heard.push(content.content));
    const started = performance.now();
    await client.connect(token);
    return performance.now() - started;
  }, [network.url, session]);
  person.took = await person.connect();
  person.send = (to, text) => page.evaluate(([targetId, content]) =>
    window.run.client.send({ type: 1, targetId }, { objectName: 'RC:TxtMsg', body: { content } }).then(() => 0), [to, text]);
  person.run = (member) => page.evaluate((of) => window.run[of], member);
  return person;
}

/** Both send `count` messages to each other, all at once, and hear those of the other in order. */
async function talk(one, other, count, label) {
  const texts = Array.from({ length: count }, (_, index) => `${label} ${index}`);
  await Promise.all(texts.flatMap((text) => [one.send(other.session.userId, text), other.send(one.session.userId, text)]));
  for (const person of [one, other]) {
    const heard = async () => (await person.run('heard')).filter((text) => text.startsWith(label));
    await eventually(heard, (list) => list.length >= count, `${person.session.userId} should hear ${label}`);
    await sleep(200);
    assert.deepEqual(await heard(), texts);
  }
}

describe('where no WebSocket gets through', { timeout: 120_000 }, () => {
  for (const [what, rule] of [['refused with 403', '403'], ['refused with 426', '426'], ['answered with a page', 'html'], ['swallowed', 'swallow'], ['held back', 'buffer']]) {
    it(`A10 A11 one that is ${what} is replaced by long polling`, async (t) => {
      const [ada, bob] = await Promise.all([join('Ada', rule), join('Bob', 'pass')]);
      t.diagnostic(`logged in after ${Math.round(ada.took)} ms (promised: ${PROMISED})`);
      assert.ok(ada.took < PATIENCE);
      assert.ok((await ada.run('statuses')).includes('webSocketUnavailable'));
      assert.deepEqual([ada.network.upgrades, bob.network.upgrades], [0, 1]);
      await talk(ada, bob, 20, rule);
      await ada.page.reload();
      await ada.page.waitForFunction(() => window.hongyan);
      const again = await ada.connect();
      t.diagnostic(`the next page after ${Math.round(again)} ms`);
      assert.ok(!(await ada.run('statuses')).includes('webSocketUnavailable'), 'it was learnt');
      await Promise.all([ada.close(), bob.close()]);
    });
  }

  it('A12 the way back to a WebSocket loses nothing', async () => {
    const [ada, bob] = await Promise.all([join('Ada', 'swallow'), join('Bob', '403')]);
    await talk(ada, bob, 5, 'polling');
    const told = await Promise.all([ada.run('statuses'), bob.run('statuses')]);
    for (const { network, page } of [ada, bob]) {
      network.webSockets = 'pass';
      await page.evaluate(() => void window.dispatchEvent(new Event('online')));
    }
    const back = () => ada.network.upgrades >= 2 && bob.network.upgrades >= 2;
    const until = Date.now() + 30_000;
    for (let round = 0; !back() && Date.now() < until; round += 1) await talk(ada, bob, 10, `round ${round},`);
    assert.ok(back(), 'the trial and the login, for both');
    await talk(ada, bob, 20, 'WebSocket');
    assert.deepEqual(await Promise.all([ada.run('statuses'), bob.run('statuses')]), told, 'nobody need know');
    await Promise.all([ada.close(), bob.close()]);
  });
});
