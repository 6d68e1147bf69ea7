// The real server as its own process, on a database of its own, that a test may kill and start
// again at the same address.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, serverBinary } from '../../../scripts/lib/paths.mjs';

/** A port nobody listens on now. */
export async function freePort() {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  listener.close();
  await once(listener, 'close');
  return port;
}

export class Server {
  #process = null;
  #settings;
  #folder;
  /** What it logged, for the one who looks into a failure. */
  log = '';

  /** Starts a server with these settings: `{ send_rate: 0 }` is HONGYAN_SEND_RATE=0. */
  static async start(settings = {}) {
    const server = new Server();
    server.port = await freePort();
    server.#folder = await mkdtemp(join(tmpdir(), 'hongyan-e2e-'));
    const all = {
      listen: `127.0.0.1:${server.port}`,
      database_url: `sqlite:${join(server.#folder, 'hongyan.db')}`,
      ...settings,
    };
    server.#settings = Object.fromEntries(
      Object.entries(all).map(([key, value]) => [`HONGYAN_${key.toUpperCase()}`, String(value)]),
    );
    await server.up();
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts the process (again) and waits until it answers. */
  async up() {
    const child = spawn(serverBinary, ['serve'], {
      cwd: root,
      env: { ...process.env, ...this.#settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (this.log += text));
    }
    for (let tries = 0; tries < 200; tries += 1) {
      if (child.exitCode !== null) throw new Error(`the server ended:\n${this.log}`);
      const answer = await fetch(`${this.url}/ping`).catch(() => null);
      if (answer?.ok) return;
      await sleep(50);
    }
    throw new Error(`the server does not answer:\n${this.log}`);
  }

  /** Ends the process at once, as a power cut would (kill -9). */
  async kill() {
    await this.#end('SIGKILL');
  }

  /** Ends it for good and takes its database away. */
  async stop() {
    await this.#end('SIGTERM');
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #end(signal) {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
  }

  /** A token as the demo gives it out: `{ userId, token, appKey }`. */
  signIn(name) {
    return this.post('/demo/sign-in', { name });
  }

  /** Calls the demo's part of the server. */
  async post(path, body) {
    const answer = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }
}
