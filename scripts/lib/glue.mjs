// wasm-bindgen's glue is written for every page and every way to load a core. Here it becomes what
// this package needs of it.

/** How the core is loaded is in `loader.js`: the glue gets a compiled module. */
const START = `
export default async function (module) {
  __wbg_finalize_init(await WebAssembly.instantiate(module, __wbg_get_imports()), module);
}
`;

/** Lets `trap.js` watch every call into the core; the glue has no hook for that. */
const WATCHED = [/\bwasm = (\w+)\.exports;/g, 'wasm = guarded($1.exports);'];

/** What is replaced in the text, all of it there in this version of wasm-bindgen. */
const CHANGES = [
  // What the browser reports to a core that was replaced is no error of the page.
  [/throw new Error\('Cannot invoke closure from previous WASM instance'\);/g, 'return;'],
  // Nothing calls a core that was replaced: `calls.js` ends with it.
  [/ {8}if \(this\.__wbg_inst !== [^{]*\{\n.*\n {8}\}\n/g, ''],
  [/ +Object\.defineProperty\(this, '__wbg_inst'.*\n/g, ''],
  // The core's class is nobody's but `client.js`, which frees it by hand.
  [/if \(Symbol\.dispose\) .*\n/g, ''],
  // Nobody plans a new core from inside the old one.
  [/ +__wbg_call_guard\(\);\n/g, ''],
  [/^ +__wbg_reinit_scheduled = false;\n/gm, ''],
  // These two are always there.
  [/if \(typeof (numBytesDecoded|WASM_VECTOR_LEN) !== 'undefined'\) /g, ''],
  // Browsers that have reference types have these two.
  [/if \(!\('encodeInto' in cachedTextEncoder\)\) \{[^]*?\n\}\n/g, ''],
  [/\(typeof FinalizationRegistry === 'undefined'\)\s*\? \{.*\}\s*: /g, ''],
  // Texts and lists are always given room by the same two functions.
  [/, wasm\.__wbindgen_malloc(, wasm\.__wbindgen_realloc)?\)/g, ')'],
  [/(function pass\w+)\((\w+), malloc(, realloc)?\)/g, '$1($2)'],
  [/ {4}if \(realloc === undefined\) \{[^]*?\n {4}\}\n/g, ''],
  [/([^.\w])(malloc|realloc)\(/g, '$1wasm.__wbindgen_$2('],
  [/async function __wbg_load\([^]*$/g, START],
];

/** Functions and methods, by their indentation; a number that one makes of what it is given, and its place. */
const FUNCTION = /^( {4}|)[\w ]+\([^)]*\) \{\n[^]*?\n\1\}/gm;
const NUMBER = / +const (val\d+) = \+(\w+);\n/g;
/** What gives texts back if one of several is none. */
const UNDONE = / {8}try \{\n((?: {12}(?:ptr|len)\d.*\n)+) {8}\} catch \(e\) \{\n(?: {12}.*\n)+ {8}\}\n/g;

/**
 * Calls of the core as the package's own modules make them, which have checked what the page gave: texts are
 * texts, and of what it takes for a number the core makes one itself.
 */
const trusting = (glue) => glue.replace(UNDONE, '$1').replace(FUNCTION, (whole) => {
  const made = [...whole.matchAll(NUMBER)];
  const rest = whole.replace(NUMBER, '');
  return made.reduce((text, [, name, given]) => text.replace(new RegExp(`\\b${name}\\b`, 'g'), given), rest);
});

const replaced = (glue, changes) => changes.reduce((text, [found, instead]) => {
  if (text.search(found) < 0) throw new Error(`the glue of this wasm-bindgen has nothing like ${found}`);
  return text.replace(found, instead);
}, glue);

/**
 * The glue that the core has.
 * @param {string} glue
 */
export const fitGlue = (glue) => `import { guarded } from './trap.js';\n${trusting(replaced(glue, [WATCHED, ...CHANGES]))}`;

/**
 * The glue of a module that nobody watches, and that may be given anything.
 * @param {string} glue
 */
export const fitPlainGlue = (glue) => replaced(glue, CHANGES);
