// The fault proxy (docs/soak.md) between a browser and a server: rules that apply by chance to what
// comes later, and strikes at connections that exist.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { targetDir } from '../../../scripts/lib/paths.mjs';

/** Built by the step `judges` of `npm test`. */
const program = join(targetDir, 'debug', 'hongyan-proxy');

export class FaultProxy {
  /** In front of a server on this machine. @param {number} port @param {number} seed */
  static async to(port, seed = 1) {
    const proxy = new FaultProxy();
    // It ends with its standard input, so it never outlives this process.
    proxy.process = spawn(program, ['--server', `127.0.0.1:${port}`, '--seed', String(seed)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: proxy.process.stdout });
    const failed = once(proxy.process, 'error').then(([error]) => Promise.reject(error));
    const [line] = await Promise.race([once(lines, 'line'), failed]);
    const { address, control } = JSON.parse(line);
    proxy.url = `http://${address}`;
    proxy.control = `http://${control}`;
    return proxy;
  }

  async #order(method, path, body) {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(this.control + path, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    const text = await answer.text();
    return text === '' ? undefined : JSON.parse(text);
  }

  /** @param {{fault: object, path?: string, direction?: 'up' | 'down', per_mille?: number, after_ms?: number, for_ms?: number, times?: number}} rule */
  addRule(rule) {
    return this.#order('POST', '/rules', rule);
  }

  clearRules() {
    return this.#order('DELETE', '/rules');
  }

  /** Returns how many connections it struck. @param {{fault: object, path?: string, direction?: 'up' | 'down'}} order */
  async strike(order) {
    return (await this.#order('POST', '/strike', order)).struck;
  }

  /** How often something went wrong, and the connections there are. */
  standing() {
    return this.#order('GET', '/');
  }

  async close() {
    const closed = once(this.process, 'close');
    this.process.stdin.end();
    await closed;
  }
}
