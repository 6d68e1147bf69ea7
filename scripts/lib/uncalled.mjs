// Functions in the core's table that nobody calls through it. A linker cannot know: wasm-bindgen's
// descriptions name a function for every kind of closure that its libraries could pass to the page,
// and `bytes` has, for each way it keeps them, one that gives them away. Without their places in the
// table wasm-opt leaves them out.
import { Parts } from './pack.mjs';
import { Failure } from './run.mjs';
import { file, name, number, Reader, SECTIONS, sections } from './wasm.mjs';

const FUNCTION = 0;
/** The part of the name section that names functions. */
const FUNCTION_NAMES = 1;

/** By their names: the page calls closures by what is exported. */
const CLOSURES = /\bconvert::closures::_::invoke::</;
/** In a module that has no asynchronous functions. */
export const TASKS = /\bfutures::jspi::/;
/** What {@link checkCalls} would find calls of. */
export const GIVING_AWAY = /\bbytes::bytes::\w+_to_(vec|mut)$/;
/** Where they stand in the tables of `bytes`, and what they take: four numbers of 32 bits for no result. */
const GIVING_AWAY_AT = [4, 8];
const GIVING_AWAY_TYPE = Buffer.from([0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 0]);

/** What the compiler adds to names so that they differ. */
const plain = (symbol) => symbol.replace(/\[[0-9a-f]+\]/g, '').replace(/^<|::h[0-9a-f]{16}$/g, '');

/** @returns {Map<number, string>} the functions that are uncalled, by their numbers */
function uncalled(custom, patterns) {
  const found = new Map();
  const reader = new Reader(custom);
  if (reader.name() !== 'name') return found;
  while (reader.more) {
    const [part, bytes] = [reader.byte(), new Reader(reader.take(reader.number()))];
    if (part !== FUNCTION_NAMES) continue;
    for (let left = bytes.number(); left > 0; left -= 1) {
      const [index, symbol] = [bytes.number(), plain(bytes.name())];
      if (patterns.some((pattern) => pattern.test(symbol))) found.set(index, symbol);
    }
  }
  return found;
}

/** A function that stays, to stand where none is called. */
function firstExported(section) {
  const reader = new Reader(section);
  for (let left = reader.number(); left > 0; left -= 1) {
    reader.name();
    const [kind, index] = [reader.byte(), reader.number()];
    if (kind === FUNCTION) return index;
  }
  throw new Failure('a module without functions');
}

/** The table's functions, with another in the place of those that are uncalled. */
function withoutUncalled(section, functions, instead) {
  const reader = new Reader(section);
  const parts = [number(reader.number())];
  while (reader.more) {
    // A list of functions in table 0 from a constant on.
    const head = reader.span(() => [reader.byte(), reader.byte(), reader.number(), reader.byte()]);
    if (head[0] !== 0 || head[1] !== 0x41 || head.at(-1) !== 0x0b) throw new Failure('the table is not written as it was');
    const count = reader.number();
    parts.push(head, number(count));
    for (let i = 0; i < count; i += 1) {
      const index = reader.number();
      parts.push(number(functions.has(index) ? instead : index));
    }
  }
  return Buffer.concat(parts);
}

/**
 * A module, as it comes from wasm-bindgen with its names, whose table has no uncalled functions.
 * @param {Uint8Array} module
 * @param {RegExp[]} more names of what it never calls, besides
 */
export function dropUncalled(module, more = []) {
  const parts = sections(module);
  const patterns = [CLOSURES, ...more];
  const functions = new Map(parts.filter(({ id }) => id === SECTIONS.custom).flatMap(({ bytes }) => [...uncalled(bytes, patterns)]));
  for (const pattern of patterns) {
    if (![...functions.values()].some((symbol) => pattern.test(symbol))) throw new Failure(`no function is called like ${pattern}`);
  }
  const instead = firstExported(parts.find(({ id }) => id === SECTIONS.exports).bytes);
  return file(parts.map(({ id, bytes }) => ({ id, bytes: id === SECTIONS.elements ? withoutUncalled(bytes, functions, instead) : bytes })));
}

const [CALL_INDIRECT, READ_LOCAL, WRITE_LOCAL, KEEP_LOCAL, LOAD] = [0x11, 0x20, 0x21, 0x22, 0x28];

/** Looks at what every call through the table calls. */
class TableCalls extends Parts {
  constructor(type) {
    super();
    this.type = type;
  }

  body(reader) {
    this.instructions = [];
    super.body(reader);
    this.instructions.forEach(({ code, operands }, at) => {
      if (code === CALL_INDIRECT && new Reader(operands).number() === this.type) this.checkCallee(at - 1);
    });
  }

  instruction(reader) {
    const code = reader.bytes[reader.at];
    const operands = reader.span(() => super.instruction(reader)).subarray(1);
    this.instructions.push({ code, operands });
  }

  /** What is called comes out of a table of functions, from none of these places, at once or by way of a local. */
  checkCallee(at) {
    const { code, operands } = this.instructions[at];
    if (code === LOAD && !GIVING_AWAY_AT.includes(offset(operands))) return;
    if (code !== READ_LOCAL) throw new Failure('bytes are given away as a Vec or BytesMut: GIVING_AWAY (scripts/build.mjs) is not for this module');
    this.instructions.forEach((written, index) => {
      if ((written.code === WRITE_LOCAL || written.code === KEEP_LOCAL) && operands.equals(written.operands)) this.checkCallee(index - 1);
    });
  }
}

function offset(operands) {
  const reader = new Reader(operands);
  reader.number();
  return reader.number();
}

/** The number of a type; -1 where there is none such. */
function typeNumber(section, wanted) {
  const reader = new Reader(section);
  const type = () => [reader.byte(), reader.take(reader.number()), reader.take(reader.number())];
  return Array.from({ length: reader.number() }, () => reader.span(type)).findIndex((found) => wanted.equals(found));
}

/**
 * Fails where the module, which {@link dropUncalled} and wasm-opt had, could call what was dropped of `bytes`.
 * @param {Uint8Array} module
 */
export function checkCalls(module) {
  const parts = sections(module);
  const calls = new TableCalls(typeNumber(parts.find(({ id }) => id === SECTIONS.types).bytes, GIVING_AWAY_TYPE));
  calls.section(parts.find(({ id }) => id === SECTIONS.code));
}
