// Scripts made small: names by how often they stand, and code that leads nowhere left out.
import { readFileSync, writeFileSync } from 'node:fs';
import { minify } from 'terser';

/**
 * Minifies a bundled script where it lies. Properties keep their names, which other files of the package may
 * use, but for those that are like `renamed`.
 * @param {string} path
 * @param {{module: boolean, ecma: number, renamed?: RegExp}} kind whether it is a module, and which edition of the language may be used
 */
export async function minifyFile(path, { module, ecma, renamed }) {
  const mangle = renamed ? { properties: { regex: renamed } } : true;
  const { code } = await minify(readFileSync(path, 'utf8'), { module, ecma, mangle, compress: { passes: 3 }, format: { comments: /licence/ } });
  writeFileSync(path, code);
}
