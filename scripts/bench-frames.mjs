// How smoothly the demo's log moves with 100,000 messages in it while 20 more arrive every second: at
// its end, and while somebody scrolls with the wheel. In Chromium, frame by frame.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { chromium as playwright } from 'playwright-core';
import { CHROMIUM_ARGS, chromium } from './lib/chromium.mjs';
import { inRoot } from './lib/paths.mjs';
import { table } from './lib/timing.mjs';

const MESSAGES = 100_000;
const EVERY_MS = 50;
const WATCHED_MS = 10_000;
/** One wheel step, px, and the time between two, ms. */
const WHEEL = { step: 240, every: 40 };

async function html() {
  const { outputFiles } = await build({
    entryPoints: [inRoot('benches', 'browser', 'frames.ts')], bundle: true, write: false, format: 'iife', logLevel: 'error',
    alias: { hongyan: inRoot('pkg') },
  });
  const css = ['base', 'list', 'chat'].map((name) => readFileSync(inRoot('www', 'src', 'style', `${name}.css`), 'utf8'));
  const size = '#app { height: 100vh; } .messages { height: 100%; }';
  return `<!doctype html><style>${css.join('\n')}${size}</style><div id="app"></div><script>${outputFiles[0].text}</script>`;
}

/** Turns the wheel up for a while, then down, until the page has watched long enough. */
async function scroll(page, over) {
  await page.mouse.move(600, 400);
  for (let n = 0; !over(); n += 1) {
    await page.mouse.wheel(0, (Math.floor(n / 60) % 2 === 0 ? -1 : 1) * WHEEL.step);
    await sleep(WHEEL.every);
  }
}

function row(what, gaps) {
  const sorted = [...gaps].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1);
  const late = gaps.filter((ms) => ms > 33.4).length;
  return [what, String(gaps.length), at(0.5), at(0.95), at(1), `${((late / gaps.length) * 100).toFixed(2)} %`];
}

export async function benchFrames() {
  const browser = await playwright.launch({ executablePath: chromium(), args: CHROMIUM_ARGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on('pageerror', (error) => console.error(error));
    await page.setContent(await html());
    await page.evaluate((count) => window.fill(count), MESSAGES);
    await page.locator('.message').first().waitFor();
    const watch = () => page.evaluate(([ms, every]) => window.watch(ms, every), [WATCHED_MS, EVERY_MS]);
    const atEnd = await watch();
    let over = false;
    const scrolling = watch().finally(() => (over = true));
    await scroll(page, () => over);
    console.log(table([
      [`${MESSAGES.toLocaleString('en')} messages, ${1000 / EVERY_MS} more a second`, 'frames', 'median ms', '95 % ms', 'longest ms', 'over 33 ms'],
      row('at the end, which follows', atEnd),
      row('scrolled with the wheel', await scrolling),
    ]));
    console.log(browser.version());
  } finally {
    await browser.close();
  }
}
