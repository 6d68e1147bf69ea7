// Scripts made small: names by how often they stand, and code that leads nowhere left out.
import { readFileSync, writeFileSync } from 'node:fs';
import { minify } from 'terser';

/**
 * Minifies a bundled script where it lies. No property is renamed: other files of the package name them.
 * @param {string} path
 * @param {{module: boolean, ecma: number}} kind whether it is a module, and which edition of the language may be used
 */
export async function minifyFile(path, { module, ecma }) {
  const format = { comments: /licence/ };
  const { code } = await minify(readFileSync(path, 'utf8'), { module, ecma, compress: { passes: 3 }, format });
  writeFileSync(path, code);
}
