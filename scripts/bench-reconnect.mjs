// `npm run bench -- reconnect`: how soon a dead link is noticed, and how soon a page is back online,
// in Chromium, through a real server, next to the goals.
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from '../tests/e2e/lib/browser.mjs';
import { Proxy } from '../tests/e2e/lib/proxy.mjs';
import { RawPage } from '../tests/e2e/lib/raw-page.mjs';
import { SdkPages } from '../tests/e2e/lib/sdk-page.mjs';
import { Server } from '../tests/e2e/lib/server.mjs';
import { table } from './lib/timing.mjs';

/** Pages at once, and how often each goes through everything. */
const PAGES = 8;
const ROUNDS = 4;
const LIMIT_MS = 60_000;

const MEANING = `silent        the connection stays open and carries nothing any more; until the page is told that it is lost
hinted        the same, and the browser says "online" 0.2 s later; from there on
back          connections are cut and refused and the browser is offline for 3 to 30 s; from the moment at which
              both are over until the page is connected
unannounced   connections are cut and refused for 3 to 30 s, and no event tells of it: the pauses have grown to
              as much as the outage, 20 s at most`;

class Trial {
  static async open(browser, server, pages, name) {
    const trial = new Trial();
    trial.proxy = await Proxy.to(server.port);
    trial.page = await RawPage.open(browser, pages.url);
    while (!(await trial.page.evaluate(() => Boolean(window.hongyan)))) await sleep(20);
    await trial.page.evaluate(async ([navigators, { appKey, token }]) => {
      const client = window.hongyan.createClient({ appKey, navigators });
      window.told = [];
      client.on('status', ({ name: status }) => window.told.push([status, Date.now()]));
      await client.connect(token);
    }, [trial.proxy.url, await server.signIn(name)]);
    return trial;
  }

  /** When the page is told `status` first after `since`, Unix ms. */
  async told(status, since) {
    const end = Date.now() + LIMIT_MS;
    for (;;) {
      const told = await this.page.evaluate(() => window.told);
      const found = told.find(([name, at]) => name === status && at >= since);
      if (found) return found[1];
      if (Date.now() > end) throw new Error(`not ${status} within ${LIMIT_MS} ms: ${JSON.stringify(told.slice(-6))}`);
      await sleep(100);
    }
  }

  async silent(hinted) {
    // Anywhere in the rhythm of the pings.
    await sleep(Math.random() * 10_000);
    let start = Date.now();
    this.proxy.silence();
    if (hinted) {
      await sleep(200);
      start = Date.now();
      await this.page.evaluate(() => void window.dispatchEvent(new Event('online')));
    }
    const lost = await this.told('networkUnavailable', start);
    await this.told('connected', lost);
    return lost - start;
  }

  async back(announced) {
    const outage = 3_000 + Math.random() * 27_000;
    const cut = Date.now();
    this.proxy.cut();
    if (announced) await this.page.offline(true);
    await this.told('networkUnavailable', cut);
    await sleep(outage);
    this.proxy.mend();
    if (announced) await this.page.offline(false);
    const start = Date.now();
    return (await this.told('connected', start - 200)) - start;
  }
}

async function measure(trials, what) {
  const took = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    took.push(...(await Promise.all(trials.map(what))));
    await sleep(6_000);
  }
  took.sort((one, other) => one - other);
  const at = (share) => String(took[Math.min(took.length - 1, Math.ceil(took.length * share) - 1)]);
  return [String(took.length), at(0.5), at(0.95), at(1)];
}

export async function benchReconnect() {
  const [browser, server, pages] = await Promise.all([launch(), Server.start(), SdkPages.serve()]);
  try {
    const names = Array.from({ length: PAGES }, (_, index) => `Trial${index}`);
    const trials = await Promise.all(names.map((name) => Trial.open(browser, server, pages, name)));
    const rows = [['', 'trials', 'median ms', 'p95 ms', 'most ms', 'goal']];
    for (const [name, goal, what] of [
      ['silent', '15 s', (trial) => trial.silent(false)],
      ['hinted', '3 s', (trial) => trial.silent(true)],
      ['back', 'p95 1.5 s', (trial) => trial.back(true)],
      ['unannounced', '-', (trial) => trial.back(false)],
    ]) {
      rows.push([name, ...(await measure(trials, what)), goal]);
      console.log(rows.at(-1).join('  '));
    }
    console.log(`\n${table(rows)}\n\n${MEANING}\n${browser.version()}`);
  } finally {
    await browser.close();
    await pages.close();
    await server.stop();
  }
}
