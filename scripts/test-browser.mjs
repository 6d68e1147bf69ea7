// The browser half of the core in a headless Chromium: wasm-pack runs tests/browser against a
// server that is started for it, and against a peer that speaks text where bytes are due.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Server } from '../tests/e2e/lib/server.mjs';
import { chromedriver } from './lib/chromium.mjs';
import { inRoot } from './lib/paths.mjs';
import { Failure, run, runMain } from './lib/run.mjs';
import './lib/tools.mjs';

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
    const how = ['test', '--headless', '--chrome', '--chromedriver', driver, '--mode', 'no-install'];
    await run('wasm-pack', [...how, inRoot('tests', 'browser')], { env });
  } finally {
    peer.close();
    await server.stop();
  }
});
