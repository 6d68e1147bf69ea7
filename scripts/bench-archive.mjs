// The message archive in Chromium with 100,000 messages on disk, half Chinese and half English:
// keeping them, searching them, opening a conversation in a page that has just started.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium as playwright } from 'playwright-core';
import { CHROMIUM_ARGS, chromium } from './lib/chromium.mjs';
import { serve } from './lib/serve.mjs';
import { table } from './lib/timing.mjs';

const MESSAGES = 100_000;
const QUERIES = 200;
const OPENINGS = 9;

const sorted = (values) => [...values].sort((a, b) => a - b);
const at = (values, share) => sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))];
const row = (what, values) => [what, at(values, 0.5).toFixed(1), at(values, 0.95).toFixed(1), String(values.length)];

export async function benchArchive() {
  const server = await serve();
  const profile = mkdtempSync(join(tmpdir(), 'hongyan-bench-'));
  // A profile on disk: a private one keeps its databases in memory.
  const context = await playwright.launchPersistentContext(profile, { executablePath: chromium(), args: CHROMIUM_ARGS });
  const open = async () => {
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.goto(`http://127.0.0.1:${server.address().port}/benches/browser/archive.html`);
    await page.waitForFunction(() => window.ready, undefined, { timeout: 30_000 });
    return page;
  };
  try {
    const first = await open();
    const thousands = await first.evaluate((count) => window.fill(count), MESSAGES);
    const live = await first.evaluate(() => window.putOne(50));
    await first.close();
    const openings = [];
    for (let n = 0; n < OPENINGS; n += 1) {
      const page = await open();
      openings.push(await page.evaluate(() => window.openHistory()));
      await page.close();
    }
    const page = await open();
    const found = await page.evaluate((count) => window.searches(count), QUERIES);
    const kinds = [...new Set(found.map(({ kind }) => kind))];
    const of = (kind) => found.filter((one) => one.kind === kind).map(({ ms }) => ms);
    console.log(table([
      [`${MESSAGES.toLocaleString('en')} messages`, 'median ms', '95 % ms', 'samples'],
      row('keep 1,000 messages', thousands),
      row('keep one message', live),
      row('newest 50 of a conversation: module, database, page', openings.map(({ all }) => all)),
      row('  of that the page, once all is open', openings.map(({ page: ms }) => ms)),
      row('first page of a search (20 hits)', found.map(({ ms }) => ms)),
      ...kinds.map((kind) => row(`  ${kind}`, of(kind))),
    ]));
    console.log(`\nhits: ${found.reduce((sum, { hits }) => sum + hits, 0)} shown, ${found.filter(({ hits }) => hits === 0).length} searches without any`);
    console.log(context.browser()?.version() ?? '');
  } finally {
    await context.close();
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
