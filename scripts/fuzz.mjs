// Fuzzes the parsers: `npm run fuzz` for a minute each, `npm run fuzz -- TARGET SECONDS` for one.
// What is found is kept under tests/fuzz/target/found; an input that breaks something is printed.
import { mkdirSync, readdirSync } from 'node:fs';
import { inRoot } from './lib/paths.mjs';
import { Failure, run, runMain } from './lib/run.mjs';
import { setup } from './setup.mjs';

const folder = (...parts) => inRoot('tests', 'fuzz', ...parts);
const targets = readdirSync(folder('corpus')).sort();

await runMain(async () => {
  const [wanted = 'all', seconds = '60'] = process.argv.slice(2);
  const chosen = wanted === 'all' ? targets : targets.filter((target) => target === wanted);
  if (chosen.length === 0 || !(Number(seconds) > 0)) {
    throw new Failure(`usage: npm run fuzz -- [all|${targets.join('|')}] [seconds for each]`);
  }
  await setup('fuzz');
  // libFuzzer needs compiler flags that a stable compiler has, but does not offer.
  const env = { RUSTC_BOOTSTRAP: '1', CARGO_TARGET_DIR: folder('target') };
  for (const target of chosen) {
    const found = folder('target', 'found', target);
    mkdirSync(found, { recursive: true });
    const how = ['fuzz', 'run', '--fuzz-dir', folder(), '--sanitizer', 'none', target, found, folder('corpus', target)];
    await run('cargo', [...how, '--', `-max_total_time=${seconds}`, '-max_len=4096', '-print_final_stats=1'], { env });
  }
});
