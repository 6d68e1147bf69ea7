// Calls in the demo: two people in Chromium with made-up devices, against the real server.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { CHROMIUM_ARGS } from '../../scripts/lib/chromium.mjs';
import { launch, newPage, watch } from './lib/browser.mjs';
import { eventually, Person } from './lib/demo.mjs';
import { Server } from './lib/server.mjs';

const TIME = { timeout: 90_000 };
const ALLOWED = { permissions: ['microphone', 'camera'] };
let browser;
let server;

before(async () => {
  // A machine without a network has its own address alone.
  const args = [...CHROMIUM_ARGS, '--use-fake-device-for-media-stream', '--allow-loopback-in-peer-connection'];
  [browser, server] = await Promise.all([launch({ args }), Server.start({ send_rate: 0 })]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Keeps the page's links in `window.links`, so that they can be asked what went over them. */
function keepLinks() {
  window.links = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) {
      super(...given);
      window.links.push(this);
    }
  };
}

/** Somebody who may be heard and seen. */
async function join(name, { prepare = async () => {}, ...options } = {}) {
  const person = new Person(await newPage(browser, { ...ALLOWED, ...options }), name);
  await person.page.addInitScript(keepLinks);
  await prepare(person.page);
  await person.page.goto(server.url);
  await person.enterName();
  return person;
}

const pair = (one, other) => Promise.all([join(one), join(other)]);
const button = (page, name) => page.getByRole('button', { name, exact: true });
const card = (page) => page.locator('dialog.call');
const says = (page, text) => card(page).getByText(text).waitFor();
const quiet = (page) => page.locator('dialog.call:not([open])').waitFor({ state: 'attached' });

/** Bytes that came over the newest link, by kind. */
const bytesIn = (page) => page.evaluate(async () => {
  const came = { audio: 0, video: 0 };
  for (const report of (await window.links.at(-1).getStats()).values()) {
    if (report.type === 'inbound-rtp') came[report.kind] += report.bytesReceived;
  }
  return came;
});

async function receives(page, kinds) {
  const before = await bytesIn(page);
  await eventually(() => bytesIn(page), (now) => kinds.every((kind) => now[kind] > before[kind] + 2000), `${kinds} should go on arriving`);
}

/** What the conversation keeps of the last call. */
const lastRecord = (page, text) => page.locator('.message').last().locator('.call-line', { hasText: text }).waitFor();

it('sound and pictures flow both ways, are switched off, and end for both', TIME, async () => {
  const [ann, ben] = await pair('Ann', 'Ben');
  await ann.startChat('Ben');
  await button(ann.page, 'Video call').click();
  await says(ann.page, 'It rings');
  await says(ben.page, 'calls you with video');
  // A key that was meant for a message answers nothing.
  await ben.page.keyboard.press('Enter');
  await says(ben.page, 'calls you with video');
  await button(ben.page, 'Accept').click();
  for (const { page } of [ann, ben]) {
    await card(page).getByText(/^0:0\d$/).waitFor();
    await receives(page, ['audio', 'video']);
  }
  const seen = await card(ben.page).locator('.theirs').evaluate((video) => [video.videoWidth > 0, video.paused, video.muted]);
  assert.deepEqual(seen, [true, false, false]);
  await button(ann.page, 'Camera').click();
  await card(ben.page).locator('.portrait').waitFor();
  await button(ann.page, 'Camera').click();
  await card(ben.page).locator('.theirs').waitFor();
  await button(ben.page, 'Hang up').click();
  await says(ann.page, 'The call is over.');
  await lastRecord(ann.page, /Video call · 0:\d\d/);
  await ben.open('Ann');
  await lastRecord(ben.page, /Video call · 0:\d\d/);
  await eventually(() => ann.page.evaluate(() => window.links.map(({ connectionState }) => connectionState)), (all) => all.every((state) => state === 'closed'), 'no link stays open');
  await Promise.all([ann.leave(), ben.leave()]);
});

it('a call is declined, taken back, and busy; each is told and kept', TIME, async () => {
  const [cal, dan] = await pair('Cal', 'Dan');
  const eve = await join('Eve');
  await cal.startChat('Dan');
  await button(cal.page, 'Call').click();
  await says(dan.page, 'calls you');
  await dan.page.keyboard.press('Escape');
  await says(cal.page, 'The call was declined.');
  await lastRecord(cal.page, 'declined');

  await button(cal.page, 'Call').click();
  await says(dan.page, 'calls you');
  await button(cal.page, 'Cancel the call').click();
  await says(dan.page, 'You missed this call.');
  await lastRecord(cal.page, 'cancelled');

  await button(cal.page, 'Call').click();
  await button(dan.page, 'Accept').click();
  await card(cal.page).getByText(/^0:0\d$/).waitFor();
  await receives(dan.page, ['audio']);
  await eve.startChat('Dan');
  await button(eve.page, 'Call').click();
  await says(eve.page, 'Busy: in another call.');
  await lastRecord(eve.page, 'busy');
  // Who leaves the page hangs up; if that does not leave any more, the other side notices.
  await cal.page.goto('about:blank');
  await card(dan.page).getByText(/The call is over|was lost/).waitFor({ timeout: 45_000 });
  await Promise.all([cal, dan, eve].map((one) => one.leave()));
});

it('it rings in all tabs; one takes it, the other falls silent', TIME, async () => {
  const [fay, gus] = await pair('Fay', 'Gus');
  const page = await gus.page.context().newPage();
  watch(page);
  await page.goto(server.url);
  await new Person(page, 'Gus').enterName();
  await fay.startChat('Gus');
  await button(fay.page, 'Call').click();
  await says(gus.page, 'calls you');
  await says(page, 'calls you');
  await button(page, 'Accept').click();
  await says(gus.page, 'Answered in another window');
  await card(fay.page).getByText(/^0:0\d$/).waitFor();
  await receives(fay.page, ['audio']);
  await quiet(gus.page);
  await button(fay.page, 'Hang up').click();
  await says(page, 'The call is over.');
  assert.deepEqual(page.problems, []);
  await Promise.all([fay.leave(), gus.leave()]);
});

it('who is away is called as soon as he comes; nobody answers in a minute', TIME, async () => {
  const hal = await join('Hal', { prepare: (page) => page.clock.install() });
  await server.signIn('Ida');
  await hal.startChat('Ida');
  await button(hal.page, 'Call').click();
  await says(hal.page, 'Offline. It rings as soon as they are there.');
  const ida = await join('Ida', { viewport: { width: 390, height: 844 } });
  await says(ida.page, 'calls you');
  await says(hal.page, 'It rings');
  await hal.page.clock.fastForward(61_000);
  await says(hal.page, 'Nobody answered.');
  await lastRecord(hal.page, 'not answered');
  await says(ida.page, 'You missed this call.');
  await Promise.all([hal.leave(), ida.leave()]);
});

it('without a microphone, without leave, and to who has blocked one, it says so', TIME, async () => {
  const [jim, kim] = await Promise.all([join('Jim', { permissions: [] }), join('Kim')]);
  await jim.startChat('Kim');
  await button(jim.page, 'Call').click();
  await says(jim.page, 'The microphone or the camera is not allowed.');
  // Who may not be heard goes on ringing, and may allow it.
  await kim.startChat('Jim');
  await button(kim.page, 'Call').click();
  await button(jim.page, 'Accept').click();
  await says(jim.page, 'The microphone or the camera is not allowed.');
  await jim.page.context().grantPermissions(['microphone'], { origin: server.url });
  await button(jim.page, 'Accept').click();
  await card(kim.page).getByText(/^0:0\d$/).waitFor();
  await button(kim.page, 'Hang up').click();
  await says(jim.page, 'The call is over.');

  await kim.page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('none', 'NotFoundError'));
  });
  await button(kim.page, 'Video call').click();
  await says(kim.page, 'No microphone was found.');
  // Who is asked for the microphone is busy, and goes on being asked.
  await kim.page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => new Promise(() => {});
  });
  await quiet(kim.page);
  await button(kim.page, 'Call').click();
  await says(kim.page, 'Please allow the microphone');
  await button(jim.page, 'Call').click();
  await says(jim.page, 'Busy: in another call.');
  await says(kim.page, 'Please allow the microphone');
  await button(kim.page, 'Cancel the call').click();
  await button(kim.page, 'Jim').click();
  await kim.page.getByRole('switch', { name: 'Block' }).click();
  await kim.page.locator('[role="switch"][aria-checked="true"]', { hasText: 'Block' }).waitFor();
  await button(jim.page, 'Call').click();
  await says(jim.page, 'This user does not take calls from you.');
  await Promise.all([jim.leave(), kim.leave()]);
});
