// The demo in Chromium against the real server: what two people do with it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, newPage, watch } from './lib/browser.mjs';
import { eventually, Person } from './lib/demo.mjs';
import { Proxy } from './lib/proxy.mjs';
import { Server } from './lib/server.mjs';

let browser;
let server;

before(async () => {
  [browser, server] = await Promise.all([launch(), Server.start()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/**
 * A test with these people signed in; `invite` signs in one more. Everybody leaves at the end.
 */
function testWith(title, names, work) {
  it(title, { timeout: 120_000 }, async () => {
    const people = [];
    const invite = async (name, url = server.url, options = {}) => {
      const person = await Person.signIn(browser, url, name, options);
      people.push(person);
      return person;
    };
    for (const name of names) await invite(name);
    await work([...people], invite);
    for (const person of people) await person.leave();
  });
}

describe('two people', () => {
  testWith('write to each other, in Chinese and emoji, in order', ['Ann', '小雁'], async ([ann, yan]) => {
    await ann.startChat('小雁');
    await ann.say('你好，小雁！');
    await yan.open('Ann');
    await yan.say('Hello 👋🏽 👨‍👩‍👧‍👦 🇨🇳');
    await ann.sees(['你好，小雁！', 'Hello 👋🏽 👨‍👩‍👧‍👦 🇨🇳']);
    await ann.say('𠮷野家 line 1');
    await yan.sees(['你好，小雁！', 'Hello 👋🏽 👨‍👩‍👧‍👦 🇨🇳', '𠮷野家 line 1']);
    await ann.allSent();
  });

  testWith('faster than the server allows: everything waits its turn and keeps its order', ['Fay', 'Finn'], async ([fay, finn]) => {
    const texts = Array.from({ length: 20 }, (_, index) => `message ${index + 1}`);
    await fay.startChat('Finn');
    for (const text of texts) await fay.say(text);
    await finn.open('Fay');
    await finn.sees(texts, 30_000);
    await fay.sees(texts);
    await fay.allSent();
  });

  testWith('see how much they have not read', ['Una', 'Uwe'], async ([una, uwe]) => {
    await una.startChat('Uwe');
    for (const text of ['one', 'two', 'three']) await una.say(text);
    await uwe.hasBadge('Una', 3);
    await eventually(() => uwe.page.title(), (title) => title.startsWith('(3)'), 'the title should count');
    await uwe.open('Una');
    await uwe.sees(['one', 'two', 'three']);
    await uwe.hasBadge('Una', 0);
    await uwe.page.reload();
    await uwe.isConnected();
    await uwe.row('Una').waitFor();
    await uwe.hasBadge('Una', 0);
  });

  testWith('get what was written while they were away, and keep it over a reload', ['Olga', 'Otto'], async ([olga, otto]) => {
    await olga.startChat('Otto');
    await olga.say('before');
    await otto.open('Olga');
    await otto.sees(['before']);
    await otto.page.goto('about:blank');
    await olga.say('while you were away 1');
    await olga.say('while you were away 2');
    await olga.allSent();
    await otto.page.goto(server.url);
    await otto.isConnected();
    await otto.hasBadge('Olga', 2);
    await otto.open('Olga');
    const all = ['before', 'while you were away 1', 'while you were away 2'];
    await otto.sees(all);
    await otto.page.reload();
    await otto.isConnected();
    await otto.open('Olga');
    await otto.sees(all);
  });

  testWith('go on when the server dies and comes back', ['Kim', 'Kai'], async ([kim, kai]) => {
    await kim.startChat('Kai');
    await kim.say('first');
    await kai.open('Kim');
    await kai.sees(['first']);
    await server.kill();
    try {
      await kim.page.locator('.me .status[data-mood="busy"]').waitFor();
      await kim.say('said to nobody');
      await kai.say('nor heard');
      await kim.page.locator('.state[data-state="waiting"]').waitFor();
    } finally {
      await server.up();
    }
    await Promise.all([kim.isConnected(40_000), kai.isConnected(40_000)]);
    const bothSaid = (texts) => texts.length === 3 && texts.includes('said to nobody') && texts.includes('nor heard');
    const seen = await eventually(() => kim.texts(), bothSaid, 'each message once', 30_000);
    await kai.sees(seen);
    await Promise.all([kim.allSent(), kai.allSent()]);
  });

  testWith('hostile text stays text', ['Eve<b>', 'Vic'], async ([eve, vic]) => {
    const hostile = ['<img src=x onerror="window.hit=1">', '"><script>window.hit=1</script>', 'javascript:window.hit=1', '\u202Egnirts\u202C {{x}}'];
    await eve.startChat('Vic');
    for (const text of hostile) await eve.say(text);
    await vic.open('Eve<b>');
    await vic.sees(hostile);
    assert.equal(await vic.page.evaluate(() => window.hit), undefined);
    assert.equal(await vic.page.locator('.log img, .log script, .log a, .list b').count(), 0);
  });
});

describe('one person', () => {
  testWith('sends while the network is gone, and it arrives when it is back', ['Ida'], async ([ida], invite) => {
    const network = await Proxy.to(server.port);
    const ned = await invite('Ned', network.url);
    await ned.startChat('Ida');
    network.cut();
    await ned.page.locator('.me .status[data-mood="busy"]').waitFor();
    await ned.say('written offline');
    await ned.page.locator('.state[data-state="waiting"]').waitFor();
    network.mend();
    await ned.isConnected(40_000);
    await ned.allSent();
    await ida.open('Ned');
    await ida.sees(['written offline']);
    await network.close();
  });

  testWith('takes back what waits for the network, and nobody hears of it', ['Una'], async ([una], invite) => {
    const network = await Proxy.to(server.port);
    const uri = await invite('Uri', network.url);
    await uri.startChat('Una');
    network.cut();
    await uri.page.locator('.me .status[data-mood="busy"]').waitFor();
    await uri.say('taken back');
    await uri.say('left to go');
    await uri.page.locator('.message', { hasText: 'taken back' }).getByRole('button', { name: 'Take back' }).click();
    await uri.sees(['left to go']);
    network.mend();
    await uri.isConnected(40_000);
    await uri.allSent();
    await una.open('Uri');
    await una.sees(['left to go']);
    await network.close();
  });

  testWith('keeps an unsent message over a reload', ['Rob'], async ([rob], invite) => {
    const network = await Proxy.to(server.port);
    const ria = await invite('Ria', network.url);
    await ria.startChat('Rob');
    await ria.say('sent');
    await ria.allSent();
    // The page must load while its socket cannot: cut, write, then reload from a mended network.
    network.cut();
    await ria.say('left in the outbox');
    await ria.page.locator('.state[data-state="waiting"]').waitFor();
    network.mend();
    await ria.page.reload();
    await ria.isConnected(40_000);
    await ria.open('Rob');
    await ria.sees(['sent', 'left in the outbox']);
    await ria.allSent();
    await rob.open('Ria');
    await rob.sees(['sent', 'left in the outbox']);
    await network.close();
  });

  testWith('opens a second window as somebody else', ['Wim'], async ([wim]) => {
    const opened = wim.page.context().waitForEvent('page');
    await wim.page.getByRole('link', { name: 'second window' }).click();
    const page = await opened;
    watch(page);
    const wil = new Person(page, 'Wil');
    await wil.enterName();
    await wil.say('from the second window');
    await wim.open('Wil');
    await wim.sees(['from the second window']);
    await wim.say('seen');
    await wil.sees(['from the second window', 'seen']);
    assert.deepEqual(page.problems, []);
  });

  testWith('gets a new token when the kept one is refused', ['Tea'], async ([tea]) => {
    await tea.page.evaluate(() => {
      const [key] = Object.keys(sessionStorage);
      const session = JSON.parse(sessionStorage.getItem(key));
      sessionStorage.setItem(key, JSON.stringify({ ...session, token: 'wrong' }));
    });
    await tea.page.reload();
    await tea.isConnected();
    await tea.startChat('Tea2');
    await tea.say('signed in again');
    await tea.allSent();
  });

  testWith('is told when the same name signs in elsewhere, and can come back', ['Zoe'], async ([zoe], invite) => {
    const other = await invite('Zoe');
    await zoe.status('kicked');
    await zoe.page.getByRole('button', { name: 'Use here' }).click();
    await zoe.isConnected();
    await other.status('kicked');
  });

  testWith('uses the keyboard alone', ['Kay'], async ([kay]) => {
    const { page } = kay;
    await page.locator('.list .empty .primary').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('Kurt');
    await page.keyboard.press('Enter');
    await page.keyboard.type('line one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('line two');
    await page.keyboard.press('Enter');
    await kay.sees(['line one\nline two']);
    await kay.allSent();
  });

  testWith('changes the language and keeps a draft', ['Lin'], async ([lin]) => {
    await lin.startChat('Leo');
    await lin.page.getByLabel('Write a message').fill('half a sentence');
    await lin.page.getByRole('button', { name: 'Switch to Chinese' }).click();
    assert.equal(await lin.page.getByLabel('输入消息').inputValue(), 'half a sentence');
    assert.equal(await lin.page.locator('html').getAttribute('lang'), 'zh-CN');
    await lin.page.getByRole('button', { name: '切换到英文' }).click();
    await lin.page.getByLabel('Write a message').waitFor();
  });

  testWith('sees one pane at a time on a phone', [], async (_, invite) => {
    const pia = await invite('Pia', server.url, { viewport: { width: 390, height: 844 } });
    await pia.startChat('Paul');
    await pia.say('from a phone');
    await pia.allSent();
    assert.equal(await pia.page.locator('.side').isVisible(), false);
    assert.equal(await pia.page.locator('.peer .status').isVisible(), false);
    await invite('Pia');
    await pia.page.locator('.peer .status[data-status="kicked"]').waitFor();
    await pia.page.getByRole('button', { name: 'Back to the chats' }).click();
    await pia.row('Paul').waitFor();
    assert.equal(await pia.page.locator('.conversation').isVisible(), false);
    const wide = await pia.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(wide, false, 'nothing may stick out sideways');
  });
});

describe('the page itself', () => {
  it('runs under a strict policy with Trusted Types', { timeout: 30_000 }, async () => {
    const page = await newPage(browser);
    const response = await page.goto(server.url);
    const policy = response.headers()['content-security-policy'];
    assert.match(policy, /require-trusted-types-for 'script'/);
    assert.match(policy, /script-src [^;]*'wasm-unsafe-eval'/);
    assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'/);
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });

  it('refuses an empty name and says so when the server is gone', { timeout: 30_000 }, async () => {
    const network = await Proxy.to(server.port);
    const page = await newPage(browser);
    await page.goto(network.url);
    await page.getByLabel('Your name').fill('   ');
    await page.keyboard.press('Enter');
    await page.getByText('This name cannot be used').waitFor();
    network.cut();
    await page.getByLabel('Your name').fill('Nobody');
    await page.keyboard.press('Enter');
    await page.getByText('The server cannot be reached').waitFor();
    await page.context().close();
    await network.close();
  });
});
