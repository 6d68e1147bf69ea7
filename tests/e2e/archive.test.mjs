// The archive of the package in Chromium: what IndexedDB keeps over a reload, and that a page that
// does not ask for the archive does not load it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { launch } from './lib/browser.mjs';
import { SdkPages } from './lib/sdk-page.mjs';

let browser;
let pages;

before(async () => {
  [browser, pages] = await Promise.all([launch(), SdkPages.serve()]);
});
after(async () => {
  await browser?.close();
  await pages?.close();
});

/** Runs in the page: `work(archive, message)` on the archive of a user. */
const onArchive = (page, user, work) =>
  page.evaluate(
    async ([userId, source]) => {
      const { open } = await import('/archive.js');
      const archive = await open({ appKey: 'k', userId });
      const message = (n, text) => ({
        conversation: { type: 1, targetId: 'bob' }, senderUserId: 'bob', direction: 'received', objectName: 'RC:TxtMsg',
        content: { content: text }, sentTime: n, messageUId: `U-${n}`, clientId: '', persisted: true, counted: true,
        mentioned: false, offline: false,
      });
      const result = await (0, eval)(source)(archive, message);
      await archive.close();
      return result;
    },
    [user, String(work)],
  );

test('messages are there after a reload, for their user alone', async () => {
  const page = await pages.open(browser);
  const put = await onArchive(page, 'ann', async (archive, message) => {
    await archive.put([message(1, '你好世界'), message(2, 'hello')]);
    return archive.durable;
  });
  assert.equal(put, true);
  await page.reload();
  const found = await onArchive(page, 'ann', async (archive) => {
    const { messages } = await archive.page({ type: 1, targetId: 'bob' });
    const { hits } = await archive.search('世界');
    return [messages.map(({ content }) => content.content), hits.map(({ highlights }) => highlights)];
  });
  assert.deepEqual(found, [['你好世界', 'hello'], [[{ field: 'content', start: 2, end: 4 }]]]);
  assert.deepEqual(await onArchive(page, 'bea', (archive) => archive.stats()), { messages: 0, durable: true });
  await onArchive(page, 'ann', (archive) => archive.destroy());
  assert.deepEqual(await onArchive(page, 'ann', (archive) => archive.stats()), { messages: 0, durable: true });
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('two tabs of one user keep every message once', async () => {
  const page = await pages.open(browser);
  const other = await page.context().newPage();
  await other.goto(pages.url);
  const put = (archive, message) => archive.put(Array.from({ length: 150 }, (_, n) => message(n, String(n))));
  await Promise.all([onArchive(page, 'ann', put), onArchive(other, 'ann', put)]);
  assert.equal((await onArchive(page, 'ann', (archive) => archive.stats())).messages, 150);
  await page.context().close();
});

test('a page that does not use the archive loads nothing of it', async () => {
  const page = await pages.open(browser);
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.reload();
  await page.evaluate(() => window.hongyan.init());
  assert.ok(asked.includes('/hongyan_bg.wasm'));
  assert.deepEqual(asked.filter((path) => /archive/.test(path)), []);
  for (const name of ['index.js', 'slim.js', 'inline.js', 'rongimlib/index.js']) {
    assert.doesNotMatch(readFileSync(inRoot('pkg', name), 'utf8'), /indexedDB|ArchiveCore/, name);
  }
  await page.context().close();
});
