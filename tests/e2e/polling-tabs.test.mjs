// Two tabs of a user who may not have a WebSocket share one polling session: one of them asks, both
// hear, and when the one that asks is closed the other goes on without losing anything.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { launch } from './lib/browser.mjs';
import { SdkPages } from './lib/sdk-page.mjs';
import { Server } from './lib/server.mjs';
import { Profile } from './lib/tab.mjs';

/** So many messages each way; the leader is closed in the middle of them. */
const COUNT = 60;

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

/** Notes what each tab asks the server for, from here on. */
function listening(tabs) {
  const asked = new Map(tabs.map((tab) => [tab.name, []]));
  for (const tab of tabs) tab.page.on('request', (request) => asked.get(tab.name).push(new URL(request.url()).pathname));
  return asked;
}

const numbered = (name) => Array.from({ length: COUNT }, (_, at) => `${name} ${at}`);

it('a closed leader that polled costs no message, either way', { timeout: 120_000 }, async () => {
  const options = { transport: 'polling' };
  const bob = await (await Profile.open(world, 'Bob')).tab(options);
  const ada = await Profile.open(world, 'Ada');
  const [leader, follower] = [await ada.tab(options), await ada.tab(options)];
  const asked = listening([leader, follower]);

  const [from, to] = [numbered('bob'), numbered('ada')];
  const said = (async () => {
    for (const text of from) await bob.send('Ada', text);
  })();
  // All at once: most of them wait in the leader's outbox when it is gone.
  const settled = follower.do((client, texts) => Promise.all(texts.map((text) => client.send({ type: 1, targetId: 'Bob' }, text).then(({ messageUId }) => messageUId))), to);
  await leader.shows('bob 10');
  assert.deepEqual(asked.get(follower.name), [], 'one session for both');
  await leader.page.close();
  await said;

  await follower.shows(from.at(-1));
  const uids = await settled;
  assert.equal(new Set(uids).size, COUNT, 'each send has an end of its own');
  await bob.shows(to.at(-1));
  assert.deepEqual((await follower.texts()).filter((text) => text.startsWith('bob ')), from);
  assert.deepEqual((await bob.texts()).filter((text) => text.startsWith('ada ')), to);
  assert.ok(asked.get(follower.name).length > 0, 'it polls in the place of the one that is gone');
  assert.deepEqual([ada.sockets, bob.page.problems, follower.page.problems], [[], [], []]);
});
