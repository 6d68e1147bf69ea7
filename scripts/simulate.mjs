// `npm run simulate -- --seeds N [--from SEED]`: the simulation with many seeds (10,000 unless told),
// optimised; `--seed N` runs one and prints its record. See docs/simulation.md.
import { run, runMain } from './lib/run.mjs';

const NIGHTLY = 10_000;

function numberOf(args, name, otherwise) {
  const at = args.indexOf(`--${name}`);
  if (at < 0) return otherwise;
  const number = Number(args[at + 1]);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} needs a whole number from 0`);
  return number;
}

await runMain(async () => {
  const args = process.argv.slice(2);
  const one = numberOf(args, 'seed', null);
  const env = one === null
    ? { HONGYAN_SEEDS: String(numberOf(args, 'seeds', NIGHTLY)), HONGYAN_FIRST_SEED: String(numberOf(args, 'from', 0)) }
    : { HONGYAN_SEED: String(one) };
  await run('cargo', ['test', '--profile', 'server', '--test', 'it', 'simulation_500', '--', '--nocapture'], { env });
});
