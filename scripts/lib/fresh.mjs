// Whether something built is newer than all it is made of.
import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inRoot } from './paths.mjs';

/** The newest change below `path`, folders included (so a deleted file counts), in ms. 0: not there. */
function newest(path) {
  const about = statSync(path, { throwIfNoEntry: false });
  if (!about) return 0;
  if (!about.isDirectory()) return about.mtimeMs;
  const inside = readdirSync(path).map((name) => newest(join(path, name)));
  return Math.max(about.mtimeMs, ...inside);
}

const stampOf = (name) => inRoot('dist', `.${name}.stamp`);

/** Whether `output` exists and nothing in `inputs` changed since {@link markBuilt}. */
export function isFresh(name, output, inputs) {
  const stamp = statSync(stampOf(name), { throwIfNoEntry: false });
  if (!stamp || !statSync(inRoot(output), { throwIfNoEntry: false })) return false;
  return inputs.every((input) => newest(inRoot(input)) < stamp.mtimeMs);
}

/** Remembers that `name` was built from what was there at `startedAt` (Unix ms). */
export function markBuilt(name, startedAt) {
  mkdirSync(dirname(stampOf(name)), { recursive: true });
  writeFileSync(stampOf(name), '');
  utimesSync(stampOf(name), startedAt / 1000, startedAt / 1000);
}
