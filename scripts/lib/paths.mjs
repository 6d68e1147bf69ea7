// Where things are. Every script names its files through these.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const inRoot = (...parts) => join(root, ...parts);

/** Tools that no package manager of this repository brings: wasm-bindgen, wasm-pack. */
export const toolsDir = inRoot('.tools');
export const targetDir = process.env.CARGO_TARGET_DIR ?? inRoot('target');
/** The server as it is run: built with the profile `server`. */
export const serverBinary = join(targetDir, 'server', 'hongyan');
