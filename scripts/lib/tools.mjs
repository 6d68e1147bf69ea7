// Puts the repository's own tools in front of PATH. Loaded with `node --import` by the npm scripts
// that call them, and imported by those that install them.
import { delimiter } from 'node:path';
import { inRoot, toolsDir } from './paths.mjs';

const own = [`${toolsDir}/bin`, inRoot('node_modules', '.bin')];
const path = (process.env.PATH ?? '').split(delimiter);
process.env.PATH = [...own, ...path.filter((folder) => !own.includes(folder))].join(delimiter);
