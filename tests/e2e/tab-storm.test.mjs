// Eight tabs of a user that open, close, crash and freeze at random while somebody else sends without a pause.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from './lib/browser.mjs';
import { SdkPages } from './lib/sdk-page.mjs';
import { Server } from './lib/server.mjs';
import { Profile } from './lib/tab.mjs';

const MESSAGES = Number(process.env.TAB_STORM_MESSAGES ?? 500);
const MOST = 8;
const seed = Number(process.env.TAB_STORM_SEED ?? Date.now() % 1_000_000);

let world;

before(async () => {
  const [browser, server, pages] = await Promise.all([launch(), Server.start({ multi_device: true, send_rate: 0 }), SdkPages.serve()]);
  world = { browser, server, pages };
});
after(async () => {
  await world?.browser.close();
  await world?.pages.close();
  await world?.server.stop();
});

/** The same numbers for the same seed: from 0 to 1. */
function dice(state) {
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A tab from its opening on: what was sent before it was there need not be shown in it. */
async function openTab(profile, progress) {
  const tab = await profile.tab();
  tab.from = await progress();
  tab.session = await profile.context.newCDPSession(tab.page);
  tab.frozen = false;
  return tab;
}

async function freeze(tab, frozen) {
  tab.frozen = frozen;
  await tab.session.send('Page.setWebLifecycleState', { state: frozen ? 'frozen' : 'active' });
}

/** A page that only listens: which leaders said that they begin. */
async function observe(profile) {
  const page = await profile.context.newPage();
  await page.goto(profile.pages.url);
  await page.evaluate(({ appKey, userId }) => {
    window.terms = new Set();
    window.channel = new BroadcastChannel(`hongyan:hy1/${appKey}/u/${userId}/`);
    window.channel.onmessage = ({ data }) => data.kind === 'here' && data.to === undefined && window.terms.add(data.term);
  }, profile.session);
  return () => page.evaluate(() => window.terms.size);
}

/** One thing that happens to the tabs. */
async function step(random, profile, tabs, progress) {
  const at = Math.floor(random() * tabs.length);
  const tab = tabs[at];
  const what = random();
  if (tabs.length < 2 || (what < 0.4 && tabs.length < MOST)) tabs.push(await openTab(profile, progress));
  else if (what < 0.6) await tabs.splice(at, 1)[0].page.close();
  else if (what < 0.7) tabs.splice(at, 1)[0].page.goto('chrome://crash').catch(() => {});
  else if (tab.frozen || tabs.some((other) => !other.frozen && other !== tab)) await freeze(tab, !tab.frozen);
}

it(`C17 eight tabs at random, ${MESSAGES} messages: each tab shows each once, in order`, { timeout: 300_000 }, async (t) => {
  console.log(`seed ${seed} (TAB_STORM_SEED)`);
  const random = dice(seed);
  const [profile, others] = [await Profile.open(world, 'Ada'), await Profile.open(world, 'Bob')];
  const bob = await others.tab();
  const texts = Array.from({ length: MESSAGES }, (_, n) => `m${n}`);
  const progress = () => bob.page.evaluate(() => window.sent ?? 0);
  const leaders = await observe(profile);
  const tabs = [await openTab(profile, progress), await openTab(profile, progress)];
  const sending = bob.do(async (client, all) => {
    window.sent = 0;
    for (const text of all) {
      await client.send({ type: 1, targetId: 'Ada' }, text);
      window.sent += 1;
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
  }, texts);
  let over = false;
  void sending.finally(() => (over = true));
  let steps = 0;
  const own = [];
  while (!over) {
    await step(random, profile, tabs, progress);
    steps += 1;
    const maker = tabs.find(({ frozen }) => !frozen);
    if (maker && random() < 0.5) {
      const text = `own ${steps}`;
      maker.send('Bob', text).then(() => own.push(text), () => {});
    }
    await sleep(100 + random() * 500);
  }
  await sending;
  for (const tab of tabs) if (tab.frozen) await freeze(tab, false);
  const last = await openTab(profile, progress);
  await bob.send('Ada', 'the end');
  for (const tab of [...tabs, last]) await tab.shows('the end');
  for (const tab of tabs) {
    const shown = (await tab.texts()).filter((text) => text.startsWith('m'));
    const numbers = shown.map((text) => Number(text.slice(1)));
    assert.deepEqual(numbers, [...new Set(numbers)].sort((a, b) => a - b), `${tab.name}: each once, in order`);
    const missing = texts.slice(tab.from).filter((text) => !shown.includes(text));
    assert.deepEqual(missing, [], `${tab.name}, open since ${tab.from}`);
  }
  for (const text of own) await bob.shows(text);
  const copies = (await bob.texts()).filter((text) => text.startsWith('own'));
  assert.equal(new Set(copies).size, copies.length, 'no send arrives twice');
  const living = new Set(profile.sockets.filter(({ open }) => open).map(({ tab }) => tab));
  assert.equal(living.size, 1, `one link: ${[...living]}`);
  const begun = await leaders();
  assert.ok(profile.sockets.length <= begun, `${profile.sockets.length} logins of ${begun} leaders`);
  console.log(`${steps} steps, ${own.length} own sends, ${begun} leaders, ${profile.sockets.length} logins, ${tabs.length} tabs at the end`);
  t.diagnostic(`seed ${seed}`);
});
