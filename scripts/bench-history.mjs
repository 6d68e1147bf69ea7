// `npm run bench -- history`: a page of 100 messages of history, from the arrival of the frame to
// the page's own callback with objects, in the SDK and in a published client of the same protocol,
// against the same server, in turns.
import { launch, newPage } from '../tests/e2e/lib/browser.mjs';
import { SdkPages } from '../tests/e2e/lib/sdk-page.mjs';
import { Server } from '../tests/e2e/lib/server.mjs';
import { Ours } from '../tests/interop/lib/ours.mjs';
import { RivalPages } from '../tests/interop/lib/rival.mjs';
import { table } from './lib/timing.mjs';

const MESSAGES = 100;
const ROUNDS = 200;
/** Rounds before those that count: both sides run warm. */
const WARM = 300;

/** In the page: notes when a frame arrives, before anybody reads it. */
function noteArrivals() {
  const told = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage');
  const noted = (listener) => (event) => {
    window.arrived = performance.now();
    return listener(event);
  };
  Object.defineProperty(WebSocket.prototype, 'onmessage', { ...told, set(listener) {
    told.set.call(this, listener && noted(listener));
  } });
  const { addEventListener } = EventTarget.prototype;
  WebSocket.prototype.addEventListener = function add(type, listener, options) {
    addEventListener.call(this, type, type === 'message' ? noted(listener) : listener, options);
  };
}

/** Of documents: a page of its own process has a clock with steps of 5 µs. */
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'credentialless' };

const ours = () =>
  window.client.history({ type: 1, targetId: 'ben' }, { count: 100 }).then(({ messages }) => [performance.now() - window.arrived, messages.length]);

const theirs = () =>
  new Promise((resolve, reject) => {
    window.RongIMLib.RongIMClient.getInstance().getHistoryMessages(1, 'ann', 0, 100, {
      onSuccess: (messages) => resolve([performance.now() - window.arrived, messages.length]),
      onError: reject,
    });
  });

const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];

export async function benchHistory() {
  const [browser, server, pages, rivals] = await Promise.all([launch(), Server.start({ send_rate: 0 }), SdkPages.serve(ISOLATED), RivalPages.serve(ISOLATED)]);
  try {
    const ann = await Ours.login({ open: (...args) => pages.open(...args) }, browser, server, await server.signIn('ann'));
    const texts = Array.from({ length: MESSAGES + 20 }, (_, at) => `message ${at}: see you at the usual place, half past six`);
    await ann.page.evaluate((all) => Promise.all(all.map((text) => window.client.send({ type: 1, targetId: 'ben' }, text))), texts);
    await ann.page.addInitScript(noteArrivals);
    await ann.page.reload();
    await ann.page.waitForFunction(() => window.hongyan);
    const { token, appKey } = await server.signIn('ann');
    await ann.page.evaluate(([options, text]) => (window.client = window.hongyan.createClient(options)).connect(text), [{ appKey, navigators: server.url }, token]);
    const page = await newPage(browser);
    await page.addInitScript(noteArrivals);
    const ben = await rivals.login(browser, server, await server.signIn('ben'), page);
    for (const each of [ann.page, page]) {
      if (!(await each.evaluate(() => window.crossOriginIsolated))) throw new Error('the clock of a page has steps of 0.1 ms');
    }
    const times = { ours: [], theirs: [] };
    for (let round = -WARM; round < ROUNDS; round += 1) {
      const [mine, mineCount] = await ann.page.evaluate(ours);
      const [other, otherCount] = await ben.page.evaluate(theirs);
      if (mineCount !== MESSAGES || otherCount !== MESSAGES) throw new Error(`pages of ${mineCount} and ${otherCount} messages`);
      if (round >= 0) {
        times.ours.push(mine);
        times.theirs.push(other);
      }
    }
    const [mine, other] = [median(times.ours), median(times.theirs)];
    console.log(table([
      ['a page of 100 messages', 'median ms', 'least ms'],
      ['hongyan', mine.toFixed(3), Math.min(...times.ours).toFixed(3)],
      ['imlib-v2 2.9.2', other.toFixed(3), Math.min(...times.theirs).toFixed(3)],
    ]));
    console.log(`\nhongyan takes 1/${(other / mine).toFixed(1)} of the time`);
  } finally {
    await browser.close();
    await Promise.all([pages.close(), rivals.close(), server.stop()]);
  }
}
