// The browser half of the core in a headless Chromium: wasm-pack runs tests/browser against a
// server that is started for it, and against a peer that speaks text where bytes are due.
// `node scripts/test-browser.mjs server` runs the tests of tests/browser/tests/server.rs alone.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Server } from '../tests/e2e/lib/server.mjs';
import { CHROMIUM_ARGS, chromedriver } from './lib/chromium.mjs';
import { forwardProxy } from './lib/forward-proxy.mjs';
import { inRoot } from './lib/paths.mjs';
import { Failure, run, runMain } from './lib/run.mjs';
import './lib/tools.mjs';

/** How long a file of tests may be silent, ms; its build is silent, too. */
const STALLED_MS = 600_000;

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

/** What wasm-bindgen-test-runner tells the browsers; `direct`: addresses that are not for the proxy. */
function tellBrowsers(proxy, direct) {
  const bypass = ['<-loopback>', ...direct.map((url) => new URL(url).host)].join(';');
  const args = ['--headless=new', ...CHROMIUM_ARGS, `--proxy-server=${proxy}`, `--proxy-bypass-list=${bypass}`];
  const prefs = { 'network.dns.disableIPv6': true, 'app.update.enabled': false };
  const told = { 'goog:chromeOptions': { args }, 'moz:firefoxOptions': { args: ['-headless'], prefs } };
  writeFileSync(inRoot('tests', 'browser', 'webdriver.json'), JSON.stringify(told));
}

await runMain(async () => {
  const driver = chromedriver();
  if (!driver) throw new Failure('chromedriver is missing: npm run setup installs it');
  const [server, peer, proxy] = await Promise.all([Server.start({ database_url: 'memory:' }), textPeer(), forwardProxy()]);
  try {
    const [ann, bob] = await Promise.all([server.signIn('ann'), server.signIn('bob')]);
    const env = {
      HONGYAN_TEST_SERVER: server.url,
      HONGYAN_TEST_TEXT_PEER: peer.url,
      HONGYAN_TEST_APP_KEY: ann.appKey,
      HONGYAN_TEST_TOKEN_ANN: ann.token,
      HONGYAN_TEST_TOKEN_BOB: bob.token,
    };
    tellBrowsers(proxy.address, [server.url, peer.url]);
    const how = ['test', '--headless', '--chrome', '--chromedriver', driver, '--mode', 'no-install'];
    const wanted = process.argv.slice(2);
    for (const name of testNames().filter((one) => wanted.length === 0 || wanted.includes(one))) {
      await run('wasm-pack', [...how, inRoot('tests', 'browser'), '--test', name], { env, stalledMs: STALLED_MS });
    }
  } finally {
    proxy.close();
    peer.close();
    await server.stop();
  }
});
