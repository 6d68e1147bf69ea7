// `npm start`: builds what is out of date and runs the server with the demo until Ctrl-C.
// The server reads its settings from the environment, or from what stands behind `npm start --`
// (docs/server.md); messages are kept in .hongyan/.
import { spawn } from 'node:child_process';
import { setup } from './setup.mjs';
import { isFresh, markBuilt } from './lib/fresh.mjs';
import { root, serverBinary } from './lib/paths.mjs';
import { run, runMain } from './lib/run.mjs';
import { seconds, timed } from './lib/timing.mjs';
import './lib/tools.mjs';

const PACKAGE_INPUTS = [
  'src', 'pkg-template', 'Cargo.toml', 'Cargo.lock', 'scripts/build.mjs', 'scripts/build-rongimlib.mjs',
  'scripts/lib', 'package-lock.json', 'LICENSE',
];

const packageStep = {
  name: 'package',
  fresh: () => isFresh('pkg', 'pkg', PACKAGE_INPUTS),
  build: async () => {
    const startedAt = Date.now();
    await run(process.execPath, ['scripts/build.mjs']);
    markBuilt('pkg', startedAt);
  },
};

const demoStep = {
  name: 'demo',
  fresh: () => isFresh('demo', 'dist/www', ['www', 'pkg', 'scripts/demo.mjs', 'package-lock.json']),
  build: async () => {
    const startedAt = Date.now();
    await run(process.execPath, ['scripts/demo.mjs']);
    markBuilt('demo', startedAt);
  },
};

const serverStep = {
  name: 'server',
  fresh: () => false, // cargo knows better
  build: () => run('cargo', ['build', '--package', 'hongyan-server', '--profile', 'server', '--quiet']),
};

/** Builds the package, the demo and the server, each only if something changed. */
async function buildAll() {
  for (const step of [packageStep, demoStep, serverStep]) {
    if (step.fresh()) continue;
    console.log(`building: ${step.name} …`);
    const [, ms] = await timed(step.build);
    console.log(`built:    ${step.name} (${seconds(ms)})`);
  }
}

/** Runs the server; resolves when it has ended. Ctrl-C reaches it as SIGTERM. */
function serve() {
  // A group of its own: Ctrl-C of the terminal must not reach it twice.
  const server = spawn(serverBinary, ['serve', ...process.argv.slice(2)], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  server.stdout.setEncoding('utf8').on('data', (text) => {
    const url = text.match(/^listening on (\S+)/m)?.[1];
    if (url) console.log(`\n  Open ${url} in two windows and pick two names. Ctrl-C stops the server.\n`);
    else process.stdout.write(text);
  });
  const stop = () => server.kill('SIGTERM');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  return new Promise((resolve) => {
    server.on('error', (error) => {
      console.error(`the server cannot start: ${error.message}`);
      resolve(1);
    });
    server.on('close', (code, signal) => resolve(signal ? 1 : code));
  });
}

await runMain(async () => {
  await setup('start');
  await buildAll();
  process.exitCode = await serve();
});
