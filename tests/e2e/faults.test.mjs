// Real pages talk through the fault proxy while it does its worst, and the checker of the soak runs
// judges what they saw.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { targetDir } from '../../scripts/lib/paths.mjs';
import { launch } from './lib/browser.mjs';
import { eventually } from './lib/demo.mjs';
import { Device } from './lib/device.mjs';
import { FaultProxy } from './lib/faults.mjs';
import { SdkPages } from './lib/sdk-page.mjs';
import { Server } from './lib/server.mjs';

const ROUNDS = 12;
/** Messages of each device in a round. */
const BURST = 4;
const STRIKES = [
  { do: 'cut' },
  { do: 'cut', reset: true },
  { do: 'duplicate' },
  { do: 'corrupt' },
  { do: 'delay', ms: 1_000 },
  { do: 'throttle', bytes_per_s: 4_096, for_ms: 1_000 },
];

let browser;
let server;
let proxy;
let pages;
/** Ann, Ben on two devices. */
let people;

before(async () => {
  [browser, server, pages] = await Promise.all([launch(), Server.start({ send_rate: 0, multi_device: true }), SdkPages.serve()]);
  proxy = await FaultProxy.to(server.port, 7);
  const world = { browser, pages, server: { url: proxy.url, signIn: (name) => server.signIn(name) } };
  people = await Promise.all(['ann', 'ben', 'ben'].map((name) => Device.open(world, name)));
});
after(async () => {
  await browser?.close();
  await pages?.close();
  await proxy?.close();
  await server?.stop();
});

const userOf = (device) => people[device].session.userId;
const peerOf = (device) => (userOf(device) === 'ann' ? 'ben' : 'ann');

/** Starts sends without waiting for them; each notes how it ended. */
async function say(device, round) {
  const texts = Array.from({ length: BURST }, (_, n) => [userOf(device), device, peerOf(device), round * BURST + n].join(' '));
  await people[device].do((client, to, all) => {
    window.run.ends ??= {};
    for (const content of all) {
      client.send(to, { objectName: 'RC:TxtMsg', body: { content } }).then(
        () => (window.run.ends[content] = 'acked'),
        (error) => (window.run.ends[content] = `refused: ${error.code}`),
      );
    }
  }, { type: 1, targetId: peerOf(device) }, texts);
  return texts;
}

function keyOf(text) {
  const [from, device, to, number] = text.split(' ');
  return { from, device: Number(device), to, number: Number(number) };
}

/** The records of the run: what was sent, how it ended, who saw what. */
async function records(texts) {
  const all = [{ what: 'rules', copies: true, times: true, echoes: true }];
  for (const text of texts) all.push({ what: 'sent', key: keyOf(text) });
  for (const [device, person] of people.entries()) {
    const view = { user: userOf(device), device };
    all.push({ what: 'watch', view });
    const ends = await person.page.evaluate(() => window.run.ends);
    for (const [text, end] of Object.entries(ends)) all.push({ what: end === 'acked' ? 'acked' : 'refused', key: keyOf(text) });
    for (const { content, sentTime } of await person.told('message')) {
      all.push({ what: 'shown', view, key: keyOf(content.content), time: sentTime });
    }
  }
  return all;
}

/** The checker's last line. */
async function verdict(all) {
  const checker = spawn(join(targetDir, 'debug', 'hongyan-checker'), { stdio: ['pipe', 'pipe', 'inherit'] });
  checker.stdin.end(all.map((record) => JSON.stringify(record)).join('\n'));
  let text = '';
  checker.stdout.setEncoding('utf8').on('data', (piece) => (text += piece));
  await once(checker, 'close');
  return text.trim();
}

describe('pages on a bad network', { timeout: 180_000 }, () => {
  it('lose nothing, see nothing twice, and all in order', async () => {
    const texts = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const device of people.keys()) texts.push(...(await say(device, round)));
      await proxy.strike({ fault: STRIKES[round % STRIKES.length], path: '/websocket' });
      if (round === ROUNDS / 2) await server.kill().then(() => server.up());
      await sleep(500);
    }
    await proxy.clearRules();
    const expected = texts.length;
    const ended = (person) => person.page.evaluate(() => Object.values(window.run.ends));
    for (const [device, person] of people.entries()) {
      await eventually(() => ended(person), (ends) => ends.length === ROUNDS * BURST, `the sends of ${device} should end`, 60_000);
      assert.deepEqual(new Set(await ended(person)), new Set(['acked']));
      // Its own are not told to it.
      const due = expected - ROUNDS * BURST;
      await eventually(() => person.told('message'), (all) => all.length >= due, `${device} should see ${due} messages`, 60_000);
    }
    assert.equal(await verdict(await records(texts)), `messages=${expected} lost=0 doubled=0 reordered=0 phantom=0`);
    assert.ok((await proxy.standing()).faults >= ROUNDS, 'things did go wrong');
  });
});
