// The tables of docs/faults.md: `npm run faults` writes their last column from the tests there are;
// with `--check` it fails when the column says something else, and tells which cases have no test.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { inRoot, root } from './lib/paths.mjs';
import { Failure, runMain } from './lib/run.mjs';

const TABLE = inRoot('docs', 'faults.md');
const NONE = '—';
/** Names of tests that begin with numbers of cases, in Rust and in JavaScript. */
const RUST = /\bfn ((?:[a-fo]\d+_)+\w+)/g;
const JAVASCRIPT = /\b(?:test|it)\(\s*(['"`])((?:[A-FO]\d+[ ,:]+)+.*?)\1/g;

const listed = (...patterns) =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], { cwd: root, encoding: 'utf8' }).trim().split('\n');

/** Names of tests by the number of their case. */
function testsByCase() {
  const found = new Map();
  const add = (numbers, name) => {
    for (const number of numbers) found.set(number, [...(found.get(number) ?? []), name]);
  };
  for (const file of listed('*.rs')) {
    for (const [, name] of readFileSync(inRoot(file), 'utf8').matchAll(RUST)) {
      add(name.match(/^(?:[a-fo]\d+_)+/)[0].toUpperCase().split('_').filter(Boolean), `\`${name}\``);
    }
  }
  for (const file of listed('tests/**/*.mjs')) {
    for (const [, , name] of readFileSync(inRoot(file), 'utf8').matchAll(JAVASCRIPT)) {
      add(name.match(/^(?:[A-FO]\d+[ ,:]+)+/)[0].match(/[A-FO]\d+/g), `“${name}”`);
    }
  }
  return found;
}

await runMain(async () => {
  const found = testsByCase();
  const before = readFileSync(TABLE, 'utf8');
  const open = [];
  const after = before.replace(/^\| ([A-FO]\d+) (\|.*\|.*\|).*\|$/gm, (_, number, row) => {
    const tests = found.get(number);
    found.delete(number);
    if (!tests) open.push(number);
    return `| ${number} ${row} ${tests?.sort().join('<br>') ?? NONE} |`;
  });
  if (found.size > 0) throw new Failure(`docs/faults.md has no row for ${[...found.keys()].join(', ')}`);
  if (process.argv.includes('--check')) {
    if (after !== before) throw new Failure('docs/faults.md is not what the tests are: npm run faults');
  } else writeFileSync(TABLE, after);
  console.log(open.length === 0 ? 'every case has a test' : `${open.length} cases without a test: ${open.join(' ')}`);
});
