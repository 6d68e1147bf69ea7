// A customer, the robot and a human agent; a public service with its menu. Two pages of the demo and
// the agents' page against the real server, which is killed and started again in between.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, newPage } from './lib/browser.mjs';
import { eventually, Person } from './lib/demo.mjs';
import { Server } from './lib/server.mjs';
import { callApi } from './lib/server-api.mjs';

const SECRET = 'a-secret-of-the-test';
const AGENT_SECRET = 'the-agents-secret';
let browser;
let server;

before(async () => {
  [browser, server] = await Promise.all([launch(), Server.start({ app_secret: SECRET, agent_secret: AGENT_SECRET })]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const button = (page, name) => page.getByRole('button', { name, exact: true });

async function agentPage() {
  const page = await newPage(browser);
  await page.goto(`${server.url}/agent.html`);
  const enter = async (secret) => {
    await page.getByLabel('Agent', { exact: true }).fill('agent');
    await page.getByLabel('Secret of the agents').fill(secret);
    await page.keyboard.press('Enter');
  };
  await enter('a-wrong-secret');
  await page.getByText('No such agent, or the secret is wrong.').waitFor();
  await enter(AGENT_SECRET);
  await page.getByText('Waiting customers').waitFor();
  return page;
}

/** The last thing that was said, as the person sees it. */
const lastSays = (person, part) =>
  eventually(() => person.texts(), (texts) => texts.at(-1)?.includes(part), `${person.name} should be told ${part}`);

test('a customer talks with the robot, then with an agent, and the rating is kept', async () => {
  const ada = await Person.signIn(browser, server.url, 'Ada');
  await button(ada.page, 'Services').click();
  await button(ada.page, 'Ask').click();
  await lastSays(ada, 'Hello!');
  await ada.say('What is the price?');
  await lastSays(ada, 'it costs nothing');
  const bar = ada.page.locator('.service-bar');
  await button(bar, 'Talk to a human').click();
  await lastSays(ada, 'No agent is here');
  await bar.getByText('The robot answers').waitFor();

  const agent = await agentPage();
  await eventually(async () => {
    await button(bar, 'Talk to a human').click({ timeout: 1000 }).catch(() => {});
    return bar.textContent();
  }, (text) => text.includes('Waiting for an agent'), 'the talk should wait');
  await agent.locator('.status[data-status="connected"]').waitFor();
  await ada.say('Is anybody there?');
  await agent.locator('.agent li', { hasText: 'Ada' }).getByRole('button', { name: 'Take' }).click();
  await bar.getByText('An agent answers').waitFor();
  await agent.locator('.line.other', { hasText: 'Is anybody there?' }).waitFor();
  await agent.locator('.line.own', { hasText: 'it costs nothing' }).waitFor();
  await agent.getByLabel('Write a message').fill('Yes, I am.');
  await agent.keyboard.press('Enter');
  await lastSays(ada, 'Yes, I am.');
  await ada.say('Good.');
  await agent.locator('.line.other', { hasText: 'Good.' }).waitFor();

  // Who has the talk is kept, and what was said.
  await server.kill();
  await server.up();
  await ada.isConnected(40_000);
  await ada.page.reload();
  await ada.isConnected();
  await button(ada.page, 'Services').click();
  await button(ada.page, 'Ask').click();
  await bar.getByText('An agent answers').waitFor();
  await lastSays(ada, 'Good.');

  await button(bar, 'Rate').click();
  const dialog = ada.page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'Yes' }).check();
  await dialog.getByRole('radio', { name: '4 of 5 stars' }).check();
  await dialog.getByLabel('What you would like to say').fill('谢谢!');
  await button(dialog, 'Send the rating').click();
  await ada.page.getByText('Thank you!').waitFor();
  const { ratings } = await callApi(server, SECRET, '/customerservice/rating/query.json', { serviceId: 'help' });
  const told = ratings.map(({ of, customer, agent: by, stars, resolved, suggest }) => ({ of, customer, by, stars, resolved, suggest }));
  assert.deepEqual(told, [
    { of: 'human', customer: 'Ada', by: 'agent', stars: 4, resolved: null, suggest: '谢谢!' },
    { of: 'robot', customer: 'Ada', by: 'agent', stars: null, resolved: true, suggest: '谢谢!' },
  ]);
  await agent.getByText('★★★★').waitFor();
  await button(agent, 'End').click();
  await bar.getByText('The talk is over').waitFor();
  assert.deepEqual(agent.problems, []);
  await agent.context().close();
  await ada.leave();
});

test('a public service is found, followed, asked by its menu, and speaks to who follows it', async () => {
  const bob = await Person.signIn(browser, server.url, 'Bob');
  await button(bob.page, 'Services').click();
  await bob.page.getByLabel('Find public services').fill('daily');
  const row = bob.page.locator('.services li', { hasText: 'Hongyan Daily' });
  await row.getByRole('button', { name: 'Follow' }).click();
  await row.getByRole('button', { name: 'Unfollow' }).waitFor();
  await row.getByRole('button', { name: 'Open' }).click();
  const bar = bob.page.locator('.service-bar');
  await bar.getByRole('button', { name: /Today/ }).click();
  await bob.page.locator('.article', { hasText: 'The geese fly south' }).waitFor();
  await bar.getByRole('button', { name: /About/ }).click();
  await bob.page.getByRole('menuitem', { name: /What is Hongyan/ }).click();
  await bob.page.locator('.article', { hasText: 'Instant messaging' }).waitFor();
  await bob.say('hello');
  await lastSays(bob, 'Choose from the menu');
  const publish = (more = {}) => callApi(server, SECRET, '/publicservice/message/publish.json', {
    type: '8', id: 'daily', objectName: 'RC:TxtMsg', content: '{"content":"Extra, extra!"}', ...more,
  });
  assert.equal((await publish()).sent, 1);
  await lastSays(bob, 'Extra, extra!');
  await button(bob.page, 'Services').click();
  await row.getByRole('button', { name: 'Unfollow' }).click();
  await eventually(publish, ({ sent }) => sent === 0, 'nobody should follow any more');
  await bob.page.keyboard.press('Escape');
  await bob.leave();
});
