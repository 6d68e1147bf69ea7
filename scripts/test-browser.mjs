// The browser half of the core in a headless Chromium: wasm-pack runs tests/browser against a
// server that is started for it, and against a peer that speaks text where bytes are due.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { Server } from '../tests/e2e/lib/server.mjs';
import { chromedriver } from './lib/chromium.mjs';
import { inRoot } from './lib/paths.mjs';
import { Failure, run, runMain } from './lib/run.mjs';
import './lib/tools.mjs';

/** How often a browser is started for a file of tests, and how long it may be silent, ms (a build is silent, too). */
const STARTS = 3;
const STALLED_MS = 180_000;

/** A navigator that names itself as the server, whose WebSocket greets with a text frame. */
async function textPeer() {
  const listener = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    const answer = { code: 200, userId: 'u', server: request.headers.host, backupServer: '' };
    response.end(request.url.startsWith('/navi.js') ? `getServerEndpoint(${JSON.stringify(answer)});` : '');
  });
  listener.on('upgrade', ({ headers }, socket) => {
    const accept = createHash('sha1').update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.on('error', () => {});
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    const text = Buffer.from('{"hello": 1}');
    socket.write(Buffer.concat([Buffer.from([0x81, text.length]), text]));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return { url: `http://127.0.0.1:${listener.address().port}`, close: () => listener.closeAllConnections() ?? listener.close() };
}

const testNames = () =>
  readdirSync(inRoot('tests', 'browser', 'tests')).flatMap((file) => (file.endsWith('.rs') ? [file.slice(0, -3)] : [])).sort();

/** A headless browser sometimes hangs before it loads the page: it is started anew then. */
async function runInBrowser(driver, name, env) {
  const how = ['test', '--headless', '--chrome', '--chromedriver', driver, '--mode', 'no-install'];
  for (let left = STARTS; ; left -= 1) {
    try {
      await run('wasm-pack', [...how, inRoot('tests', 'browser'), '--test', name], { env, stalledMs: STALLED_MS });
      return;
    } catch (error) {
      // Once a test has begun, a silence is the test's own failure.
      if (!error.stalled || left === 1 || /^running \d+ test/m.test(error.output)) throw error;
      console.log(`the browser for ${name} printed nothing for ${STALLED_MS / 1000} s: once more`);
    }
  }
}

await runMain(async () => {
  const driver = chromedriver();
  if (!driver) throw new Failure('chromedriver is missing: npm run setup installs it');
  const [server, peer] = await Promise.all([Server.start({ database_url: 'memory:' }), textPeer()]);
  try {
    const [ann, bob] = await Promise.all([server.signIn('ann'), server.signIn('bob')]);
    const env = {
      HONGYAN_TEST_SERVER: server.url,
      HONGYAN_TEST_TEXT_PEER: peer.url,
      HONGYAN_TEST_APP_KEY: ann.appKey,
      HONGYAN_TEST_TOKEN_ANN: ann.token,
      HONGYAN_TEST_TOKEN_BOB: bob.token,
    };
    for (const name of testNames()) await runInBrowser(driver, name, env);
  } finally {
    peer.close();
    await server.stop();
  }
});
