// Builds the package: src/ and pkg-template/ -> pkg/. The core is compiled and shrunk first; then
// every entry is bundled into one file, so that a page asks for two: the module and its core.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildRongimlib } from './build-rongimlib.mjs';
import { wasmAsAscii } from './lib/ascii.mjs';
import { fitGlue, fitPlainGlue } from './lib/glue.mjs';
import { minifyFile } from './lib/minify.mjs';
import { pack } from './lib/pack.mjs';
import { inRoot, targetDir } from './lib/paths.mjs';
import { Failure, run, runMain } from './lib/run.mjs';
import { standardLibrary } from './lib/rust.mjs';
import { shorten } from './lib/shorten.mjs';
import { tables } from './lib/tables.mjs';
import { checkCalls, dropUncalled, GIVING_AWAY, TASKS } from './lib/uncalled.mjs';
import './lib/tools.mjs';

/**
 * What is compiled, each to a module of its own: the core, and the message archive, which a page
 * loads only when it uses it.
 */
const CORE = { name: 'hongyan', profile: 'release', features: [], uncalled: [TASKS, GIVING_AWAY] };
const ARCHIVE = { name: 'hongyan_archive', profile: 'archive', features: ['--no-default-features', '--features', 'archive'], uncalled: [] };
/** What a page imports to have a client; they differ in where the core comes from. */
const MAIN = ['index.js', 'inline.js', 'slim.js'];
const TARGET = 'wasm32-unknown-unknown';
/** Measured: `z` is the smallest after wasm-opt and brotli, and as fast within the noise. */
const OPT_LEVEL = 'z';
/**
 * What the compiler emits, by name: with every feature allowed wasm-opt turns to some that no
 * browser has yet (string references), and the core does not load.
 */
const FEATURES = ['bulk-memory', 'multivalue', 'mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'sign-ext'];
const ENABLED = FEATURES.map((name) => `--enable-${name}`);
/** The first kilobyte of memory is the far end of the stack: nothing has its address there. */
const LAYOUT = ['--low-memory-unused', '--optimize-added-constants-propagate'];
/**
 * Measured. A function with one caller stays one if it is not short: a giant needs two bytes for
 * the number of a local. Control flow is rebuilt from the bottom, which pays twice. Functions of one
 * name, of generics mostly, stand together.
 */
const REBUILD = ['--flatten', '--rereloop', '-Oz', '-Oz'];
const SHRINK = [
  '--one-caller-inline-max-function-size=200', '-Oz', ...LAYOUT, ...REBUILD, ...REBUILD,
  '--reorder-functions-by-name', ...ENABLED,
];

const CARGO = ['rustc', '--quiet', '--lib', '--crate-type', 'cdylib', '--target', TARGET];
/**
 * Measured: what makes code larger is left out. Inlining beyond what shrinks it, pointers that step
 * through a loop beside its index, instructions copied to where they might be spared.
 */
const LLVM = ['inline-threshold=0', 'disable-lsr', 'enable-pre=false', 'enable-load-pre=false', 'tail-dup-size=0']
  .map((option) => `-Cllvm-args=-${option}`);

/**
 * The standard library built along, for size, and panics without their texts: a seventh of the
 * download. The compiler's own word for "not promised for ever" has to be said for both, so the
 * build goes on without them where they fail.
 */
const LEAN = {
  args: ['-Zbuild-std=std,panic_abort', '-Zbuild-std-features=optimize_for_size'],
  env: { RUSTC_BOOTSTRAP: '1', RUSTFLAGS: ['-Zunstable-options', '-Cpanic=immediate-abort', ...LLVM].join(' ') },
};

/** Compiles a module; returns where it is. */
async function compile({ profile, features }) {
  const env = { [`CARGO_PROFILE_${profile.toUpperCase()}_OPT_LEVEL`]: OPT_LEVEL };
  const args = [...CARGO, '--profile', profile, ...features];
  try {
    if (!existsSync(standardLibrary())) throw new Failure('the sources of the standard library are missing (rustup component add rust-src)');
    await run('cargo', [...args, ...LEAN.args], { env: { ...env, ...LEAN.env } });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.warn(`the module comes out larger than it could be: ${error.message}`);
    await run('cargo', args, { env });
  }
  return join(targetDir, TARGET, profile, 'hongyan.wasm');
}

/** Builds a module into `out`: a module for JS and the WebAssembly file. */
async function buildModule(what, out, mend) {
  await run('wasm-bindgen', [
    await compile(what), '--target', 'web', '--no-typescript', '--omit-default-module-path',
    '--remove-producers-section', '--experimental-reset-state-function', '--out-name', what.name, '--out-dir', out,
  ]);
  const [whole, shrunk, glue] = [join(out, `${what.name}_bg.wasm`), join(out, 'shrunk.wasm'), join(out, `${what.name}.js`)];
  writeFileSync(whole, dropUncalled(readFileSync(whole), what.uncalled));
  await run('wasm-opt', [...SHRINK, '--strip-debug', '--strip-producers', '-o', shrunk, whole]);
  if (what.uncalled.includes(GIVING_AWAY)) checkCalls(readFileSync(shrunk));
  const short = shorten(readFileSync(shrunk), mend(readFileSync(glue, 'utf8')), `./${what.name}_bg.js`);
  writeFileSync(whole, await pack(short.core, join(targetDir, 'unpack'), ENABLED));
  writeFileSync(glue, short.glue);
  rmSync(shrunk);
}

/** Bundles an entry of the package in `from` into one small file. */
async function bundle(from, entry, more = {}) {
  const outfile = inRoot('pkg', entry);
  await build({
    entryPoints: [join(from, entry)],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    plugins: [wasmAsAscii],
    legalComments: 'none',
    logLevel: 'warning',
    ...more,
  });
  await minifyFile(outfile, { module: true, ecma: 2020 });
}

/**
 * Leaves the package's main module outside of an entry: a page has it already, and errors are of one
 * class. `way`: from where the entry is published to where the main module is.
 */
const besideIndex = (way = './') => ({
  name: 'beside-index',
  setup: ({ onResolve }) => onResolve({ filter: /^(\.\.?\/)+index\.js$/ }, () => ({ path: `${way}index.js`, external: true })),
});

/**
 * The entries of the exports map that stand beside the main module, by their files: pages load them
 * when they use them. A new one needs its sources, its types and its line in `pkg-template/package.json`
 * (and one in `size-budget.json`), nothing here.
 */
function besideEntries(from) {
  const { exports } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  const files = Object.values(exports).map((target) => /^\.\/(\w+\.js)$/.exec(target.default)?.[1]);
  return files.filter((file) => file !== undefined && !MAIN.includes(file));
}

/** Calls of the 2.x face that are loaded when they are first made: see `pkg-template/rongimlib/lazy.js`. */
const lazyCalls = (from) => readdirSync(join(from, 'rongimlib', 'lazy')).map((name) => `rongimlib/lazy/${name}`);

/**
 * Parts of the main module that few pages need, by their files: loaded when they do, beside the entries
 * that have their core in a file; inside where it is inside.
 */
const LATE = ['polling.js', 'words.js'];

const lateBeside = (from) => ({
  name: 'late-beside',
  setup: ({ onResolve }) => onResolve({ filter: /\.js$/ }, ({ path, kind, resolveDir }) => {
    const file = kind === 'entry-point' ? undefined : LATE.find((late) => join(resolveDir, path) === join(from, late));
    return file && { path: `./${file}`, external: true };
  }),
});

/** What is published as it stands: types, texts, the core, the script. */
function copyRest(from) {
  const wanted = (name) => /\.d\.ts$|\.md$|^package\.json$|\.wasm$|^script\//.test(name);
  for (const name of readdirSync(from, { recursive: true }).map(String)) {
    if (wanted(name)) cpSync(join(from, name), inRoot('pkg', name), { recursive: true });
  }
  cpSync(inRoot('LICENSE'), inRoot('pkg', 'LICENSE'));
}

await runMain(async () => {
  const staging = inRoot('dist', 'package');
  for (const folder of [staging, inRoot('pkg')]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  cpSync(inRoot('pkg-template'), staging, { recursive: true });
  writeFileSync(join(staging, 'tables.js'), tables());
  await buildModule(CORE, staging, fitGlue);
  await buildModule(ARCHIVE, join(staging, 'archive'), fitPlainGlue);
  renameSync(join(staging, 'archive', 'hongyan_archive_bg.wasm'), join(staging, 'hongyan_archive_bg.wasm'));
  await buildRongimlib({ out: staging });
  const external = ['./archive.js'];
  await Promise.all(['index.js', 'slim.js'].map((entry) => bundle(staging, entry, { external, plugins: [lateBeside(staging)] })));
  await bundle(staging, 'inline.js', { external });
  for (const entry of LATE) await bundle(staging, entry, { plugins: [lateBeside(staging)] });
  await bundle(staging, 'rongimlib/index.js', { external: ['../index.js', './lazy/*'] });
  // In the script of one file they are inside.
  for (const entry of lazyCalls(staging)) await bundle(staging, entry, { plugins: [besideIndex('../../')] });
  for (const entry of besideEntries(staging)) await bundle(staging, entry, { plugins: [besideIndex()] });
  copyRest(staging);
});
