// All tabs of a user on one link, in a real browser with the real server: election, mirror, hand-over.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from './lib/browser.mjs';
import { SdkPages } from './lib/sdk-page.mjs';
import { Server } from './lib/server.mjs';
import { Profile } from './lib/tab.mjs';

/** A new leader is there after so long, ms. */
const HAND_OVER_MS = 2_000;
/** One that went silent without a word is noticed after so long, ms: three beats of a second and what is left of a fourth. */
const SILENCE_MS = 4_500;

let world;
let bob;

before(async () => {
  const [browser, server, pages] = await Promise.all([launch(), Server.start({ multi_device: true, send_rate: 0 }), SdkPages.serve()]);
  world = { browser, server, pages };
  bob = await (await Profile.open(world, 'Bob')).tab();
});
after(async () => {
  await world?.browser.close();
  await world?.pages.close();
  await world?.server.stop();
});

const BOB = 'Bob';
const quick = { timeout: 90_000 };

/** `count` connected tabs of a user; the first leads. */
async function open(name, count, options) {
  const profile = await Profile.open(world, name);
  const tabs = [];
  for (let n = 0; n < count; n += 1) tabs.push(await profile.tab(options));
  return [profile, ...tabs];
}

/** How long until Bob's next messages get through to `tabs`, ms since `since`. */
async function backAfter(since, profile, tabs) {
  const text = `after ${since}`;
  await bob.send(profile.session.userId, text);
  for (const tab of tabs) await tab.shows(text);
  return Date.now() - since;
}

/** Each tab shows each of `texts` once, in order, whatever else it shows. */
async function showOnce(tabs, texts) {
  for (const tab of tabs) {
    const shown = (await tab.texts()).filter((text) => texts.includes(text));
    assert.deepEqual(shown, texts, tab.name);
  }
}

describe('one link', () => {
  it('four tabs have one socket, hear the same, and each send settles where it was made', quick, async () => {
    const [profile, ...tabs] = await open('Ada', 4);
    assert.equal(profile.sockets.length, 1);
    const starts = await Promise.all(tabs.map(async (tab) => (await tab.told()).length));
    await bob.send('Ada', 'to all of you');
    for (const tab of tabs) await tab.shows('to all of you');
    const uids = await Promise.all(tabs.map((tab) => tab.send(BOB, `from ${tab.name}`)));
    assert.equal(new Set(uids).size, 4);
    for (const tab of tabs) for (const uid of uids) await tab.page.waitForFunction((wanted) => window.told.some((one) => one.endsWith(wanted) || one.endsWith('sent')), uid);
    for (const tab of tabs) await bob.shows(`from ${tab.name}`);
    await sleep(300);
    const told = await Promise.all(tabs.map(async (tab, at) => (await tab.told()).slice(starts[at])));
    // An own message is a message in the other tabs alone.
    const alike = (list) => list.filter((one) => !one.startsWith('message sent'));
    for (const list of told) assert.deepEqual(alike(list), alike(told[0]));
    for (const [at, tab] of tabs.entries()) {
      const others = tabs.filter((other) => other !== tab).map((other) => `from ${other.name}`);
      const shown = told[at].filter((one) => one.startsWith('message sent')).map((one) => /from tab \d+/.exec(one)[0]);
      assert.deepEqual(shown.sort(), others.sort(), tab.name);
    }
    assert.deepEqual(tabs.flatMap(({ page }) => page.problems), []);
    assert.equal(profile.sockets.length, 1);
    await profile.context.close();
  });

  it('drafts, pins, unread counts, questions and histories of any tab are those of all', quick, async () => {
    const [profile, leader, follower, third] = await open('Ann', 3);
    await bob.send('Ann', 'unread');
    for (const tab of [leader, follower, third]) await tab.hears('row Bob 1');
    const ref = { type: 1, targetId: BOB };
    await follower.do((client, of) => client.setDraft(of, 'half a sentence'), ref);
    await third.do((client, of) => client.setPinned(of, true), ref);
    await follower.do((client, of) => client.clearUnread(of), ref);
    for (const tab of [leader, follower, third]) {
      await tab.hears('row Bob 0 half a sentence true');
      const row = await tab.do((client, of) => client.conversation(of), ref);
      assert.deepEqual([row.unreadCount, row.draft, row.pinned, row.latestMessage.content.content], [0, 'half a sentence', true, 'unread']);
      assert.equal(await tab.do((client) => client.unreadCount()), 0);
      const list = await tab.do((client) => client.conversations({ types: [1] }));
      assert.deepEqual(list.map(({ conversation }) => conversation.targetId), [BOB]);
      const { messages } = await tab.do((client, of) => client.history(of), ref);
      assert.deepEqual(messages.map(({ content }) => content.content), ['unread']);
    }
    const later = await profile.tab();
    await later.hears('row Bob 0 half a sentence true');
    const uid = await follower.send(BOB, 'taken back');
    await third.shows('taken back');
    await third.do(async (client, of, messageUId) => {
      const { messages } = await client.history(of);
      await client.recall(messages.find((message) => message.messageUId === messageUId));
    }, ref, uid);
    for (const tab of [leader, follower, third]) await tab.hears(`recalled ${uid}`);
    const refusal = (tab) => tab.do((client) => client.ask('qnTkn', null, { type: 'one' }).catch(({ code, message }) => [code, message]));
    assert.deepEqual(await refusal(follower), await refusal(leader));
    assert.equal(profile.sockets.length, 1);
    await profile.context.close();
  });

  it('a tab with a token of its own joins the login; ending the session in one ends it in all', quick, async () => {
    const [profile, leader] = await open('Abe', 1);
    const { token } = await world.server.signIn('Abe');
    const other = await profile.tab({ token });
    assert.equal(profile.sockets.length, 1);
    assert.deepEqual(await other.do((client) => [client.userId, client.status.name]), ['Abe', 'connected']);
    await other.do((client) => client.disconnect());
    for (const tab of [leader, other]) await tab.hears('status disconnected');
    await profile.holds(0);
    await other.do((client, text) => client.connect(text), token);
    for (const tab of [leader, other]) assert.equal(await tab.status(), 'connected');
    await other.do((client) => client.destroy());
    assert.equal(await leader.status(), 'connected', `destroying a client ends its tab alone: ${await leader.told()} | ${JSON.stringify(profile.sockets)}`);
    await leader.send(BOB, 'still here');
    await profile.context.close();
  });

  it("another user's tab has a session of its own", quick, async () => {
    const [profile, first] = await open('Amy', 1);
    const { token } = await world.server.signIn('Art');
    const second = await profile.tab({ token });
    assert.equal(await second.do((client) => client.userId), 'Art');
    await profile.holds(2);
    await second.do((client, text) => client.connect(text), profile.session.token);
    assert.equal(await second.do((client) => client.userId), 'Amy');
    await profile.holds(1);
    await first.do((client, to) => client.send({ type: 1, targetId: to }, 'x'), BOB);
    await second.shows('x');
    await profile.context.close();
  });

  it('tabs that want to be alone are', quick, async () => {
    const [profile, ...tabs] = await open('Ali', 2, { tabs: 'alone' });
    const joins = await profile.tab();
    await profile.holds(3);
    await bob.send('Ali', 'thrice');
    for (const tab of [...tabs, joins]) await tab.shows('thrice');
    await profile.context.close();
  });

  it('C19 without channels each tab stands alone', quick, async () => {
    const profile = await Profile.open(world, 'Asa');
    await profile.context.addInitScript(() => delete globalThis.BroadcastChannel);
    const tabs = [await profile.tab(), await profile.tab()];
    await profile.holds(2);
    await bob.send('Asa', 'twice');
    for (const tab of tabs) await tab.shows('twice');
    await profile.context.close();
  });

  it('C7 a storage that throws leaves each tab alone', quick, async () => {
    const profile = await Profile.open(world, 'Ava');
    await profile.context.addInitScript(() => Object.defineProperty(globalThis, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } }));
    const tabs = [await profile.tab(), await profile.tab()];
    await profile.holds(2);
    await bob.send('Ava', 'twice');
    for (const tab of tabs) await tab.shows('twice');
    await profile.context.close();
  });
});

describe('hand-over', () => {
  /** Messages of a sender that does not stop while the office changes hands. */
  async function stream(to, count, during) {
    const texts = Array.from({ length: count }, (_, n) => `${to} ${n}`);
    const sending = bob.do(async (client, target, all) => {
      for (const text of all) {
        await client.send({ type: 1, targetId: target }, text);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }, to, texts);
    await sleep(300);
    const result = await during();
    await sending;
    return [texts, result];
  }

  for (const [how, name, end] of [
    ['closed', 'Cy', ({ page }) => page.close()],
    ['left for another page', 'Di', ({ page }) => page.goto('about:blank')],
    ['crashed', 'Ed', ({ page }) => { void page.goto('chrome://crash').catch(() => {}); }],
  ]) {
    it(`the leader is ${how}: nothing is lost or shown twice, and sends under way settle once`, quick, async () => {
      const [profile, leader, ...rest] = await open(name, 4);
      const [texts, ms] = await stream(name, 60, async () => {
        const since = Date.now();
        await end(leader);
        const late = rest.map((tab) => tab.send(BOB, `${tab.name} of ${name}`));
        const back = await backAfter(since, profile, rest);
        await Promise.all(late);
        return back;
      });
      console.log(`leader ${how}: ${ms} ms until a message got through to all`);
      assert.ok(ms <= HAND_OVER_MS, `${ms} ms`);
      for (const tab of rest) await tab.shows(texts.at(-1));
      await showOnce(rest, texts);
      for (const tab of rest) await bob.shows(`${tab.name} of ${name}`);
      const heard = (await bob.texts()).filter((text) => text.endsWith(`of ${name}`));
      assert.equal(heard.length, 3, 'no copy of a send');
      assert.deepEqual(profile.sockets.length, 2, 'one login each');
      await profile.context.close();
    });
  }

  it('C18 a frozen leader loses its office, and follows once it wakes', quick, async () => {
    const [profile, leader, ...rest] = await open('Flo', 4);
    const session = await profile.context.newCDPSession(leader.page);
    const [texts, ms] = await stream('Flo', 60, async () => {
      const since = Date.now();
      await session.send('Page.setWebLifecycleState', { state: 'frozen' });
      return backAfter(since, profile, rest);
    });
    console.log(`leader frozen: ${ms} ms until a message got through to the others`);
    assert.ok(ms <= HAND_OVER_MS, `${ms} ms`);
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    for (const tab of [leader, ...rest]) await tab.shows(texts.at(-1));
    await showOnce([leader, ...rest], texts);
    await profile.holds(1);
    await leader.send(BOB, 'awake');
    for (const tab of rest) await tab.shows('awake');
    await profile.context.close();
  });

  it('C18 a leader that hangs without a word has its lock stolen, and writes nothing any more', quick, async () => {
    const [profile, leader, ...rest] = await open('Gus', 3);
    const since = Date.now();
    const hangs = leader.page.evaluate((until) => { while (Date.now() < until); }, since + 9_000);
    const ms = await backAfter(since, profile, rest);
    console.log(`leader hangs: ${ms} ms until a message got through to the others`);
    assert.ok(ms <= SILENCE_MS + HAND_OVER_MS, `${ms} ms`);
    const cursor = () => rest[0].page.evaluate(() => Object.entries(localStorage).filter(([key]) => /leader|cursor/.test(key)).sort().join());
    await sleep(300);
    const kept = await cursor();
    await hangs;
    await leader.shows(`after ${since}`);
    await sleep(1_000);
    assert.equal(await cursor(), kept, 'the woken one wrote over it');
    await profile.holds(1);
    assert.equal((await leader.texts()).length, 1);
    await leader.send(BOB, 'awake');
    for (const tab of rest) await tab.shows('awake');
    assert.deepEqual((await leader.told()).filter((one) => one.startsWith('error')), []);
    await profile.context.close();
  });

  it('the archive has each message once, also those of a hand-over', quick, async () => {
    const [profile, leader, ...rest] = await open('Ida', 3, { archive: true });
    const [texts] = await stream('Ida', 40, async () => {
      await rest[0].send(BOB, 'of a follower');
      await leader.send(BOB, 'of the leader');
      await leader.page.close();
    });
    for (const tab of rest) await tab.shows(texts.at(-1));
    const kept = (tab) => tab.do(async (client, of) => {
      const archive = await client.archive();
      const { messages } = await archive.page(of, { count: 100 });
      return messages.map(({ content }) => content.content);
    }, { type: 1, targetId: BOB });
    for (const tab of rest) {
      let all = [];
      for (let tries = 0; tries < 40 && all.length < texts.length + 2; tries += 1) {
        await sleep(100);
        all = await kept(tab);
      }
      assert.deepEqual(all.filter((text) => !text.startsWith('of ')), texts, tab.name);
      assert.deepEqual(all.filter((text) => text.startsWith('of ')).sort(), ['of a follower', 'of the leader']);
    }
    await profile.context.close();
  });

  it('a session that was ended, and sends of a closed tab, are handed over, too', quick, async () => {
    const [profile, leader, follower] = await open('Hal', 2);
    await profile.context.setOffline(true);
    await follower.do((client, to) => { client.submit({ type: 1, targetId: to }, 'from a tab that closes').sent.catch(() => {}); }, BOB);
    await sleep(200);
    await follower.page.close();
    await profile.context.setOffline(false);
    const fourth = await profile.tab();
    await leader.page.close();
    await bob.shows('from a tab that closes');
    await fourth.do((client) => client.disconnect());
    const fifth = await profile.tab();
    assert.equal(await fourth.status(), 'connected', 'a tab that opens begins the session anew');
    await fifth.do((client) => client.disconnect());
    await fourth.page.close();
    await sleep(500);
    assert.equal(await fifth.status(), 'disconnected');
    await profile.holds(0);
    await fifth.do((client, text) => client.connect(text), profile.session.token);
    assert.equal(await fifth.status(), 'connected');
    assert.equal((await bob.texts()).filter((text) => text === 'from a tab that closes').length, 1);
    await profile.context.close();
  });
});
