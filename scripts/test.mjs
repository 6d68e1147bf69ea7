// `npm test`: every check, in order, with what each took. `npm test -- --only e2e,docs` runs some
// of them (and what they need); `npm test -- --list` names them.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setup } from './setup.mjs';
import { inRoot, serverBinary, targetDir } from './lib/paths.mjs';
import { Failure, run, runMain } from './lib/run.mjs';
import { seconds, table, timed } from './lib/timing.mjs';
import './lib/tools.mjs';

const cargo = (...args) => run('cargo', args);
const script = (name, ...args) => run(process.execPath, [`scripts/${name}.mjs`, ...args]);
const nodeTests = (folder) => {
  const files = readdirSync(inRoot(folder)).filter((name) => name.endsWith('.test.mjs')).sort();
  const paths = files.map((name) => `${folder}/${name}`);
  return run(process.execPath, ['--test', '--test-reporter=spec', '--test-concurrency=1', ...paths]);
};
const types = async () => {
  for (const project of ['www', 'tests/types']) await run('tsc', ['--project', project]);
};
/** A short run of docs/soak.md. */
const soak = (mode, ...flags) =>
  run(join(targetDir, 'debug', 'hongyan-soak'), ['--mode', mode, '--server', serverBinary, ...flags]);
const shortRuns = async () => {
  await soak('soak', '--minutes', '0.25', '--clients', '15', '--rate', '80', '--faults', '240', '--kills', '6', '--rooms', '2');
  await soak('chaos', '--minutes', '0.2', '--clients', '12', '--rate', '80', '--kills', '40', '--rooms', '2');
};
const WASM = ['--target', 'wasm32-unknown-unknown'];
const DENY = ['--', '-D', 'warnings'];

const STEPS = [
  { name: 'format', work: () => cargo('fmt', '--all', '--check') },
  { name: 'clippy', work: () => cargo('clippy', '--workspace', '--all-targets', ...DENY) },
  // By name: a build of the whole workspace would switch the client's feature on for it, too.
  { name: 'clippy-server', work: () => cargo('clippy', '--package', 'hongyan-server', ...DENY) },
  { name: 'clippy-wasm', work: () => cargo('clippy', '--package', 'hongyan', '--lib', ...WASM, ...DENY) },
  // By itself: with the client it would pass by what the client brings.
  { name: 'clippy-archive', work: () => cargo('clippy', '--package', 'hongyan', '--lib', '--no-default-features', '--features', 'archive', ...WASM, ...DENY) },
  { name: 'rust', work: () => cargo('test', '--workspace', '--no-fail-fast') },
  {
    name: 'docs',
    work: () =>
      run('cargo', ['doc', '--workspace', '--no-deps', '--document-private-items'], {
        env: { RUSTDOCFLAGS: '-D warnings' },
      }),
  },
  { name: 'faults', work: () => script('faults', '--check') },
  { name: 'package', work: () => script('build') },
  { name: 'size', needs: ['package'], work: () => script('size') },
  { name: 'types', needs: ['package'], work: types },
  { name: 'demo-units', work: () => nodeTests('tests/demo') },
  { name: 'facade', work: () => nodeTests('tests/facade') },
  { name: 'modern', needs: ['package'], work: () => nodeTests('tests/modern') },
  { name: 'demo', needs: ['package'], work: () => script('demo') },
  { name: 'server', work: () => cargo('build', '--package', 'hongyan-server', '--profile', 'server') },
  { name: 'judges', work: () => cargo('build', '--package', 'hongyan-soak', '--package', 'hongyan-checker') },
  { name: 'soak', needs: ['server', 'judges'], work: shortRuns },
  { name: 'browser', needs: ['server'], work: () => script('test-browser') },
  { name: 'packaging', needs: ['package', 'server'], work: () => nodeTests('tests/packaging') },
  { name: 'e2e', needs: ['demo', 'server', 'judges'], work: () => nodeTests('tests/e2e') },
  { name: 'firefox', needs: ['package', 'server'], work: () => script('test-firefox') },
  { name: 'interop', needs: ['package', 'server'], work: () => nodeTests('tests/interop') },
];

/** Sums "3 passed; 0 failed" of cargo and wasm-pack and "pass 3", "fail 0" of node. */
function count(output) {
  const sum = (pattern) => [...output.matchAll(pattern)].reduce((all, [, number]) => all + Number(number), 0);
  return {
    passed: sum(/^test result: .*?(\d+) passed/gm) + sum(/^. pass (\d+)$/gm),
    failed: sum(/^test result: .*?(\d+) failed/gm) + sum(/^. fail (\d+)$/gm),
  };
}

/** Runs one step. A step that counts nothing itself counts as one. */
async function runStep(step) {
  let output;
  let ok = true;
  const [, ms] = await timed(async () => {
    try {
      output = (await step.work()) ?? '';
    } catch (error) {
      ok = false;
      output = error.output ?? '';
      console.error(error instanceof Failure ? error.message : error);
    }
  });
  const { passed, failed } = count(output);
  if (ok && failed === 0) return { ok: true, ms, passed: passed || 1, failed: 0 };
  return { ok: false, ms, passed, failed: failed || 1 };
}

/** The wanted steps and all they need, in order. */
function choose(names) {
  if (names === null) return STEPS;
  const wanted = new Set();
  const want = (name) => {
    const step = STEPS.find((other) => other.name === name);
    if (!step) throw new Failure(`no step is called ${name}: ${STEPS.map((other) => other.name).join(' ')}`);
    wanted.add(step);
    step.needs?.forEach(want);
  };
  names.forEach(want);
  return STEPS.filter((step) => wanted.has(step));
}

async function runSteps(steps) {
  const results = new Map();
  for (const step of steps) {
    const missing = step.needs?.find((name) => results.get(name)?.ok === false);
    console.log(`\n── ${step.name} ${'─'.repeat(Math.max(1, 70 - step.name.length))}`);
    if (missing) console.error(`not run: ${missing} failed`);
    results.set(step.name, missing ? { ok: false, ms: 0, passed: 0, failed: 1 } : await runStep(step));
  }
  return results;
}

function report(results, ms) {
  const rows = [...results].map(([name, result]) => [
    result.ok ? 'ok' : 'FAILED', name, String(result.passed), String(result.failed), seconds(result.ms),
  ]);
  console.log(`\n${table([['', 'step', 'passed', 'failed', 'took'], ...rows])}\n\nin ${seconds(ms)}`);
  const all = [...results.values()];
  const sum = (part) => all.reduce((total, result) => total + result[part], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
}

await runMain(async () => {
  const args = process.argv.slice(2);
  if (args.includes('--list')) return console.log(STEPS.map((step) => step.name).join('\n'));
  const only = args.indexOf('--only');
  const steps = choose(only < 0 ? null : (args[only + 1] ?? '').split(','));
  await setup('test');
  const [results, ms] = await timed(() => runSteps(steps));
  report(results, ms);
  if ([...results.values()].some((result) => !result.ok)) process.exitCode = 1;
});
