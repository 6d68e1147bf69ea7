// Firefox as the machine has it, driven by its own protocol: WebDriver BiDi over a WebSocket, which
// Node 20 has with --experimental-websocket.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PLACES = [process.env.HONGYAN_FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox', '/Applications/Firefox.app/Contents/MacOS/firefox'];
const LISTENS = /WebDriver BiDi listening on (ws:\/\/\S+)/;

/** Where Firefox is; null if it is not on this machine. */
export const firefoxPath = () => PLACES.find((path) => path && existsSync(path)) ?? null;

export class Firefox {
  #last = 0;
  #asked = new Map();

  /** Starts it with an empty profile. */
  static async launch() {
    const self = new Firefox();
    self.folder = await mkdtemp(join(tmpdir(), 'hongyan-firefox-'));
    const flags = ['--headless', '--no-remote', '--profile', self.folder, '--remote-debugging-port', '0'];
    self.process = spawn(firefoxPath(), flags, { stdio: ['ignore', 'ignore', 'pipe'] });
    for await (const line of createInterface({ input: self.process.stderr })) {
      const url = LISTENS.exec(line)?.[1];
      if (url) {
        self.socket = new WebSocket(`${url}/session`);
        break;
      }
    }
    self.process.stderr.resume();
    await once(self.socket, 'open');
    self.socket.addEventListener('message', ({ data }) => self.#heard(JSON.parse(data)));
    await self.tell('session.new', { capabilities: {} });
    return self;
  }

  #heard({ id, type, result, message }) {
    const { resolve, reject } = this.#asked.get(id) ?? {};
    this.#asked.delete(id);
    if (type === 'success') resolve?.(result);
    if (type === 'error') reject?.(new Error(message));
  }

  tell(method, params) {
    const id = (this.#last += 1);
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** A profile of its own: what its tabs store, others do not see. */
  async profile() {
    const { userContext } = await this.tell('browser.createUserContext', {});
    return userContext;
  }

  /** A tab of a profile at this address. */
  async tab(userContext, url) {
    const { context } = await this.tell('browsingContext.create', { type: 'tab', userContext });
    await this.tell('browsingContext.navigate', { context, url, wait: 'complete' });
    return new Tab(this, context);
  }

  async close() {
    this.socket.close();
    this.process.kill('SIGKILL');
    await once(this.process, 'exit');
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

class Tab {
  constructor(browser, context) {
    Object.assign(this, { browser, context });
  }

  /** What `work` gives in the page for arguments that are JSON, once it is there. */
  async do(work, ...args) {
    const expression = `(async () => JSON.stringify([await (${work})(...${JSON.stringify(args)})]))()`;
    const target = { context: this.context };
    const told = await this.browser.tell('script.evaluate', { expression, target, awaitPromise: true });
    if (told.type === 'exception') throw new Error(told.exceptionDetails.text);
    return JSON.parse(told.result.value)[0];
  }

  close() {
    return this.browser.tell('browsingContext.close', { context: this.context });
  }
}
