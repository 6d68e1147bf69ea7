// Tabs of one browser profile, each with a client of its own for the same user, and what each is told.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { watch } from './browser.mjs';

/** All tabs of a profile, and the sockets that they opened. */
export class Profile {
  /** @type {{tab: string, open: boolean}[]} */
  sockets = [];
  #last = 0;

  /** @param {{server: object, pages: import('./sdk-page.mjs').SdkPages, browser: object}} world */
  static async open({ browser, server, pages }, name) {
    const profile = new Profile();
    profile.context = await browser.newContext();
    profile.context.setDefaultTimeout(20_000);
    Object.assign(profile, { server, pages, session: await server.signIn(name) });
    return profile;
  }

  /** A tab that is connected. */
  async tab({ token = this.session.token, ...options } = {}) {
    const tab = new Tab(await this.context.newPage(), `tab ${(this.#last += 1)}`);
    watch(tab.page);
    tab.page.on('websocket', (socket) => {
      if (!socket.url().includes('/websocket')) return;
      const entry = { tab: tab.name, open: true };
      this.sockets.push(entry);
      socket.on('close', () => (entry.open = false));
      tab.page.on('close', () => (entry.open = false));
      tab.page.on('crash', () => (entry.open = false));
    });
    await tab.page.goto(this.pages.url);
    await tab.page.waitForFunction(() => window.hongyan);
    await tab.connect({ appKey: this.session.appKey, navigators: this.server.url, ...options }, token);
    return tab;
  }

  /** Waits until so many sockets are open. */
  async holds(count) {
    const open = () => this.sockets.filter((socket) => socket.open).length;
    for (let tries = 0; tries < 50 && open() !== count; tries += 1) await sleep(100);
    assert.equal(open(), count, JSON.stringify(this.sockets));
  }
}

export class Tab {
  constructor(page, name) {
    this.page = page;
    this.name = name;
  }

  /** Makes a client and connects it; `window.told` has what it tells, in order. */
  connect(options, token) {
    return this.page.evaluate(async ([given, text]) => {
      const told = (window.told = []);
      window.texts = [];
      window.client = window.hongyan.createClient(given);
      window.client.on('status', ({ name }) => told.push(`status ${name}`));
      window.client.on('message', ({ content, messageUId, direction }) => {
        const shown = content.content ?? content.messageUId;
        window.texts.push(shown);
        told.push(`message ${direction} ${shown} ${messageUId}`);
      });
      window.client.on('send', ({ clientId, state }) => told.push(`send ${clientId} ${state.name}`));
      window.client.on('conversation', ({ changed, removed }) => {
        for (const { conversation, unreadCount, draft, pinned } of changed) told.push(`row ${conversation.targetId} ${unreadCount} ${draft} ${pinned}`);
        for (const { targetId } of removed) told.push(`gone ${targetId}`);
      });
      window.client.on('recalled', ({ messageUId }) => told.push(`recalled ${messageUId}`));
      window.client.on('error', (error) => told.push(`error ${error}`));
      return window.client.connect(text);
    }, [options, token]);
  }

  do(work, ...args) {
    return this.page.evaluate(([source, given]) => (0, eval)(source)(window.client, ...given), [String(work), args]);
  }

  told() {
    return this.page.evaluate(() => window.told);
  }

  texts() {
    return this.page.evaluate(() => window.texts);
  }

  send(to, text) {
    return this.do((client, target, content) => client.send({ type: 1, targetId: target }, content).then(({ messageUId }) => messageUId), to, text);
  }

  status() {
    return this.do((client) => client.status.name);
  }

  /** Waits until the tab was told something that begins so. */
  hears(start) {
    return this.page.waitForFunction((text) => window.told.some((one) => one.startsWith(text)), start);
  }

  shows(text) {
    return this.page.waitForFunction((wanted) => window.texts.includes(wanted), text);
  }
}
