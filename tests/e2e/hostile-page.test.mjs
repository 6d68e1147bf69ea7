// Pages that change what the SDK stands on, and machines that have too little of it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { CHROMIUM_ARGS } from '../../scripts/lib/chromium.mjs';
import { launch, newPage } from './lib/browser.mjs';
import { SdkPages } from './lib/sdk-page.mjs';
import { Server } from './lib/server.mjs';

let browser;
let server;
let pages;

before(async () => {
  [browser, server, pages] = await Promise.all([launch(), Server.start(), SdkPages.serve()]);
});
after(async () => {
  await browser?.close();
  await pages?.close();
  await server?.stop();
});

/** A page in which `change` runs before anything else. */
async function changed(change, open = (page) => page.goto(pages.url)) {
  const page = await newPage(browser);
  await page.addInitScript(change);
  await open(page);
  await page.waitForFunction(() => window.hongyan);
  return page;
}

/** Sends a message to oneself, and tells what the list and the history say of it. */
async function talk(page, name) {
  const { token, appKey } = await server.signIn(name);
  return page.evaluate(async ([key, navigators, text]) => {
    const client = window.hongyan.createClient({ appKey: key, navigators });
    const { userId } = await client.connect(text);
    const to = { type: 1, targetId: userId };
    const sent = await client.send(to, 'hello');
    const [row] = await client.conversations();
    const { messages } = await client.history(to);
    client.destroy();
    return { sent: sent.content.content, latest: row.latestMessage.content.content, kept: messages.map(({ content }) => content.content) };
  }, [appKey, server.url, token]);
}

const TALK = { sent: 'hello', latest: 'hello', kept: ['hello'] };

describe('a page', { timeout: 120_000 }, () => {
  it('C21 without random numbers is told so', async () => {
    const page = await changed(() => Object.defineProperty(globalThis, 'crypto', { value: undefined }));
    const error = await page.evaluate(async () => {
      try {
        const client = window.hongyan.createClient({ appKey: 'a', navigators: 'http://127.0.0.1:9' });
        await client.connect('t');
      } catch (failure) {
        return { code: failure.code, name: failure.name, message: failure.message };
      }
      return null;
    });
    assert.deepEqual({ code: error?.code, name: error?.name }, { code: 33095, name: 'NoRandomness' });
    assert.match(error.message, /getRandomValues/);
    await page.context().close();
  });

  it('C22 that changes prototypes and wraps what the network is made of works', async () => {
    const page = await changed(() => {
      Object.prototype.x = 1;
      Object.prototype.toJSON = undefined;
      Array.prototype.y = () => {
        throw new Error('never called');
      };
      const { map, push } = Array.prototype;
      Array.prototype.map = function wrapped(...args) {
        return map.apply(this, args);
      };
      Array.prototype.push = function wrapped(...args) {
        return push.apply(this, args);
      };
      const asked = globalThis.fetch;
      globalThis.fetch = (...args) => asked(...args);
      globalThis.WebSocket = class extends globalThis.WebSocket {};
    });
    assert.deepEqual(await talk(page, 'Pia'), TALK);
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });

  it('C23 without structuredClone works', async () => {
    const page = await changed(() => delete globalThis.structuredClone);
    assert.deepEqual(await talk(page, 'Cleo'), TALK);
    await page.context().close();
  });

  it('C24 that loads the SDK twice has two that do not disturb each other', async () => {
    const page = await changed(() => {});
    assert.deepEqual(await talk(page, 'Ada'), TALK);
    await page.evaluate(async () => {
      const source = document.querySelector('script[type=module]').textContent.match(/'([^']+)'/)[1];
      window.first = window.hongyan;
      window.hongyan = await import(`${source}?second`);
    });
    assert.ok(await page.evaluate(() => window.first !== window.hongyan));
    assert.deepEqual(await talk(page, 'Bob'), TALK);
    await page.evaluate(() => (window.hongyan = window.first));
    assert.deepEqual(await talk(page, 'Cyd'), TALK);
    await page.context().close();
  });
});

describe('a machine', { timeout: 120_000 }, () => {
  it('C25 that gives the core no more memory ends it with an error, once, and a new client works', async (test) => {
    // The packed core takes 64 pages for a moment.
    const small = await launch({ args: [...CHROMIUM_ARGS, '--js-flags=--wasm-max-mem-pages=72'] });
    test.after(() => small.close());
    const page = await newPage(small);
    await page.goto(pages.url);
    await page.waitForFunction(() => window.hongyan);
    const { token, appKey } = await server.signIn('Meg');
    const ended = await page.evaluate(async ([key, navigators, text]) => {
      const client = window.hongyan.createClient({ appKey: key, navigators });
      const errors = [];
      client.on('error', ({ code }) => errors.push(code));
      await client.connect(text);
      // They wait in the outbox until there is no more room.
      await client.disconnect();
      const body = { content: 'x'.repeat(100_000) };
      const sends = Array.from({ length: 60 }, (_, at) => client.send({ type: 1, targetId: `u${at}` }, { body }).then(() => 0, ({ code }) => code));
      const codes = await Promise.all(sends.map((send) => Promise.race([send, new Promise((wake) => setTimeout(wake, 5_000, null))])));
      return { errors, codes: [...new Set(codes)] };
    }, [appKey, server.url, token]);
    assert.deepEqual(ended.errors, [33094]);
    assert.ok(ended.codes.includes(33094), JSON.stringify(ended));
    assert.deepEqual(await talk(page, 'Moe'), TALK);
  });

  it('D18 that is flooded with frames goes on showing its page', async () => {
    const flood = await floodingServer();
    const page = await changed(() => {});
    const turns = await page.evaluate(async (navigators) => {
      const client = window.hongyan.createClient({ appKey: 'a', navigators, persist: false });
      client.connect('t').catch(() => {});
      let turns = 0;
      const until = performance.now() + 4_000;
      while (performance.now() < until) {
        await new Promise((wake) => setTimeout(wake, 0));
        turns += 1;
      }
      client.destroy();
      return turns;
    }, flood.url);
    const sent = await flood.close();
    assert.ok(sent > 100_000, `${sent} frames were sent`);
    assert.ok(turns > 20, `the page had ${turns} turns of its own in four seconds`);
    await page.context().close();
  });
});

/** A server that logs everybody in and sends doorbells and nonsense as fast as they are taken. */
async function floodingServer() {
  let sent = 0;
  const listener = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    const answer = { code: 200, userId: 'u', server: request.headers.host, backupServer: '' };
    response.end(request.url.startsWith('/navi.js') ? `getServerEndpoint(${JSON.stringify(answer)});` : '');
  });
  listener.on('upgrade', ({ headers }, socket) => {
    const accept = createHash('sha1').update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.on('error', () => {});
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    const session = Buffer.from([0x20, 0, 0, 0, 1, 0x75, 0, 1, 0x73, 0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0]);
    socket.write(Buffer.concat([Buffer.from([0x82, session.length]), session]));
    const nonsense = Buffer.concat(Array.from({ length: 5_000 }, (_, at) => Buffer.from([0x82, 3, 0x30, at & 255, 1])));
    const more = () => {
      while (!socket.destroyed) {
        sent += 5_000;
        if (!socket.write(nonsense)) return;
      }
    };
    socket.on('drain', more);
    more();
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    url: `http://127.0.0.1:${listener.address().port}`,
    close: async () => {
      listener.closeAllConnections();
      listener.close();
      return sent;
    },
  };
}
