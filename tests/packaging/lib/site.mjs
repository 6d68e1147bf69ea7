// A folder over HTTP, as any static host would serve it.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

export class Site {
  /** Types that differ from the usual ones, by file ending. */
  types = TYPES;
  /** Paths that answer 404 as long as they are in here. */
  missing = new Set();
  /** Every path that was asked for. */
  asked = [];

  static async serve(folder, types = {}) {
    const site = new Site();
    site.types = { ...TYPES, ...types };
    site.listener = createServer((request, response) => site.#answer(folder, request, response)).listen(0, '127.0.0.1');
    await once(site.listener, 'listening');
    site.url = `http://127.0.0.1:${site.listener.address().port}`;
    return site;
  }

  async #answer(folder, request, response) {
    const path = normalize(new URL(request.url, 'http://site').pathname);
    this.asked.push(path);
    try {
      if (this.missing.has(path)) throw new Error('missing');
      const body = await readFile(join(folder, path));
      response.writeHead(200, { 'content-type': this.types[extname(path)] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  }

  async close() {
    this.listener.closeAllConnections();
    this.listener.close();
    await once(this.listener, 'close');
  }
}
