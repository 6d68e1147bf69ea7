// A page of a signed-in user, driven through the package's modern face.
import { eventually } from './demo.mjs';

/** Everything that the client tells but conversations, which are read when they are wanted. */
const EVENTS = ['message', 'recalled', 'deleted', 'read', 'typing', 'receiptRequest', 'receipt', 'gap', 'error'];

export class Device {
  /** @param {{browser: object, server: object, pages: import('./sdk-page.mjs').SdkPages}} world */
  static async open(world, name) {
    const device = new Device();
    device.server = world.server;
    device.session = await world.server.signIn(name);
    device.page = await world.pages.open(world.browser);
    await device.connect();
    return device;
  }

  /** A client in the page as it stands now, with all that it tells noted by event. */
  async connect() {
    await this.page.evaluate(async ([url, { appKey, token }, events]) => {
      const client = window.hongyan.createClient({ appKey, navigators: url });
      const told = Object.fromEntries(events.map((event) => [event, []]));
      for (const event of events) client.on(event, (what) => told[event].push(event === 'error' ? String(what) : what));
      window.run = { client, told };
      await client.connect(token);
    }, [this.server.url, this.session, EVENTS]);
  }

  async reload() {
    await this.page.reload();
    await this.page.waitForFunction(() => window.hongyan);
    await this.connect();
  }

  /** Runs `work(client, ...args)` in the page. */
  do(work, ...args) {
    return this.page.evaluate(([source, given]) => (0, eval)(source)(window.run.client, ...given), [String(work), args]);
  }

  /** The code that `work(client, ...args)` fails with; 'done' if it does not, 'untyped: …' for another error. */
  code(work, ...args) {
    return this.page.evaluate(async ([source, given]) => {
      try {
        await (0, eval)(source)(window.run.client, ...given);
        return 'done';
      } catch (error) {
        return error instanceof window.hongyan.HongyanError ? error.code : `untyped: ${error}`;
      }
    }, [String(work), args]);
  }

  send(to, content, options = {}) {
    return this.do((client, ...args) => client.send(...args), to, content, options);
  }

  told(event) {
    return this.page.evaluate((name) => window.run.told[name], event);
  }

  /** Forgets what was told of this event. */
  async forget(event) {
    await this.page.evaluate((name) => void window.run.told[name].splice(0), event);
  }

  /** Waits until something told of this event fits, and gives it. */
  async hears(event, fits, what = event) {
    const found = (list) => list.some(fits);
    return (await eventually(() => this.told(event), found, `${this.session.userId} should hear of: ${what}`)).find(fits);
  }

  row(ref) {
    return this.do((client, of) => client.conversation(of), ref);
  }

  /** Waits until the row of a conversation fits. */
  sees(ref, fits, what) {
    return eventually(() => this.row(ref), (row) => row !== null && fits(row), `${this.session.userId} should see: ${what}`);
  }

  /** The whole history, oldest first, read in pages of `count` from its end (or its beginning). */
  history(ref, { count = 20, fromStart = false } = {}) {
    return this.do(async (client, of, size, up) => {
      const all = [];
      for await (const { messages } of client.historyPages(of, up ? { after: 0, count: size } : { count: size })) {
        if (up) all.push(...messages);
        else all.unshift(...messages);
      }
      return all;
    }, ref, count, fromStart);
  }
}
