// Prints what the package weighs, raw, gzip -9 and brotli -11, and fails above the budget in
// size-budget.json. What a page downloads for `import 'hongyan'` is the sum that counts.
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
const row = (what, weight, budget) => [
  what, ...NAMES.map((name) => number(weight[name])), budget === undefined ? '' : number(budget),
];

await runMain(async () => {
  const entries = JSON.parse(readFileSync(inRoot('size-budget.json'), 'utf8'));
  const rows = [];
  const over = [];
  for (const [entry, { files, brotli }] of Object.entries(entries)) {
    const weights = files.map(weigh);
    if (files.length > 1) files.forEach((file, index) => rows.push(row(`  ${file}`, weights[index])));
    const all = sum(weights);
    rows.push(row(entry, all, brotli));
    if (all.brotli > brotli) over.push(`${entry} is ${number(all.brotli - brotli)} bytes above its budget`);
  }
  console.log(table([['', ...NAMES, 'budget (brotli)'], ...rows]));
  if (over.length > 0) throw new Failure(over.join('\n'));
});
