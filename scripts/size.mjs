// Prints what the package weighs, raw, gzip -9 and brotli -11, and fails above the ceiling in
// size-budget.json. What a page downloads for `import 'hongyan'` is the sum that counts. The
// ceiling is what was measured: only a change that adds to what the package does raises it, knowingly.
// The goal is where it has to go.
import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { inRoot } from './lib/paths.mjs';
import { Failure, runMain } from './lib/run.mjs';
import { table } from './lib/timing.mjs';

const NAMES = ['raw', 'gzip', 'brotli'];

function weigh(path) {
  const bytes = readFileSync(inRoot('pkg', path));
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
  };
}

function sum(weights) {
  return Object.fromEntries(NAMES.map((name) => [name, weights.reduce((all, weight) => all + weight[name], 0)]));
}

const number = (value) => value.toLocaleString('en');
const row = (what, weight, ...limits) => [
  what, ...NAMES.map((name) => number(weight[name])), ...[0, 1].map((at) => (limits[at] === undefined ? '' : number(limits[at]))),
];

await runMain(async () => {
  const entries = JSON.parse(readFileSync(inRoot('size-budget.json'), 'utf8'));
  const rows = [];
  const over = [];
  for (const [entry, { files, ceiling, goal }] of Object.entries(entries)) {
    const weights = files.map(weigh);
    if (files.length > 1) files.forEach((file, index) => rows.push(row(`  ${file}`, weights[index])));
    const all = sum(weights);
    rows.push(row(entry, all, ceiling, goal));
    if (all.brotli > ceiling) over.push(`${entry} is ${number(all.brotli - ceiling)} bytes above its ceiling`);
    if (all.brotli > goal) console.log(`${entry} has ${number(all.brotli - goal)} bytes of brotli to lose until its goal`);
  }
  console.log(table([['', ...NAMES, 'ceiling', 'goal (brotli)'], ...rows]));
  if (over.length > 0) throw new Failure(over.join('\n'));
});
