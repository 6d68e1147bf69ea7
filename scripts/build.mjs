// Builds the package: src/ and pkg-template/ -> pkg/. The core is compiled and shrunk first; then
// every entry is bundled into one file, so that a page asks for two: the module and its core.
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildRongimlib } from './build-rongimlib.mjs';
import { inRoot, targetDir } from './lib/paths.mjs';
import { run, runMain } from './lib/run.mjs';
import './lib/tools.mjs';

const WASM = 'hongyan_bg.wasm';
const TARGET = 'wasm32-unknown-unknown';
/** Measured: `z` is the smallest after wasm-opt and brotli, and as fast within the noise. */
const OPT_LEVEL = 'z';
/**
 * What the compiler emits, by name: with every feature allowed wasm-opt turns to some that no
 * browser has yet (string references), and the core does not load.
 */
const FEATURES = ['bulk-memory', 'multivalue', 'mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'sign-ext'];
const SHRINK = ['-Oz', ...FEATURES.map((name) => `--enable-${name}`)];

/** Compiles the core into `out`: a module for JS and the WebAssembly file. */
async function buildCore(out) {
  const env = { CARGO_PROFILE_RELEASE_OPT_LEVEL: OPT_LEVEL };
  await run('cargo', ['rustc', '--quiet', '--release', '--lib', '--crate-type', 'cdylib', '--target', TARGET], { env });
  const compiled = join(targetDir, TARGET, 'release', 'hongyan.wasm');
  await run('wasm-bindgen', [
    compiled, '--target', 'web', '--no-typescript', '--omit-default-module-path', '--remove-producers-section',
    '--experimental-reset-state-function', '--out-name', 'hongyan', '--out-dir', out,
  ]);
  const [whole, shrunk] = [join(out, WASM), join(out, 'shrunk.wasm')];
  await run('wasm-opt', [...SHRINK, '--strip-debug', '--strip-producers', '-o', shrunk, whole]);
  renameSync(shrunk, whole);
}

/** Bundles an entry of the package in `from` into one small file. */
function bundle(from, entry, more = {}) {
  return build({
    entryPoints: [join(from, entry)],
    outfile: inRoot('pkg', entry),
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    loader: { '.wasm': 'base64' },
    legalComments: 'none',
    logLevel: 'warning',
    ...more,
  });
}

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
  await buildCore(staging);
  await buildRongimlib({ out: staging });
  await Promise.all(['index.js', 'inline.js', 'slim.js'].map((entry) => bundle(staging, entry)));
  await bundle(staging, 'rongimlib/index.js', { external: ['../index.js'] });
  copyRest(staging);
});
