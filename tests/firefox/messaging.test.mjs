// The package in Firefox: both kinds of links, two tabs on one of them, the end of the one that leads.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { Firefox } from '../../scripts/lib/firefox.mjs';
import { SdkPages } from '../e2e/lib/sdk-page.mjs';
import { Server } from '../e2e/lib/server.mjs';

let [browser, server, pages] = [];

before(async () => {
  [browser, server, pages] = await Promise.all([Firefox.launch(), Server.start({ multi_device: true, send_rate: 0 }), SdkPages.serve()]);
});
after(async () => {
  await browser?.close();
  await pages?.close();
  await server?.stop();
});

const texts = (name) => Array.from({ length: 20 }, (_, at) => `${name} ${at} 你好😀 "\\`);

/** A connected tab; `shows` waits for a text, `shown` has all of them. */
async function connect(profile, session, transport) {
  const tab = await browser.tab(profile, pages.url);
  await tab.do(async (options, token) => {
    while (!window.hongyan) await new Promise((go) => setTimeout(go, 20));
    window.shown = [];
    window.client = window.hongyan.createClient(options);
    window.client.on('message', ({ content }) => window.shown.push(content.content));
    await window.client.connect(token);
  }, { appKey: session.appKey, navigators: server.url, transport }, session.token);
  return Object.assign(tab, {
    say: (to, all) => tab.do(async (targetId, each) => {
      const sent = each.map((text) => window.client.send({ type: 1, targetId }, text));
      return (await Promise.all(sent)).map(({ messageUId }) => messageUId);
    }, to, all),
    shows: (text) => tab.do(async (wanted) => {
      while (!window.shown.includes(wanted)) await new Promise((go) => setTimeout(go, 20));
    }, text),
    shown: () => tab.do(() => window.shown),
  });
}

for (const transport of ['websocket', 'polling']) {
  it(`${transport}: once, in order, in both tabs, and on when the leader is closed`, { timeout: 120_000 }, async () => {
    const [ada, bob] = [await server.signIn(`Ada ${transport}`), await server.signIn(`Bob ${transport}`)];
    const [home, elsewhere] = [await browser.profile(), await browser.profile()];
    const first = await connect(home, ada, transport);
    const second = await connect(home, ada, transport);
    const other = await connect(elsewhere, bob, transport);

    await other.say(ada.userId, texts('hello'));
    const uids = await second.say(bob.userId, texts('answer'));
    assert.equal(new Set(uids).size, 20);
    for (const tab of [first, second]) {
      await tab.shows(texts('hello').at(-1));
      assert.deepEqual((await tab.shown()).filter((text) => text.startsWith('hello')), texts('hello'));
    }
    await other.shows(texts('answer').at(-1));
    assert.deepEqual(await other.shown(), texts('answer'));

    await first.close();
    await other.say(ada.userId, ['after the leader']);
    await second.shows('after the leader');
    const third = await connect(home, ada, transport);
    await other.say(ada.userId, ['to both']);
    for (const tab of [second, third]) await tab.shows('to both');
    assert.deepEqual(await third.shown(), ['to both'], 'nothing is shown again');
  });
}
