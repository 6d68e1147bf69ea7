// The demo in Chromium against the real server: profiles, and what is told of messages that are refused.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { launch, newPage } from './lib/browser.mjs';
import { eventually, Person } from './lib/demo.mjs';
import { callApi } from './lib/server-api.mjs';
import { Server } from './lib/server.mjs';

const TIME = { timeout: 90_000 };
const SECRET = 'a-secret-of-this-test';
/** A red picture, 2 × 1 pixels. */
const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADUlEQVR4nGP4z8AARAAI/gH/xp559wAAAABJRU5ErkJggg==', 'base64');
let browser;
let server;

const api = (path, fields) => callApi(server, SECRET, path, fields);
const button = (within, name) => within.getByRole('button', { name, exact: true });
const switchOf = (page, name) => page.getByRole('switch', { name });

before(async () => {
  [browser, server] = await Promise.all([launch(), Server.start({ send_rate: 0, app_secret: SECRET })]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

it('a profile is opened by a name, works with the keyboard, and gives the focus back', TIME, async () => {
  const [ann, ben] = await Promise.all(['Ann', 'Ben'].map((name) => Person.signIn(browser, server.url, name)));
  await ann.startChat('Ben');
  await ann.say('hello');
  await button(ann.page.locator('.head'), 'Ben').focus();
  await ann.page.keyboard.press('Enter');
  const card = ann.page.getByRole('dialog', { name: 'Profile of Ben' });
  await card.getByText('online', { exact: true }).waitFor();
  for (const name of ['Mute', 'Pin to the top', 'Block']) {
    await switchOf(card, name).press('Space');
    await ann.page.locator('[role="switch"][aria-checked="true"]', { hasText: name }).waitFor();
  }
  await ann.page.keyboard.press('Escape');
  await ann.page.locator(':focus', { hasText: 'Ben' }).waitFor();
  await ann.row('Ben').getByRole('img', { name: 'Muted' }).waitFor();
  await ann.page.locator('.head .below', { hasText: 'blocked' }).waitFor();

  // Sending the same again cannot help.
  await ben.open('Ann');
  await ben.say('to who has blocked me');
  await ben.page.getByText('Ann does not take messages from you').waitFor();
  assert.equal(await button(ben.page, 'Retry').count(), 0);
  await button(ben.page, 'Take back').click();
  await ben.sees(['hello']);
  await ben.page.locator('.message').getByRole('button', { name: 'Profile of Ann' }).click();
  await switchOf(ben.page, 'Block').waitFor();
  await ben.page.keyboard.press('Escape');
  await Promise.all([ann.leave(), ben.leave()]);
});

it('a name and a portrait of an account are seen by others, in a group and in its members\' profiles', TIME, async () => {
  await server.post('/account/register', { account: 'emu@example.com', password: 'correct horse battery', userId: 'emu', name: 'Emu' });
  const emu = new Person(await newPage(browser), 'Emu');
  await emu.page.goto(server.url);
  await emu.page.getByRole('button', { name: 'With an account' }).click();
  await emu.page.getByLabel('E-mail address').fill('emu@example.com');
  await emu.page.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await button(emu.page, 'Log in').click();
  await emu.isConnected();
  await button(emu.page, 'Your profile').click();
  const form = emu.page.getByRole('dialog');
  await form.getByLabel('Your name').fill('Emilia');
  await form.locator('input[type="file"]').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: PICTURE });
  await form.locator('.portrait img').waitFor();
  await button(form, 'Save').click();
  await emu.page.locator('.me .avatar img').waitFor();

  await server.signIn('Dan');
  await server.signIn('Cal');
  await api('/group/create.json', { userId: ['Dan', 'Cal', 'emu'], groupId: 'crew', groupName: 'Crew' });
  const cal = await Person.signIn(browser, server.url, 'Cal', { viewport: { width: 390, height: 844 } });
  await cal.startChat('emu');
  await button(cal.page.locator('.head'), 'Emilia').waitFor();
  const portrait = cal.page.locator('.head .avatar img');
  await eventually(() => portrait.evaluate((img) => img.naturalWidth), (width) => width === 256, 'the portrait should be shown');
  await cal.say('hello');
  await button(cal.page, 'Back to the chats').click();
  await emu.page.bringToFront();
  await api('/message/group/publish.json', { fromUserId: 'emu', toGroupId: 'crew', objectName: 'RC:TxtMsg', content: '{"content":"to all"}' });
  await cal.open('crew');
  await button(cal.page.locator('.message'), 'Emilia').click();
  await cal.page.getByText('Known here as emu').waitFor();
  await cal.page.keyboard.press('Escape');
  await button(cal.page.locator('.head'), 'Crew').click();
  await cal.page.getByRole('dialog', { name: 'Crew' }).getByRole('button', { name: 'Dan' }).click();
  const card = cal.page.getByRole('dialog', { name: 'Profile of Dan' });
  await card.getByText('offline').waitFor();
  // With whom nobody has spoken yet has no row to be muted or pinned.
  assert.deepEqual(await card.getByRole('switch').allTextContents(), ['Block']);
  const box = await card.boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= 390, `the card should fit: ${JSON.stringify(box)}`);
  await button(card, 'Message').click();
  await cal.page.locator('.head h2', { hasText: 'Dan' }).waitFor();
  assert.equal(await cal.page.locator('dialog[open]').count(), 0);
  await Promise.all([emu.leave(), cal.leave()]);
});

it('each refusal says why, and offers what helps', TIME, async () => {
  const [fay] = await Promise.all([Person.signIn(browser, server.url, 'Fay'), server.signIn('Gus')]);
  await api('/group/create.json', { userId: ['Fay', 'Gus'], groupId: 'choir', groupName: 'Choir' });
  await api('/sensitiveword/add.json', { word: 'badword' });
  await eventually(async () => {
    await api('/message/group/publish.json', { fromUserId: 'Gus', toGroupId: 'choir', objectName: 'RC:TxtMsg', content: '{"content":"la"}' });
    return fay.row('choir').count();
  }, (count) => count === 1, 'the group should be there');
  await fay.open('choir');
  const last = fay.page.locator('.message.mine').last();

  await fay.say('a badword here');
  await last.getByText('words that are not allowed').waitFor();
  assert.equal(await button(last, 'Retry').count(), 0);
  await button(last, 'Edit').click();
  const writing = fay.page.getByLabel('Write a message');
  await eventually(() => writing.inputValue(), (text) => text === 'a badword here', 'the text should be there to be changed');
  await eventually(() => fay.page.locator('.message.mine').count(), (count) => count === 0, 'the refused one should be gone');

  await api('/sensitiveword/add.json', { word: 'darn', replaceWord: '***' });
  await fay.say('darn it');
  await last.getByText('Words were replaced.').waitFor();
  await eventually(() => fay.texts(), (texts) => texts.at(-1) === '*** it', 'what was stored should be shown');

  await api('/group/user/gag/add.json', { userId: 'Fay', groupId: 'choir', minute: '5' });
  await fay.say('muted');
  await last.getByText('not write in this group at the moment').waitFor();
  await api('/group/user/gag/rollback.json', { userId: 'Fay', groupId: 'choir' });
  await button(last, 'Retry').click();
  await fay.allSent();

  await api('/group/quit.json', { userId: ['Fay'], groupId: 'choir' });
  await fay.say('outside');
  await last.getByText('no longer a member').waitFor();
  assert.equal(await button(last, 'Retry').count(), 0);
  await fay.page.getByRole('button', { name: 'Switch to Chinese' }).click();
  await last.getByText('你已不是成员').waitFor();
  await fay.leave();
});
