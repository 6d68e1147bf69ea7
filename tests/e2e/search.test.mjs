// The demo's message archive: history without a network, and finding messages in all chats and in one.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch } from './lib/browser.mjs';
import { eventually, Person } from './lib/demo.mjs';
import { callApi } from './lib/server-api.mjs';
import { Server } from './lib/server.mjs';

const SECRET = 'a-secret-of-this-test';
/** More than the pages of a log that a person opens. */
const MANY = 180;

let browser;
let server;

before(async () => {
  const settings = { send_rate: 0, api_rate: 0, app_secret: SECRET };
  [browser, server] = await Promise.all([launch(), Server.start(settings)]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A message from somebody who is not here. */
const says = (from, to, content) =>
  callApi(server, SECRET, '/message/private/publish.json', {
    fromUserId: from, toUserId: to, objectName: 'RC:TxtMsg', content: JSON.stringify({ content }),
  });

/** From here on the page's files come, but no server answers: what it shows it has itself. */
async function withoutServer(page) {
  await page.route((url) => /navi|websocket|comet/.test(url.pathname), (route) => route.abort());
  await page.routeWebSocket(/.*/, (socket) => socket.close());
  await page.reload();
  await page.locator('.me .status[data-mood="busy"]').waitFor();
}

const search = (person, keyword) => person.page.getByRole('searchbox', { name: 'Search chats and messages' }).fill(keyword);
const hits = (person) => person.page.locator('.hit .preview').allTextContents();
const finds = (person, expected) =>
  eventually(() => hits(person), (seen) => JSON.stringify(seen) === JSON.stringify(expected), `${person.name} should find ${JSON.stringify(expected)}`);

/** Whether the row that was found is in sight. */
const foundInSight = (page) => page.evaluate(() => {
  const row = document.querySelector('.item.found')?.getBoundingClientRect();
  const log = document.querySelector('.scroller').getBoundingClientRect();
  return row !== undefined && row.top >= log.top && row.bottom <= log.bottom;
});

describe('messages of the archive', () => {
  it('open without a server, a reload later, further up too', { timeout: 120_000 }, async () => {
    const ola = await Person.signIn(browser, server.url, 'Ola');
    for (let n = 1; n <= 70; n += 1) await says('Oki', 'Ola', `message ${n}`);
    await eventually(() => ola.badge('Oki'), (count) => count === 70, 'all should be there');
    await withoutServer(ola.page);
    await ola.open('Oki');
    await eventually(() => ola.texts(), (texts) => texts.at(-1) === 'message 70', 'the newest message should be there');
    const top = async () => {
      await ola.page.evaluate(() => (document.querySelector('.scroller').scrollTop = 0));
      return ola.texts();
    };
    await eventually(top, (texts) => texts.includes('message 1'), 'the first message should be there');
    await ola.leave();
  });

  it('are found in all chats, Chinese and words, and open where they stand', { timeout: 120_000 }, async () => {
    const ann = await Person.signIn(browser, server.url, 'Ann');
    await says('Ben', 'Ann', '下周一在杭州开会，请带上合同');
    for (let n = 1; n <= MANY; n += 1) await says('Ben', 'Ann', `filler ${n}`);
    await says('小雁', 'Ann', '杭州的绿茶到了');
    await says('小雁', 'Ann', '<img src=x onerror="window.hit=1"> contract');
    await eventually(() => ann.badge('小雁'), (count) => count === 2, 'all should be there');
    await search(ann, '杭州');
    await finds(ann, ['杭州的绿茶到了', '下周一在杭州开会，请带上合同']);
    assert.deepEqual(await ann.page.locator('.hit mark').allTextContents(), ['杭州', '杭州']);
    await ann.page.getByText('Messages: 2').waitFor();
    await search(ann, 'contr');
    await finds(ann, ['<img src=x onerror="window.hit=1"> contract']);
    assert.deepEqual(await ann.page.locator('.hit mark').allTextContents(), ['contr']);
    assert.equal(await ann.page.evaluate(() => window.hit), undefined);
    await search(ann, '绿豆');
    await ann.page.getByText('No messages found').waitFor();
    await search(ann, '合同');
    await finds(ann, ['下周一在杭州开会，请带上合同']);
    await ann.page.keyboard.press('ArrowDown');
    await ann.page.keyboard.press('Enter');
    await ann.page.getByRole('heading', { name: 'Ben' }).waitFor();
    await eventually(() => foundInSight(ann.page), Boolean, 'what was found should be in sight');
    assert.match(await ann.page.locator('.item.found').textContent(), /杭州开会/);
    await ann.leave();
  });

  it('are found in one chat, by the keyboard, in Chinese words of the page, too', { timeout: 120_000 }, async () => {
    const cat = await Person.signIn(browser, server.url, 'Cat');
    for (const [from, text] of [['Dan', 'the tea is ready'], ['Eva', 'more tea'], ['Dan', 'thanks']]) await says(from, 'Cat', text);
    await eventually(() => cat.badge('Dan'), (count) => count === 2, 'all should be there');
    await cat.open('Dan');
    const { page } = cat;
    await page.getByRole('button', { name: 'Search this chat' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('tea');
    await finds(cat, ['the tea is ready']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await eventually(() => foundInSight(page), Boolean, 'what was found should be in sight');
    await page.getByRole('searchbox', { name: 'Search this chat' }).focus();
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.chat-search').isVisible(), false);
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Search this chat');
    await page.getByRole('button', { name: 'Switch to Chinese' }).click();
    await page.getByRole('button', { name: '搜索此会话' }).click();
    await page.getByRole('searchbox', { name: '搜索此会话' }).fill('没有这个词');
    await page.getByText('没有找到消息').waitFor();
    await cat.leave();
  });

  it('are found on a phone', { timeout: 60_000 }, async () => {
    const pam = await Person.signIn(browser, server.url, 'Pam', { viewport: { width: 390, height: 844 } });
    await says('Pat', 'Pam', '明天下午三点在老地方见，记得带上伞');
    await eventually(() => pam.badge('Pat'), (count) => count === 1, 'it should be there');
    await search(pam, '老地方');
    await pam.page.locator('.hit').click();
    await eventually(() => foundInSight(pam.page), Boolean, 'what was found should be in sight');
    const wide = await pam.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(wide, false, 'nothing may stick out sideways');
    await pam.leave();
  });
});
