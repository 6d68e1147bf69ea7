// The demo as a person uses it.
import assert from 'node:assert/strict';
import { newPage } from './browser.mjs';

/** What `read` gives once `accept` agrees, asked again for up to `ms`. */
export async function eventually(read, accept, what, ms = 15_000) {
  const end = Date.now() + ms;
  let seen;
  do {
    seen = await read();
    if (accept(seen)) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (Date.now() < end);
  assert.fail(`${what}; last seen: ${JSON.stringify(seen)}`);
}

export class Person {
  constructor(page, name) {
    this.page = page;
    this.name = name;
  }

  /** Signs in through the page, in a fresh profile. */
  static async signIn(browser, url, name, options) {
    const person = new Person(await newPage(browser, options), name);
    await person.page.goto(url);
    await person.enterName();
    return person;
  }

  async enterName() {
    await this.page.getByLabel('Your name').fill(this.name);
    await this.page.keyboard.press('Enter');
    await this.isConnected();
  }

  async status(name, ms) {
    await this.page.locator(`.me .status[data-status="${name}"]`).waitFor({ timeout: ms ?? 15_000 });
  }

  async isConnected(ms = 25_000) {
    await this.status('connected', ms);
  }

  async startChat(peer) {
    await this.page.getByRole('button', { name: 'New chat' }).first().click();
    await this.page.getByRole('textbox', { name: 'Chat with' }).fill(peer);
    await this.page.keyboard.press('Enter');
    await this.page.getByRole('log').waitFor({ state: 'attached' });
  }

  row(peer) {
    return this.page.locator(`.row[data-target=${JSON.stringify(peer)}]`);
  }

  async open(peer) {
    await this.row(peer).click();
  }

  async say(text) {
    await this.page.getByLabel('Write a message').fill(text);
    await this.page.keyboard.press('Enter');
  }

  texts() {
    return this.page.locator('.message .text').allTextContents();
  }

  async sees(expected, ms) {
    const same = (texts) => JSON.stringify(texts) === JSON.stringify(expected);
    await eventually(() => this.texts(), same, `${this.name} should see ${JSON.stringify(expected)}`, ms);
  }

  /** Every own message of the open chat carries the server's word for it, or that it was read. */
  async allSent(ms) {
    const states = () => this.page.locator('.mine .state').evaluateAll((marks) => marks.map((mark) => mark.dataset.state));
    const sent = (all) => all.every((state) => state === 'sent' || state === 'read');
    await eventually(states, sent, `all messages of ${this.name} should be sent`, ms);
  }

  async badge(peer) {
    const badge = this.row(peer).locator('.badge [aria-hidden]');
    return (await badge.count()) === 0 ? 0 : Number(await badge.first().textContent());
  }

  async hasBadge(peer, count) {
    await eventually(() => this.badge(peer), (seen) => seen === count, `${this.name}: unread of ${peer} should be ${count}`);
  }

  async leave() {
    assert.deepEqual(this.page.problems, [], `problems in the page of ${this.name}`);
    await this.page.context().close();
  }
}
