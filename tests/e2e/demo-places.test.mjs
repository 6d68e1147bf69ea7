// Live locations in the demo: two people in Chromium who are somewhere, against the real server.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { launch } from './lib/browser.mjs';
import { eventually, Person } from './lib/demo.mjs';
import { Server } from './lib/server.mjs';

const TIME = { timeout: 90_000 };
const at = (latitude, longitude, more = {}) => ({ permissions: ['geolocation'], geolocation: { latitude, longitude }, ...more });
let browser;
let server;

before(async () => {
  [browser, server] = await Promise.all([launch(), Server.start({ send_rate: 0 })]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const panel = ({ page }) => page.locator('.live');
const button = (within, name) => within.getByRole('button', { name, exact: true });
const share = async ({ page }) => {
  await button(page, 'More about this chat').click();
  await page.getByRole('menuitem', { name: 'Share live location' }).click();
};
/** What the panel says of somebody. */
const placeOf = (person, userId) => panel(person).locator(`[data-user="${userId}"]`).textContent();
const sees = (person, userId, text) =>
  eventually(() => placeOf(person, userId), (told) => told.includes(text), `${person.name} should see ${userId} at ${text}`);

it('two share where they are, see each other move, and stop', TIME, async () => {
  const [ann, ben] = await Promise.all([
    Person.signIn(browser, server.url, 'Ann', at(31.2304, 121.4737)),
    Person.signIn(browser, server.url, 'Ben', at(31.2339, 121.4802, { viewport: { width: 390, height: 844 } })),
  ]);
  await ann.startChat('Ben');
  await share(ann);
  await panel(ann).getByText('Sharing where they are: You').waitFor();
  await ben.open('Ann');
  await sees(ben, 'Ann', '31.23040, 121.47370');
  await ben.page.locator('.call-line', { hasText: 'Live location started' }).waitFor();
  await button(panel(ben), 'Share mine, too').click();
  await sees(ann, 'Ben', '31.23390, 121.48020 · 730 m from you');
  assert.equal(await panel(ann).locator('.map .map-point').count(), 2);
  // In the picture Ben is to the right of Ann, and above.
  const [own, other] = await panel(ann).locator('.map-point').evaluateAll((all) => all.map((point) => point.getBoundingClientRect()));
  assert.ok(other.x > own.x && other.y < own.y);
  await ben.page.context().setGeolocation({ latitude: 31.2312, longitude: 121.4737 });
  await sees(ann, 'Ben', '31.23120, 121.47370');

  await button(ben.page, 'Back to the chats').click();
  await ben.page.getByText('You share your location with Ann.').waitFor();
  const wide = await ben.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(wide, false, 'nothing may stick out sideways');
  await button(ben.page.locator('.sharing'), 'Stop sharing').click();
  await eventually(() => panel(ann).locator('[data-user="Ben"]').count(), (count) => count === 0, 'Ben should be gone from the list');
  await button(panel(ann), 'Stop sharing').click();
  await panel(ann).waitFor({ state: 'hidden' });
  await ann.page.locator('.notice', { hasText: 'Nobody shares a location here any more.' }).waitFor();
  await Promise.all([ann.leave(), ben.leave()]);
});

it('who signs out shares no more', TIME, async () => {
  const [cal, dan] = await Promise.all([Person.signIn(browser, server.url, 'Cal', at(1, 2)), Person.signIn(browser, server.url, 'Dan')]);
  await cal.startChat('Dan');
  await share(cal);
  await dan.open('Cal');
  await sees(dan, 'Cal', '1.00000, 2.00000');
  await button(cal.page, 'Sign out').click();
  await panel(dan).waitFor({ state: 'hidden' });
  await Promise.all([cal.leave(), dan.leave()]);
});

it('who may not be found is told so, and nobody else hears of it', TIME, async () => {
  const [eve, fay] = await Promise.all([Person.signIn(browser, server.url, 'Eve', { permissions: [] }), Person.signIn(browser, server.url, 'Fay')]);
  await eve.startChat('Fay');
  await share(eve);
  await eve.page.getByText('This page may not know where you are.').waitFor();
  assert.equal(await panel(eve).isVisible(), false);
  await eve.say('later');
  await fay.open('Eve');
  await fay.sees(['later']);
  assert.equal(await fay.page.locator('.message').count(), 1);
  await Promise.all([eve.leave(), fay.leave()]);
});
