// `npm run bench`: from a frame's bytes to the page's listener, ours next to protobufjs in the same
// page. Absolute times depend on the machine and its load; the ratios hardly do.
// `npm run bench -- archive`: the message archive with 100,000 messages (bench-archive.mjs).
// `npm run bench -- reconnect`: how soon a link is back (bench-reconnect.mjs).
// `npm run bench -- history`: a page of history beside a published client (bench-history.mjs).
// `npm run bench -- conversations`: the engine with many conversations (benches/native).
// `npm run bench -- chatroom`: a message to 10,000 members of a chatroom (server/benches).
// `npm run bench -- room --members 10000 --rate 10`: the same over real sockets (tests/soak, docs/rooms.md).
// `npm run bench -- frames`: the demo's log with 100,000 messages while others arrive (bench-frames.mjs).
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium as playwright } from 'playwright-core';
import { benchArchive } from './bench-archive.mjs';
import { benchReconnect } from './bench-reconnect.mjs';
import { benchFrames } from './bench-frames.mjs';
import { benchHistory } from './bench-history.mjs';
import { CHROMIUM_ARGS, chromium } from './lib/chromium.mjs';
import { inRoot, serverBinary, targetDir } from './lib/paths.mjs';
import { Failure, run, runMain } from './lib/run.mjs';
import { serve } from './lib/serve.mjs';
import { table } from './lib/timing.mjs';

/** The server as it is run, and a process that holds a socket for each member of one room. */
async function benchRoom(flags) {
  // One by one: built together, each would get the other's features.
  for (const name of ['hongyan-server', 'hongyan-soak']) {
    await run('cargo', ['build', '--package', name, '--profile', 'server', '--quiet']);
  }
  await run(join(targetDir, 'server', 'hongyan-load'), ['--server', serverBinary, ...flags]);
}

/** Messages at once, and samples of each. */
const COUNTS = [[1, 40], [20, 40], [200, 60], [2000, 15]];
const KINDS = ['ordinary', 'unseen people', 'other content'];

const MEANING = `All begin with a frame's bytes, make the same objects with parsed content, and call the same listener.
heard       ours until the listener was called with the last message: frame, order, gaps, repeats, conversation
            list and unread counts, then the messages
whole       ours until the call returns: also the list's changes, and the new state of each changed conversation
            and of the inbox written out (to memory here, to localStorage in a page that keeps it)
protobufjs  decodes, parses, makes the objects and calls the listener, and does nothing else
Both are warm: a page's first few thousand messages are slower on either side.`;

const micros = (ms) => (ms * 1000).toFixed(ms < 0.1 ? 1 : 0);

async function measureAll(page) {
  const rows = [['data', 'messages', 'heard µs', 'whole µs', 'protobufjs µs', 'heard', 'whole', 'heard, messages/s']];
  for (const kind of KINDS) {
    for (const [count, samples] of COUNTS) {
      const { heard, ours, theirs, ratio, wholeRatio } = await page.evaluate((args) => window.measure(...args), [kind, count, samples]);
      const rate = Math.round((count / heard) * 1000).toLocaleString('en');
      const ratios = [ratio, wholeRatio].map((value) => `${value.toFixed(2)}x`);
      rows.push([kind, String(count), ...[heard, ours, theirs].map(micros), ...ratios, rate]);
    }
  }
  return rows;
}

await runMain(async () => {
  if (process.argv.includes('chatroom')) return run('cargo', ['bench', '--quiet', '--profile', 'server', '--package', 'hongyan-server', '--bench', 'chatroom']);
  const room = process.argv.indexOf('room');
  if (room > 0) return benchRoom(process.argv.slice(room + 1));
  if (!chromium()) throw new Failure('Chromium is missing: npm run setup installs it');
  if (!existsSync(inRoot('pkg', 'index.js'))) throw new Failure('the package is not built: npm run build');
  if (process.argv.includes('archive')) return benchArchive();
  if (process.argv.includes('reconnect')) return benchReconnect();
  if (process.argv.includes('frames')) return benchFrames();
  if (process.argv.includes('history')) return benchHistory();
  if (process.argv.includes('conversations')) return run('cargo', ['bench', '--quiet', '--package', 'hongyan', '--bench', 'conversations']);
  const server = await serve();
  const browser = await playwright.launch({ executablePath: chromium(), args: CHROMIUM_ARGS });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.goto(`http://127.0.0.1:${server.address().port}/benches/browser/index.html`);
    await page.waitForFunction(() => window.ready, undefined, { timeout: 30_000 });
    console.log(table(await measureAll(page)));
    console.log(`\n${MEANING}\n${browser.version()}`);
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
});
