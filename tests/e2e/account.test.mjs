// Accounts in Chromium against the real server: with the package, with the calls of 2.x, in the demo.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { launch, newPage } from './lib/browser.mjs';
import { eventually, Person } from './lib/demo.mjs';
import { SdkPages } from './lib/sdk-page.mjs';
import { Server } from './lib/server.mjs';

const PASSWORD = 'correct horse battery';

let browser;
let server;
let pages;

before(async () => {
  [browser, server, pages] = await Promise.all([launch(), Server.start({ multi_device: true }), SdkPages.serve()]);
});
after(async () => {
  await browser?.close();
  await pages?.close();
  await server?.stop();
});

/** A page with an account and a client whose tokens come from it. */
async function signedIn(name, how) {
  const page = await pages.open(browser);
  const userId = await page.evaluate(async ([url, call, fields]) => {
    const { Account } = await import('/account.js');
    const account = new Account({ server: url, persist: true });
    await account[call](fields);
    const client = window.hongyan.createClient({ appKey: account.appKey, navigators: url, token: account.token, tabs: 'alone' });
    const heard = [];
    client.on('message', (message) => heard.push(message.content.content));
    Object.assign(window, { account, client, heard, statuses: [] });
    client.on('status', ({ name: status }) => window.statuses.push(status));
    return (await client.connect()).userId;
  }, [server.url, how, { account: `${name}@example.com`, password: PASSWORD, userId: name, name, device: how }]);
  assert.equal(userId, name);
  return page;
}

it('who has an account writes with tokens that renew themselves', { timeout: 90_000 }, async () => {
  const swan = await signedIn('swan', 'register');
  const phone = await signedIn('swan', 'login');
  const goose = await signedIn('goose', 'register');
  const says = (page, to, text) => page.evaluate(([target, content]) => window.client.send({ type: 1, targetId: target }, content), [to, text]);
  await says(goose, 'swan', 'one');
  await swan.waitForFunction(() => window.heard.includes('one'));
  const sessions = await swan.evaluate(() => window.account.sessions());
  assert.deepEqual(sessions.map(({ device, current }) => [device, current]).sort(), [['login', false], ['register', true]]);

  // The other login is over at once; this one is back by itself, with a token of its session.
  await swan.evaluate(() => window.account.endOtherSessions());
  await phone.waitForFunction(() => window.account.user === null, null, { timeout: 20_000 });
  await swan.waitForFunction(() => window.statuses.length > 1 && window.statuses.at(-1) === 'connected', null, { timeout: 20_000 });
  await says(goose, 'swan', 'two');
  await swan.waitForFunction(() => window.heard.includes('two'));
  assert.deepEqual(await phone.evaluate(() => window.heard.filter((text) => text === 'two')), []);

  const kept = await swan.evaluate(() => JSON.stringify(Object.entries(localStorage)));
  assert.equal(kept.includes(PASSWORD), false);
  await swan.reload();
  await swan.waitForFunction(() => window.hongyan);
  const automatic = await swan.evaluate(async (url) => {
    const { Account } = await import('/account.js');
    const account = new Account({ server: url, persist: true });
    const client = window.hongyan.createClient({ appKey: account.appKey, navigators: url, token: account.token, tabs: 'alone' });
    const { userId } = await client.connect();
    const before = localStorage.getItem(`hy:account ${url}`) !== null;
    await account.revoke();
    return [before, userId, account.user, localStorage.getItem(`hy:account ${url}`), await account.login({ account: 'swan@example.com', password: 'x'.repeat(8) }).catch(({ code }) => code)];
  }, server.url);
  assert.deepEqual(automatic, [true, 'swan', null, null, 24009]);
  for (const page of [swan, phone, goose]) await page.context().close();
});

it('login, getUserInfo, updateUser, logout and revoked of 2.x', { timeout: 60_000 }, async () => {
  await server.post('/account/register', { account: 'duck@example.com', password: PASSWORD, userId: 'duck', name: 'Duck' });
  const page = await newPage(browser);
  await page.goto(pages.url);
  await page.addScriptTag({ url: `${pages.url}script/rongimlib.global.js` });
  const told = await page.evaluate(async ([url, password]) => {
    const { RongIMClient } = window;
    RongIMClient.init('hongyan', null, { navi: url, account: url });
    RongIMClient.setOnReceiveMessageListener({ onReceived() {} });
    const im = RongIMClient.getInstance();
    const call = (name, ...args) => new Promise((resolve) => im[name](...args, { onSuccess: (value) => resolve(value), onError: (code) => resolve(code) }));
    const seen = [];
    seen.push(await call('login', { account: 'duck@example.com', password: 'wrong wrong' }));
    const user = await call('login', { account: 'duck@example.com', password });
    seen.push([user.userId, user.id, user.name]);
    seen.push(await new Promise((resolve) => RongIMClient.connect(user.token, { onSuccess: resolve, onTokenIncorrect: () => resolve('token'), onError: resolve })));
    const { name } = await call('updateUser', { userId: 'duck', name: 'Daisy', password: 'another password' });
    seen.push([name, (await call('getUserInfo', 'duck')).name, await call('getUserInfo', 'nobody')]);
    seen.push(await call('logout'));
    seen.push(await call('getUserInfo', 'duck'), await call('login', { account: 'duck@example.com', password }));
    seen.push((await call('login', { account: 'duck@example.com', password: 'another password' })).name, await call('revoked'));
    seen.push(await call('login', { account: 'duck@example.com', password: 'another password' }));
    return seen;
  }, [server.url, PASSWORD]);
  assert.deepEqual(told, [24009, ['duck', 'duck', 'Duck'], 'duck', ['Daisy', 'Daisy', 23407], true, 24001, 24009, 'Daisy', true, 24009]);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

it('the demo: an account is made, changed, left and deleted', { timeout: 90_000 }, async () => {
  const ann = await Person.signIn(browser, server.url, 'Ann');
  const page = await newPage(browser);
  const emu = new Person(page, 'Emu');
  const enter = async (account, password) => {
    await page.getByLabel('E-mail address').fill(account);
    await page.getByLabel('Password', { exact: true }).fill(password);
  };
  await page.goto(server.url);
  await page.getByRole('button', { name: 'With an account' }).click();
  await page.getByRole('button', { name: 'Create an account' }).click();
  await enter('emu@example.com', PASSWORD);
  await page.getByLabel('Your name').fill('Emu');
  await page.getByRole('button', { name: 'Create an account' }).click();
  await emu.isConnected();
  await emu.startChat('Ann');
  await emu.say('hello');
  await ann.open('Emu');
  await ann.sees(['hello']);

  await page.reload();
  await emu.isConnected();
  await page.getByRole('button', { name: 'Your profile' }).click();
  await page.getByLabel('Your name').fill('Emilia');
  await page.getByRole('button', { name: 'Save' }).click();
  await eventually(() => page.locator('.me .name').textContent(), (name) => name === 'Emilia', 'the new name is shown');

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'With an account' }).click();
  await enter('emu@example.com', 'wrong wrong');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('The account or the password is wrong.').waitFor();
  await enter('emu@example.com', PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await emu.isConnected();
  page.once('dialog', (dialog) => dialog.accept());
  await page.getByRole('button', { name: 'Your profile' }).click();
  await page.getByRole('button', { name: 'Delete the account' }).click();
  await page.getByText('Your account was deleted.').waitFor();
  await ann.leave();
  await page.context().close();
});
