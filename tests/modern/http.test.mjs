// Questions over HTTP to servers that answer too much, too slowly or never.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { ask } from '../../src/browser/http.js';

const LIMIT = 64 * 1024;
const HUGE = 50 * 1024 * 1024;

let server;
let url;
/** Bytes that were taken from the server of an endless body. */
let written = 0;

const ANSWERS = {
  '/huge': (response) => {
    const chunk = Buffer.alloc(LIMIT, 'x');
    const pour = () => {
      while (written < HUGE && !response.destroyed) {
        written += chunk.length;
        if (!response.write(chunk)) return response.once('drain', pour);
      }
    };
    pour();
  },
  '/slow': (response) => {
    const drip = setInterval(() => response.write('x'), 1_000);
    response.write('getServerEndpoint(');
    response.on('close', () => clearInterval(drip));
  },
  '/steady': (response) => {
    let pieces = 0;
    const drip = setInterval(() => {
      response.write('x'.repeat(500));
      if ((pieces += 1) === 8) response.end();
    }, 100);
    response.on('close', () => clearInterval(drip));
  },
  '/later': (response) => setTimeout(() => response.end('taken'), 800),
  '/silent': () => {},
  '/busy': (response) => response.writeHead(503, { 'retry-after': ' 30 ' }).end('later'),
  '/page': (response) => response.end('<html>'),
};

before(async () => {
  server = createServer((request, response) => ANSWERS[request.url](response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const asked = (path, timeout = 20_000) =>
  new Promise((resolve) => ask(url + path, timeout, LIMIT, (status, retryAfter, body) => resolve({ status, retryAfter, body })));

test('D15 of a body of 50 MB 64 KiB are read, and the rest is never sent', async () => {
  const { status, body } = await asked('/huge');
  assert.deepEqual([status, body.length], [200, LIMIT]);
  assert.ok(written < HUGE, `${written} bytes were written`);
});

test('D15 a body of one byte a second ends in no answer', async () => {
  const started = performance.now();
  const { status, body } = await asked('/slow', 300);
  assert.deepEqual([status, body.length], [0, 0]);
  assert.ok(performance.now() - started >= 290);
});

const patiently = (path, timeout, body) =>
  new Promise((resolve) => ask(url + path, timeout, LIMIT, (status, _retryAfter, { length }) => resolve([status, length]), 0, body, false, true));

test('A20 a request goes on for as long as what is sent or comes moves, where that is asked for', async () => {
  assert.deepEqual([(await asked('/steady', 500)).status, (await asked('/later', 500)).status], [0, 0]);
  assert.deepEqual(await patiently('/steady', 500), [200, 4_000]);
  assert.deepEqual(await patiently('/later', 500, new Uint8Array(4_000)), [200, 5]);
  for (const path of ['/slow', '/later', '/silent']) assert.deepEqual(await patiently(path, 500), [0, 0], path);
});

test('a server that says nothing ends in no answer', async () => {
  assert.equal((await asked('/silent', 200)).status, 0);
});

test('status, body and the pause that a server asks for are told', async () => {
  const busy = await asked('/busy');
  assert.deepEqual([busy.status, busy.retryAfter, String.fromCharCode(...busy.body)], [503, 30, 'later']);
  const page = await asked('/page');
  assert.deepEqual([page.status, page.retryAfter, page.body.length], [200, undefined, 6]);
});

test('nothing is told after a question was stopped', async () => {
  const stop = ask(`${url}/page`, 1_000, LIMIT, () => assert.fail('told'));
  stop();
  await asked('/page');
});
