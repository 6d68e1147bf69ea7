// wasm-bindgen names what the core and its glue share by long names with hashes, which stand in
// both files and hardly compress. Nobody reads them: here they become a few letters. What the core
// takes from other modules as it stands comes by way of the glue too: whole modules need not last.

import { file, name, number, Reader, SECTIONS, sections } from './wasm.mjs';

/** What the glue's own rules name. */
const KEPT = new Set(['memory']);

/** An import's kind and type: function, table, memory, global. */
function skipType(reader) {
  const kind = reader.number();
  if (kind === 1) reader.take(1);
  if (kind === 1 || kind === 2) {
    const limits = reader.number();
    if (limits & 1) reader.number();
  }
  if (kind === 3) reader.take(1);
  reader.number();
}

/** Imports that `own`, the glue, makes; others are a module's exports and keep their names. */
function shortenImports(section, short, own) {
  const reader = new Reader(section);
  const count = reader.number();
  const parts = [number(count)];
  for (let i = 0; i < count; i += 1) {
    const [module, field] = [reader.name(), reader.name()];
    const whole = module === own ? field : `${module} ${field}`;
    parts.push(name(short(own)), name(short(whole)), reader.span(() => skipType(reader)));
  }
  return Buffer.concat(parts);
}

function shortenExports(section, short) {
  const reader = new Reader(section);
  const count = reader.number();
  const parts = [number(count)];
  for (let i = 0; i < count; i += 1) {
    const field = reader.name();
    parts.push(name(short(field)), reader.span(() => [reader.number(), reader.number()]));
  }
  return Buffer.concat(parts);
}

/**
 * The core and its glue with short names for what they share.
 * @param {Uint8Array} core
 * @param {string} glue
 * @param {string} own what the core calls its glue
 * @returns {{core: Buffer, glue: string}}
 */
export function shorten(core, glue, own) {
  const names = new Map();
  const short = (long) => {
    if (KEPT.has(long)) return long;
    if (!names.has(long)) names.set(long, `$${names.size.toString(36)}`);
    return names.get(long);
  };
  const parts = sections(core).map(({ id, bytes }) => {
    if (id === SECTIONS.imports) return { id, bytes: shortenImports(bytes, short, own) };
    if (id === SECTIONS.exports) return { id, bytes: shortenExports(bytes, short) };
    return { id, bytes };
  });
  return { core: file(parts), glue: rename(glue, names) };
}

function rename(glue, names) {
  const foreign = [...names].filter(([long]) => long.includes(' ')).map(([long, to]) => [...long.split(' '), to]);
  const imports = foreign.map(([module, field, to]) => `import { ${field} as import${to} } from "${module}";\n`);
  const given = foreign.map(([, , to]) => `        ${to}: import${to},\n`);
  const known = (long, otherwise, text) => (names.has(long) ? text(names.get(long)) : otherwise);
  const whole = glue
    .replace(/^import \* as .*\n/gm, '')
    .replace(/^ +"\.\/snippets\/.*\n/gm, '')
    .replace(/(const import0 = \{\n.*\n)/, (head) => head + given.join(''));
  return imports.join('') + whole
    .replace(/^(\s+)"(\.[^"]+)": /gm, (all, space, module) => known(module, all, (short) => `${space}"${short}": `))
    .replace(/\bwasm\.([\w$]+)/g, (all, field) => known(field, all, (short) => `wasm.${short}`))
    .replace(/^(\s+)(__wbg_\w+|__wbindgen_\w+): /gm, (all, space, field) => known(field, all, (short) => `${space}${short}: `));
}
