// The single script of the 2.x face: one file for `<script>`, `require` and AMD that carries its core.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { wasmAsAscii } from './lib/ascii.mjs';
import { minifyFile } from './lib/minify.mjs';
import { plainPrivates, PRIVATE } from './lib/privates.mjs';

/** Where in the package the script stands, and the only CommonJS of it. */
const FOLDER = 'script';
const FILE = 'rongimlib.global.js';

/** The archive stays a module of its own, beside the script's folder. */
const archiveBeside = {
  name: 'archive-beside',
  setup: ({ onResolve }) => onResolve({ filter: /^\.\/archive\.js$/ }, () => ({ path: '../archive.js', external: true })),
};

/** The only main module in the script is the one with its core inside. */
const inlineIndex = (out) => ({
  name: 'inline-index',
  setup: ({ onResolve }) => onResolve({ filter: /^(\.\.?\/)+index\.js$/ }, () => ({ path: join(out, 'inline.js') })),
});

/**
 * Bundles `rongimlib/global.js` of a package's sources, and takes that entry out of them: without
 * the bundler it leads nowhere.
 * @param {{out: string}} where the folder with the sources and the core
 * @returns {Promise<string>} the script's path
 */
export async function buildRongimlib({ out }) {
  const entry = join(out, 'rongimlib', 'global.js');
  const folder = join(out, FOLDER);
  mkdirSync(folder, { recursive: true });
  const script = join(folder, FILE);
  const { version } = JSON.parse(readFileSync(join(out, 'package.json'), 'utf8'));
  await build({
    entryPoints: [entry],
    outfile: script,
    bundle: true,
    minify: true,
    format: 'iife',
    globalName: 'library',
    // What webpack 4 parses. WebAssembly brings 64-bit numbers with it.
    target: 'es2018',
    supported: { bigint: true, 'dynamic-import': true },
    plugins: [archiveBeside, inlineIndex(out), wasmAsAscii, plainPrivates],
    legalComments: 'none',
    banner: { js: `/* hongyan ${version}, MIT licence */\n${HEAD}` },
    footer: { js: FOOT },
    logLevel: 'warning',
  });
  await minifyFile(script, { module: false, ecma: 2018, renamed: PRIVATE });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ type: 'commonjs' })}\n`);
  writeFileSync(join(folder, FILE.replace('.js', '.d.ts')), TYPES);
  rmSync(entry);
  return script;
}

const HEAD = `(function (root, make) {
  if (typeof module === 'object' && module && module.exports) module.exports = make();
  else if (typeof define === 'function' && define.amd) define([], make);
  else { root.RongIMLib = make(); root.RongIMClient = root.RongIMLib.RongIMClient; }
})(typeof globalThis === 'object' ? globalThis : self, function () {`;

const FOOT = 'return library.default;\n});';

const TYPES = `declare const RongIMLib: typeof import('../rongimlib/index.js', { with: { 'resolution-mode': 'import' } }).RongIMLib;
export = RongIMLib;
`;
