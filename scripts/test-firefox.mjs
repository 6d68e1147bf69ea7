// The step `firefox` of `npm test`: the package in Firefox, where there is one.
import { readdirSync } from 'node:fs';
import { firefoxPath } from './lib/firefox.mjs';
import { inRoot } from './lib/paths.mjs';
import { run, runMain } from './lib/run.mjs';

await runMain(async () => {
  const path = firefoxPath();
  if (path === null) {
    console.log('No Firefox on this machine: nothing was tested in it. HONGYAN_FIREFOX names one; Debian has it as firefox-esr.');
    return;
  }
  const files = readdirSync(inRoot('tests/firefox')).filter((name) => name.endsWith('.test.mjs')).sort();
  await run(process.execPath, ['--experimental-websocket', '--test', '--test-reporter=spec', '--test-concurrency=1', ...files.map((name) => `tests/firefox/${name}`)]);
});
