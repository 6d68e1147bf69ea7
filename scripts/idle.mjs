// What an idle login costs the server: opens many WebSockets and reads its memory.
//   node scripts/idle.mjs [logins]       needs the server binary (npm start builds it)
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, serverBinary } from './lib/paths.mjs';
import { Failure, runMain } from './lib/run.mjs';

/** So many sockets are opened at once. */
const AT_ONCE = 50;

/** The server's resident memory, bytes (Linux). */
const resident = (pid) => 1024 * Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]);

async function startServer() {
  const env = { ...process.env, HONGYAN_LISTEN: '127.0.0.1:0', HONGYAN_DATABASE_URL: 'memory:', HONGYAN_LOG: 'warn' };
  const server = spawn(serverBinary, ['serve'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [text] = await once(server.stdout.setEncoding('utf8'), 'data');
  return { server, url: new URL(text.match(/http:\S+/)[0]) };
}

/** Logs somebody in; resolves once CONNACK is here. */
async function login(url, name) {
  const body = JSON.stringify({ name });
  const answer = await fetch(new URL('/demo/sign-in', url), { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { token, appKey } = await answer.json();
  const socket = connect(Number(url.port), url.hostname);
  socket.on('error', () => {});
  const query = new URLSearchParams({ appId: appKey, token, hy: '1', did: name });
  socket.write(`GET /websocket?${query} HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n');
  let heard = Buffer.alloc(0);
  for await (const piece of socket.iterator({ destroyOnReturn: false })) {
    heard = Buffer.concat([heard, piece]);
    const head = heard.indexOf('\r\n\r\n');
    if (head >= 0 && heard.length > head + 6) break;
  }
  // A ping, masked with zeros: from now on it is an ordinary idle login.
  socket.write(Buffer.from([0x82, 0x81, 0, 0, 0, 0, 0xc0]));
  return socket;
}

await runMain(async () => {
  const count = Number(process.argv[2] ?? 2_000);
  if (!Number.isInteger(count) || count < 1) throw new Failure('usage: node scripts/idle.mjs [logins]');
  const { server, url } = await startServer();
  const sockets = [];
  try {
    // What the first ones cost is the server's own: threads, tables.
    const warm = Math.min(200, count);
    let before = 0;
    for (let from = 0; from < count + warm; from += AT_ONCE) {
      const names = Array.from({ length: AT_ONCE }, (_, at) => `u${from + at}`);
      sockets.push(...(await Promise.all(names.map((name) => login(url, name)))));
      if (sockets.length === warm) {
        await sleep(500);
        before = resident(server.pid);
      }
    }
    await sleep(1_000);
    const cost = (resident(server.pid) - before) / (sockets.length - warm);
    console.log(`${sockets.length - warm} idle logins: ${Math.round(cost)} bytes each`);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.kill('SIGTERM');
  }
});
