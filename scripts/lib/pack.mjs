// A module's code compresses a seventh better where its instructions stand together, and what they
// name stands together by kind: offsets beside offsets, locals beside locals. Here a module is taken
// apart that way; the file that has its parts is a module again, whose only code (`unpack.rs`) puts
// it together where it is used (`pkg-template/unpack.js`).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './paths.mjs';
import { Failure, run } from './run.mjs';
import { file, name, number, Reader, SECTIONS, sections } from './wasm.mjs';

/** In the order of `unpack.rs`. */
const KINDS = [
  'sections', 'localCounts', 'localTypes', 'instructions', 'blockTypes', 'branches', 'tableLengths', 'tableBranches', 'calls',
  'indirectCalls', 'readThenRead', 'readThenConstant', 'readThenLoad', 'read', 'written', 'loadOffsets', 'storeOffsets',
  'addends', 'constants', 'longs', 'prefixed', 'rest', 'moreOfCall', 'moreOfOffset', 'moreOfAddend', 'moreOfConstant',
];
/** Numbers of several bytes that go on elsewhere than they begin. */
const MORE = {
  calls: 'moreOfCall', loadOffsets: 'moreOfOffset', storeOffsets: 'moreOfOffset', addends: 'moreOfAddend', constants: 'moreOfConstant',
};
/** Places in the memory of `unpack.rs`, whose 64 pages hold both, and where `unpack.js` finds the module. */
const [PACK, MODULE, END] = [2 ** 20, 2 ** 21, 2 ** 22];
const POINTER = 4;

const between = (low, value, high) => low <= value && value <= high;

/** A module's bytes, by kind. */
export class Parts {
  constructor() {
    this.bytes = Object.fromEntries(KINDS.map((kind) => [kind, []]));
  }

  put(kind, bytes) {
    for (const byte of bytes) this.bytes[kind].push(byte);
  }

  number(kind, reader) {
    let value = 0;
    this.put(kind, reader.span(() => (value = reader.number())));
    return value;
  }

  numbers(kind, reader, count) {
    for (let i = 0; i < count; i += 1) this.number(kind, reader);
  }

  section({ id, bytes }) {
    this.put('sections', [id]);
    if (id !== SECTIONS.code) {
      this.put('sections', number(bytes.length));
      this.put('sections', bytes);
      return;
    }
    const reader = new Reader(bytes);
    const count = this.number('sections', reader);
    for (let i = 0; i < count; i += 1) this.body(new Reader(reader.take(reader.number())));
  }

  body(reader) {
    const groups = this.number('localCounts', reader);
    for (let i = 0; i < groups; i += 1) {
      this.number('localCounts', reader);
      this.put('localTypes', reader.take(1));
    }
    while (reader.more) this.instruction(reader);
  }

  /** An instruction's operands go where what comes next says, too: `unpack.rs` knows all instructions before them. */
  instruction(reader) {
    const code = reader.byte();
    this.put('instructions', [code]);
    const operands = [];
    const later = { number: (kind) => operands.push([kind, reader.span(() => reader.number())]) };
    this.operands(code, reader, later);
    const next = reader.more ? reader.bytes[reader.at] : -1;
    for (const [kind, bytes] of operands) this.operand(typeof kind === 'function' ? kind(next) : kind, bytes);
  }

  operand(kind, bytes) {
    this.put(kind, bytes.subarray(0, 1));
    this.put(MORE[kind] ?? kind, bytes.subarray(1));
  }

  operands(code, reader, later) {
    if (between(0x02, code, 0x04)) later.number('blockTypes');
    else if (code === 0x0c || code === 0x0d) later.number('branches');
    else if (code === 0x0e) this.numbers('tableBranches', reader, this.number('tableLengths', reader) + 1);
    else if (code === 0x10) later.number('calls');
    else if (code === 0x11) this.numbers('indirectCalls', reader, 2);
    else if (code === 0x1c) this.put('rest', reader.take(this.number('rest', reader)));
    else if (code === 0x20) later.number(readBefore);
    else if (code === 0x21 || code === 0x22) later.number('written');
    else if (between(0x28, code, 0x3e)) this.access(code, reader, later);
    else if (code === 0x41) later.number((next) => (next === 0x6a ? 'addends' : 'constants'));
    else if (code === 0x42) later.number('longs');
    else if (code === 0x43 || code === 0x44) this.put('rest', reader.take(code === 0x43 ? 4 : 8));
    else if (between(0x23, code, 0x26) || [0x3f, 0x40, 0xd0, 0xd2].includes(code)) later.number('rest');
    else if (code === 0xfc) this.prefixed(reader);
    else if (!isPlain(code)) throw new Failure(`no module with the instruction ${code.toString(16)} can be packed`);
  }

  /** A load or a store. Its alignment, a hint, is lost. */
  access(code, reader, later) {
    if (reader.number() > 3) throw new Failure('no module with several memories can be packed');
    later.number(code < 0x36 ? 'loadOffsets' : 'storeOffsets');
  }

  prefixed(reader) {
    const code = this.number('prefixed', reader);
    const more = code < 8 ? 0 : { 0x0a: 2, 0x0b: 1, 0x0f: 1, 0x10: 1, 0x11: 1 }[code];
    if (more === undefined) throw new Failure(`no module with the instruction fc ${code.toString(16)} can be packed`);
    this.numbers('prefixed', reader, more);
  }
}

function readBefore(next) {
  if (next === 0x20) return 'readThenRead';
  if (next === 0x41) return 'readThenConstant';
  return between(0x28, next, 0x35) ? 'readThenLoad' : 'read';
}

/** Instructions without operands. */
const isPlain = (code) => between(0x00, code, 0x01) || code === 0x05 || code === 0x0b || code === 0x0f || between(0x1a, code, 0x1b)
  || between(0x45, code, 0xc4) || code === 0xd1;

/** What `unpack.rs` reads: where a module is written, where every kind begins, and all of them. */
function parts(module) {
  const made = new Parts();
  made.put('sections', module.subarray(0, 8));
  for (const section of sections(module)) if (section.id !== SECTIONS.custom) made.section(section);
  const pointers = [MODULE];
  let at = PACK + KINDS.length * POINTER;
  for (const kind of KINDS) {
    pointers.push(at);
    at += made.bytes[kind].length;
  }
  if (at >= MODULE || MODULE + 2 * module.length >= END) throw new Failure('the module is larger than the memory of unpack.rs');
  return Buffer.concat([Buffer.from(Uint32Array.from(pointers).buffer), ...KINDS.map((kind) => Buffer.from(made.bytes[kind]))]);
}

/** A section of data that is there from the start. */
const data = (at, bytes) => Buffer.concat([number(1), Buffer.from([0, 0x41]), signed(at), Buffer.from([0x0b]), number(bytes.length), bytes]);

/** A number from 0 where one below 0 could stand. */
const signed = (value) => number(value)[number(value).length - 1] & 64 ? Buffer.concat([continued(number(value)), Buffer.from([0])]) : number(value);
const continued = (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1) | 128])]);

/** The exports that `unpack.js` names; a linker adds others. */
function exportsOf(section) {
  const reader = new Reader(section);
  const kept = [];
  for (let left = reader.number(); left > 0; left -= 1) {
    const field = reader.name();
    const item = reader.span(() => [reader.number(), reader.number()]);
    if (field === 'memory' || field === 'unpack') kept.push(name(field), item);
  }
  return Buffer.concat([number(kept.length / 2), ...kept]);
}

/** The code of `unpack.rs`. */
async function compileUnpacker(folder, features) {
  mkdirSync(folder, { recursive: true });
  const [compiled, shrunk] = [join(folder, 'unpack.wasm'), join(folder, 'unpack_small.wasm')];
  const options = ['-Copt-level=z', '-Cpanic=abort', '-Clto', '-Cstrip=symbols', '-Clink-arg=-zstack-size=1024', `-Clink-arg=--initial-memory=${END}`];
  await run('rustc', ['--edition', '2024', '--target', 'wasm32-unknown-unknown', '--crate-type', 'cdylib', ...options, '-o', compiled, inRoot('scripts', 'lib', 'unpack.rs')]);
  const all = sections(readFileSync(compiled)).filter(({ id }) => id !== SECTIONS.custom);
  writeFileSync(compiled, file(all.map(({ id, bytes }) => ({ id, bytes: id === SECTIONS.exports ? exportsOf(bytes) : bytes }))));
  await run('wasm-opt', ['-Oz', ...features, '-o', shrunk, compiled]);
  return readFileSync(shrunk);
}

/** The module that a packed one becomes. */
function unpacked(packed) {
  const { exports: { memory, unpack } } = new WebAssembly.Instance(new WebAssembly.Module(packed));
  const end = unpack();
  return Buffer.from(memory.buffer.slice(MODULE, end));
}

/**
 * A module in a file that unpacks itself.
 * @param {Uint8Array} module
 * @param {string} folder for what is made on the way
 * @param {string[]} features for wasm-opt
 */
export async function pack(module, folder, features) {
  const given = parts(module);
  const packed = file([...sections(await compileUnpacker(folder, features)), { id: SECTIONS.data, bytes: data(PACK - POINTER, given) }]);
  const again = unpacked(packed);
  if (!WebAssembly.validate(again) || !parts(again).equals(given)) throw new Failure('the packed module is another one when it is unpacked');
  return packed;
}
