// The installed package in Chromium against the real server, by every way a page can take it in.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { build } from 'vite';
import { launch } from '../e2e/lib/browser.mjs';
import { Server } from '../e2e/lib/server.mjs';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { CALLBACKS, joinModern, MODERN, open, talk } from './lib/chat.mjs';
import { Project } from './lib/project.mjs';
import { Site } from './lib/site.mjs';

let project;
let browser;
let server;
let site;

before(async () => {
  [project, browser, server] = await Promise.all([Project.create(), launch(), Server.start()]);
  await project.copy(inRoot('tests', 'packaging', 'pages'), 'pages');
  site = await Site.serve(project.folder);
});
after(async () => {
  await browser?.close();
  await site?.close();
  await server?.stop();
  await project?.remove();
});

/** Two pages of this address talk; `way` is how they use the package. */
async function twoPages(url, global, names, way) {
  const pages = [await open(browser, url, global), await open(browser, url, global)];
  await talk(server, pages, names, way);
  for (const page of pages) await page.context().close();
}

const TIME = { timeout: 60_000 };

test('a plain module page', TIME, () => twoPages(`${site.url}/pages/module.html`, 'hongyan', ['Mia', 'Max'], MODERN));

test('a module page with callbacks', TIME, () => twoPages(`${site.url}/pages/module.html`, 'RongIMLib', ['Cat', 'Cem'], CALLBACKS));

test('a page with the script, which asks for no other file', TIME, async () => {
  site.asked = [];
  await twoPages(`${site.url}/pages/script.html`, 'RongIMLib', ['Sue', 'Sam'], CALLBACKS);
  assert.deepEqual(new Set(site.asked.filter((path) => path !== '/favicon.ico')), new Set([
    '/pages/script.html', '/node_modules/hongyan/script/rongimlib.global.js',
  ]));
});

test('the script sets both of its names', TIME, async () => {
  const page = await open(browser, `${site.url}/pages/script.html`, 'RongIMLib');
  assert.ok(await page.evaluate(() => window.RongIMClient === window.RongIMLib.RongIMClient));
  await page.context().close();
});

for (const [what, name] of [['modern', 'hongyan'], ['2.x', 'RongIMLib']]) {
  test(`a page built by Vite without plugin or configuration, ${what} face`, TIME, async () => {
    const outDir = project.path(`built-${name}`);
    await build({ root: project.path('pages', 'vite'), logLevel: 'error', configFile: false, build: { outDir, emptyOutDir: true } });
    const built = await Site.serve(outDir);
    const names = name === 'hongyan' ? ['Vera', 'Veit'] : ['Vicky', 'Viktor'];
    await twoPages(`${built.url}/index.html`, name, names, name === 'hongyan' ? MODERN : CALLBACKS);
    await built.close();
  });
}

test('a host that serves the core with a wrong type', TIME, async () => {
  const careless = await Site.serve(project.folder, { '.wasm': 'text/plain' });
  const page = await open(browser, `${careless.url}/pages/module.html`, 'hongyan');
  assert.equal(await joinModern(page, server, 'Wes'), 'Wes');
  await page.context().close();
  await careless.close();
});

test('init is done once, and a failed one can be tried again', TIME, async () => {
  const page = await open(browser, `${site.url}/pages/module.html`, 'hongyan');
  const told = await page.evaluate(async () => {
    const { init } = window.hongyan;
    const failed = init('/no-such-file.wasm');
    const failure = await failed.then(() => 'none', (error) => error instanceof Error);
    const first = init();
    const second = init();
    await first;
    return { failure, same: first === second, after: init() === first };
  });
  assert.deepEqual(told, { failure: true, same: true, after: true });
  await page.context().close();
});

test('a core that was missing is loaded by the next call', TIME, async () => {
  const host = await Site.serve(project.folder);
  const page = await open(browser, `${host.url}/pages/module.html`, 'hongyan');
  const session = await server.signIn('Rae');
  host.missing.add('/node_modules/hongyan/hongyan_bg.wasm');
  const sign = () => page.evaluate(async ([navigators, { appKey, token }]) => {
    const client = window.hongyan.createClient({ appKey, navigators });
    return client.connect(token).then(({ userId }) => userId, (error) => [error instanceof window.hongyan.HongyanError, error.code]);
  }, [server.url, session]);
  assert.deepEqual(await sign(), [true, 33096]);
  host.missing.clear();
  assert.equal(await sign(), 'Rae');
  await page.context().close();
  await host.close();
});

test('a strict policy without unsafe-eval is enough', TIME, async () => {
  const page = await open(browser, `${site.url}/pages/policy.html`, 'RongIMLib');
  assert.equal(await CALLBACKS.join(page, server, 'Pol'), 'Pol');
  assert.deepEqual(page.problems, []);
  await page.context().close();
});
