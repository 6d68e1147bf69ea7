// The demo for those who use it by the keyboard, by ear, on a phone, in the dark: what axe finds, and what sticks out.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CHROMIUM_ARGS } from '../../scripts/lib/chromium.mjs';
import { launch, newPage } from './lib/browser.mjs';
import { Server } from './lib/server.mjs';

const TIME = { timeout: 120_000 };
const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const WORDS = {
  en: {
    name: 'Your name', account: 'With an account', byName: 'By a name alone', quiet: 'Quiet hours', room: 'Chatroom', enter: 'Come in',
    services: 'Services', ask: 'Ask', rate: 'Rate', more: 'More about this chat', live: 'Share live location', stop: 'Stop sharing',
    call: 'Call', cancel: 'Cancel the call', write: 'Write a message', back: 'Back to the chats',
  },
  zh: {
    name: '你的名字', account: '用账户登录', byName: '只用名字', quiet: '免打扰时段', room: '聊天室', enter: '进入',
    services: '服务', ask: '咨询', rate: '评价', more: '会话的更多操作', live: '共享实时位置', stop: '停止共享',
    call: '语音通话', cancel: '取消呼叫', write: '输入消息', back: '返回会话列表',
  },
};
let browser;
let server;

before(async () => {
  [browser, server] = await Promise.all([launch({ args: [...CHROMIUM_ARGS, '--use-fake-device-for-media-stream'] }), Server.start({ send_rate: 0 })]);
  await server.signIn('Ben');
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** What is wrong with the page as it stands. */
async function look(page, where) {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const found = await window.axe.run(document, { resultTypes: ['violations'] });
    return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target, any, all, none }) => `${id}: ${target.join(' ')}: ${[...any, ...all, ...none][0]?.message ?? ''}`));
  });
  assert.deepEqual(violations, [], where);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where}: something sticks out sideways`);
}

async function walk(words, options, name) {
  const context = { permissions: ['microphone', 'geolocation'], geolocation: { latitude: 1, longitude: 2 }, reducedMotion: 'reduce', ...options };
  const page = await newPage(browser, context);
  await page.goto(server.url);
  const button = (label) => page.getByRole('button', { name: label, exact: true });
  const back = async () => {
    if (await button(words.back).isVisible()) await button(words.back).click();
  };
  await look(page, 'the first page');
  await page.getByRole('button', { name: words.account }).click();
  await look(page, 'an account');
  await page.getByRole('button', { name: words.byName }).click();
  await page.getByLabel(words.name).fill(name);
  await page.keyboard.press('Enter');
  await page.locator('.me .status[data-status="connected"]').waitFor();
  await look(page, 'an empty list');
  await button(words.quiet).click();
  await look(page, 'quiet hours');
  await page.keyboard.press('Escape');
  await page.locator('.list-head button').last().click();
  await look(page, 'a new chat');
  await page.keyboard.type('Ben');
  await page.keyboard.press('Enter');
  await page.getByLabel(words.write).fill('你好 hello');
  await page.keyboard.press('Enter');
  await page.locator('.state[data-state="sent"]').waitFor();
  await button(words.more).click();
  await look(page, 'a chat and its menu');
  await page.getByRole('menuitem', { name: words.live }).click();
  await button(words.stop).waitFor();
  await look(page, 'a live location');
  await button(words.stop).click();
  await button('Ben').click();
  await look(page, 'a profile');
  await page.keyboard.press('Escape');
  await button(words.call).click();
  await button(words.cancel).waitFor();
  await look(page, 'a call');
  await button(words.cancel).click();
  await page.locator('dialog.call:not([open])').waitFor({ state: 'attached' });
  await back();
  await button(words.room).click();
  await button(words.enter).click();
  await page.locator('.room .member').waitFor();
  await look(page, 'a chatroom');
  await page.keyboard.press('Escape');
  await button(words.services).click();
  await button(words.ask).waitFor();
  await look(page, 'the services');
  await button(words.ask).click();
  await page.locator('.service-bar').getByRole('button', { name: words.rate }).click();
  await look(page, 'a rating');
  await page.keyboard.press('Escape');
  await back();
  await look(page, 'the list');
  assert.deepEqual(page.problems, []);
  await page.context().close();
}

const PHONE = { width: 390, height: 844 };
it('in English, on a wide window, by day', TIME, () => walk(WORDS.en, { locale: 'en-US', colorScheme: 'light' }, 'Ann'));
it('in English, on a phone, at night', TIME, () => walk(WORDS.en, { locale: 'en-US', colorScheme: 'dark', viewport: PHONE }, 'Cal'));
it('in Chinese, on a phone, by day', TIME, () => walk(WORDS.zh, { locale: 'zh-CN', colorScheme: 'light', viewport: PHONE }, '小雁'));
it('in Chinese, on a wide window, at night', TIME, () => walk(WORDS.zh, { locale: 'zh-CN', colorScheme: 'dark' }, '小鸿'));
