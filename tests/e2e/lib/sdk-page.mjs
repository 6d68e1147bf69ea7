// Pages that use the package itself, as a plain module script, from another origin than the server.
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { extname, normalize } from 'node:path';
import { inRoot } from '../../../scripts/lib/paths.mjs';
import { newPage } from './browser.mjs';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

/** The file that a browser's `import 'hongyan'` names. */
function entry() {
  const { exports } = JSON.parse(readFileSync(inRoot('pkg', 'package.json'), 'utf8'));
  let target = exports['.'];
  while (typeof target !== 'string') target = target.browser ?? target.import ?? target.default;
  return target.replace(/^\./, '');
}

export class SdkPages {
  /** @param {Record<string, string>} headers of the documents */
  static async serve(headers = {}) {
    const pages = new SdkPages();
    const html = `<!doctype html><meta charset="utf-8"><script type="module">
      import * as hongyan from '${entry()}'; window.hongyan = hongyan;</script>`;
    pages.listener = createServer((request, response) => {
      const path = normalize(new URL(request.url, 'http://x').pathname);
      const file = inRoot('pkg', path);
      if (path === '/') return response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(html);
      if (!existsSync(file)) return response.writeHead(404).end();
      response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
      createReadStream(file).pipe(response);
    }).listen(0, '127.0.0.1');
    await once(pages.listener, 'listening');
    pages.url = `http://127.0.0.1:${pages.listener.address().port}/`;
    return pages;
  }

  /** A page in a fresh profile with the package as `window.hongyan`. */
  async open(browser) {
    const page = await newPage(browser);
    await page.goto(this.url);
    await page.waitForFunction(() => window.hongyan);
    return page;
  }

  async close() {
    this.listener.closeAllConnections();
    this.listener.close();
    await once(this.listener, 'close');
  }
}
