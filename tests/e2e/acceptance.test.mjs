// Two real pages exchange 1,000 messages each way while the server is killed (kill -9) and started
// again three times: nothing lost, doubled or out of order, judged by what the listeners got.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { launch } from './lib/browser.mjs';
import { eventually } from './lib/demo.mjs';
import { SdkPages } from './lib/sdk-page.mjs';
import { Server } from './lib/server.mjs';

const MESSAGES = 1_000;
/** The server dies when so many messages have arrived on both sides together. */
const KILL_AT = [400, 1_000, 1_600];

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

/** A page with a client that notes every message its listener gets. */
async function join(name, peer) {
  const page = await pages.open(browser);
  await page.evaluate(async ([url, session, other]) => {
    const client = window.hongyan.createClient({ appKey: session.appKey, navigators: url });
    const heard = [];
    const gaps = [];
    client.on('message', ({ messageUId, senderUserId, content, sentTime, conversation }) => {
      heard.push({ messageUId, senderUserId, sentTime, text: content.content, in: conversation.targetId });
    });
    client.on('gap', (range) => gaps.push(range));
    await client.connect(session.token);
    window.run = { client, heard, gaps, acks: [], failures: [], to: { type: 1, targetId: other } };
  }, [server.url, await server.signIn(name), peer]);
  return page;
}

/** Asks for every send at once; the SDK keeps them in order. */
const sendAll = (page) => page.evaluate((count) => {
  const { client, to, acks, failures } = window.run;
  for (let index = 0; index < count; index += 1) {
    client.submit(to, `message ${index}`).sent.then(
      ({ messageUId, sentTime }) => acks.push({ index, messageUId, sentTime }),
      (error) => failures.push(String(error)),
    );
  }
}, MESSAGES);

const heardCount = (page) => page.evaluate(() => window.run.heard.length);
const ackCount = (page) => page.evaluate(() => window.run.acks.length + window.run.failures.length);
const results = (page) => page.evaluate(() => {
  const { heard, acks, failures, gaps } = window.run;
  return { heard, acks, failures, gaps };
});

function judge(from, sender, receiver) {
  assert.deepEqual(sender.failures, [], 'no send fails');
  assert.deepEqual(receiver.gaps, [], 'no gap');
  assert.deepEqual(
    receiver.heard.map((message) => message.text),
    Array.from({ length: MESSAGES }, (_, index) => `message ${index}`),
    'every message once, in the order it was sent',
  );
  assert.ok(receiver.heard.every((message) => message.senderUserId === from && message.in === from));
  assert.equal(new Set(receiver.heard.map((message) => message.messageUId)).size, MESSAGES, 'ids differ');
  receiver.heard.forEach((message, index) => {
    assert.ok(index === 0 || message.sentTime > receiver.heard[index - 1].sentTime, 'time rises');
  });
  const acked = [...sender.acks].sort((a, b) => a.index - b.index);
  assert.deepEqual(
    acked.map(({ messageUId, sentTime }) => ({ messageUId, sentTime })),
    receiver.heard.map(({ messageUId, sentTime }) => ({ messageUId, sentTime })),
    'the sender was told what the receiver got',
  );
}

it('1,000 messages each way, the server killed three times', { timeout: 400_000 }, async (test) => {
  const ann = await join('Ann', 'Ben');
  const ben = await join('Ben', 'Ann');
  const total = async () => (await heardCount(ann)) + (await heardCount(ben));
  const started = Date.now();
  await Promise.all([sendAll(ann), sendAll(ben)]);
  for (const at of KILL_AT) {
    const seen = await eventually(total, (count) => count >= at, `${at} messages should arrive`, 90_000);
    assert.ok(seen < 2 * MESSAGES, 'the kill should come in mid-conversation');
    await server.kill();
    await server.up();
    test.diagnostic(`killed and started again after ${seen} messages, ${Date.now() - started} ms`);
  }
  await eventually(total, (count) => count >= 2 * MESSAGES, 'every message should arrive', 120_000);
  for (const page of [ann, ben]) {
    await eventually(() => ackCount(page), (count) => count === MESSAGES, 'every send should be settled', 30_000);
  }
  test.diagnostic(`2,000 messages in ${Date.now() - started} ms`);
  // A copy that comes late would be one too many.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const [annGot, benGot] = [await results(ann), await results(ben)];
  judge('Ann', annGot, benGot);
  judge('Ben', benGot, annGot);
  assert.deepEqual([...ann.problems, ...ben.problems], []);
});
