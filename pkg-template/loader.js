/** Loads the WebAssembly core, once for all clients of a page. */
import start, { __wbg_reset_state as restart, Core } from './hongyan.js';
import { HongyanError } from './errors.js';
import { unpacked } from './unpack.js';

/** @type {Promise<void> | null} what every caller waits for; null before, and after a failure */
let loading = null;
let crashed = false;
let warned = false;

/**
 * Loads the core from `source` unless that was done, or is under way. After a failure the next
 * call tries again.
 * @param {import('./index.js').CoreSource | null} source
 * @returns {Promise<void>}
 */
export function load(source) {
  if (crashed) {
    crashed = false;
    // The same compiled module with a fresh memory.
    restart();
  }
  loading ??= begin(source).catch((cause) => {
    loading = null;
    throw cause instanceof HongyanError ? cause : new HongyanError(33096, 'client', describe(cause), cause);
  });
  return loading;
}

/** The core has stopped for good; the next {@link load} makes a fresh one. */
export function markCrashed() {
  crashed = true;
}

export { Core };

async function begin(source) {
  await start(await unpacked(await moduleOf(await source)));
}

function moduleOf(source) {
  if (source === null) throw new HongyanError(33096, 'caller', 'init was not called with a source of the core');
  if (source instanceof WebAssembly.Module || source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return source;
  return download(source);
}

async function download(url) {
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const type = response.headers.get('content-type') ?? '';
  if (/^application\/wasm\b/i.test(type)) return WebAssembly.compileStreaming(response);
  if (!warned) {
    warned = true;
    console.warn(`hongyan: ${url} comes as "${type}"; with the header Content-Type: application/wasm it would start faster`);
  }
  return response.arrayBuffer();
}

function describe(cause) {
  return `the WebAssembly core could not be loaded: ${cause instanceof Error ? cause.message : cause}`;
}
