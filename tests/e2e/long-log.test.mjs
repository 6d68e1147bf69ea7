// The demo's message log with 100,000 rows, in a real browser.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { launch, newPage } from './lib/browser.mjs';
import { eventually } from './lib/demo.mjs';

const ROWS = 100_000;
const MOST_NODES = 400;

let browser;
let html;

before(async () => {
  const { outputFiles } = await build({
    entryPoints: [inRoot('tests', 'e2e', 'lib', 'long-log.ts')], bundle: true, write: false, format: 'iife', logLevel: 'error',
    alias: { hongyan: inRoot('pkg') },
  });
  const css = ['base', 'list', 'chat'].map((name) => readFileSync(inRoot('www', 'src', 'style', `${name}.css`), 'utf8'));
  const size = '#app { height: 700px; } .messages { height: 100%; }';
  html = `<!doctype html><style>${css.join('\n')}${size}</style><div id="app"></div><script>${outputFiles[0].text}</script>`;
  browser = await launch();
});
after(() => browser?.close());

async function openLog() {
  const page = await newPage(browser);
  await page.setContent(html);
  await page.evaluate((count) => window.fill(0, count), ROWS);
  await sees(page, ROWS - 1);
  return page;
}

/** What stands at a line of the window, px from its top; the number of the message there. */
const rowAt = (page, y) => page.evaluate((line) => {
  const text = document.elementsFromPoint(640, line).map((one) => one.closest('.item')?.querySelector('.text')).find(Boolean);
  return text ? Number(/\d+/.exec(text.textContent)[0]) : null;
}, y);

/** Waits for a message to be in sight. */
async function sees(page, number) {
  const inSight = () => page.evaluate((wanted) => {
    const { top, bottom } = document.querySelector('.scroller').getBoundingClientRect();
    return [...document.querySelectorAll('.log .text')].some((text) => {
      const box = text.getBoundingClientRect();
      return text.textContent.startsWith(`message ${wanted}`) && !/^\d/.test(text.textContent.slice(`message ${wanted}`.length))
        && box.bottom > top && box.top < bottom;
    });
  }, number);
  await eventually(inSight, Boolean, `message ${number} should be in sight`);
}

const nodes = (page) => page.evaluate(() => document.querySelectorAll('#app *').length);
const settled = (page) => page.evaluate(() => new Promise((done) => setTimeout(done, 250)));

describe('a log of 100,000 messages', () => {
  it('opens at its end, with few elements, and stays small wherever it is scrolled', { timeout: 60_000 }, async () => {
    const page = await openLog();
    assert.ok((await nodes(page)) <= MOST_NODES, `${await nodes(page)} elements`);
    for (const part of [0, 0.25, 0.5, 0.75, 1]) {
      await page.evaluate((to) => {
        const scroller = document.querySelector('.scroller');
        scroller.scrollTop = to * scroller.scrollHeight;
      }, part);
      await settled(page);
      assert.ok((await page.locator('.message').count()) > 5, `rows at ${part}`);
      assert.ok((await nodes(page)) <= MOST_NODES, `${await nodes(page)} elements at ${part}`);
    }
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });

  it('follows its end while messages arrive', { timeout: 60_000 }, async () => {
    const page = await openLog();
    for (let index = 0; index < 50; index += 1) await page.evaluate(() => window.append());
    await sees(page, ROWS + 49);
    assert.equal(await page.locator('.jump').isVisible(), false);
    await page.context().close();
  });

  it('keeps its end in sight when the window shrinks, as for a keyboard', { timeout: 60_000 }, async () => {
    const page = await openLog();
    await page.evaluate(() => (document.querySelector('#app').style.height = '400px'));
    await settled(page);
    await sees(page, ROWS - 1);
    assert.equal(await page.locator('.jump').isVisible(), false);
    await page.context().close();
  });

  it('leaves a reader who is further up where he is, and brings him back on demand', { timeout: 60_000 }, async () => {
    const page = await openLog();
    await page.mouse.move(600, 300);
    await page.mouse.wheel(0, -3000);
    await settled(page);
    const before = await rowAt(page, 300);
    for (let index = 0; index < 7; index += 1) {
      await page.evaluate(() => window.append());
      await settled(page);
    }
    assert.equal(await rowAt(page, 300), before);
    await page.getByRole('button', { name: '7 new' }).click();
    await sees(page, ROWS + 6);
    await page.context().close();
  });

  it('keeps what is in sight when earlier messages come in above', { timeout: 60_000 }, async () => {
    const page = await newPage(browser);
    await page.setContent(html);
    await page.evaluate(() => window.fill(50_000, 50_200));
    await sees(page, 50_199);
    await page.mouse.move(600, 300);
    await page.mouse.wheel(0, -2000);
    await settled(page);
    const before = await rowAt(page, 300);
    await page.evaluate(() => window.prepend(100));
    await settled(page);
    assert.equal(await rowAt(page, 300), before);
    await page.context().close();
  });
});
