/** Objects ⇄ protobuf, as the texts of `tables.js` say: see `src/signal/call/schema.rs` for their form. */
import { bytesOf, joined, textOf } from './bytes.js';

/** @typedef {{number: number, kind: string, times: string, name: string, fields: Field[] | null}} Field */

/** The fields that `text` tells of, in its order. @param {string} text @returns {Field[]} */
export function fieldsOf(text, separator = ' ') {
  return text.split(separator).filter(Boolean).map((field) => {
    const [, number, kind, times, name, inner] = /^(\d+)(.)(.)(\w+)(?:\((.*)\))?$/.exec(field);
    return { number: Number(number), kind, times, name, fields: inner === undefined ? null : fieldsOf(inner, separator === ' ' ? ',' : ';') };
  });
}

/**
 * The object's message.
 * @param {Field[]} fields
 * @param {unknown} body
 * @param {boolean} strict whether the page wrote it, which is told of every mistake; a peer may say more than
 * is known here, or less, and may hold a long number as two halves
 * @returns {Uint8Array}
 * @throws {string} a sign for what is wrong (see `questions.js`), and the member that is
 */
export function write(fields, body, strict) {
  if (!isObject(body)) throw '{';
  const strange = strict && Object.keys(body).findLast((name) => !fields.some((field) => field.name === name));
  if (strange) throw `?${strange}`;
  const parts = [];
  for (const field of fields) {
    try {
      writeField(parts, field, body[field.name] ?? null, strict);
    } catch (fault) {
      if (typeof fault !== 'string') throw fault;
      const [sign, inner] = [fault[0], fault.slice(1)];
      throw sign + field.name + (inner && `.${inner}`);
    }
  }
  return joined(parts);
}

function writeField(parts, field, given, strict) {
  if (field.kind === '=') parts.push(varint(field.number << 3), [1]);
  else if (given === null) {
    if (strict && field.times === '!') throw '!';
  } else if (field.times === '*') {
    if (!Array.isArray(given)) throw '#';
    for (const value of given) writeValue(parts, field, value, strict);
  } else writeValue(parts, field, given, strict);
}

function writeValue(parts, { number, kind, fields }, value, strict) {
  if (kind !== 's' && kind !== 'm') {
    const whole = integer(kind, value, strict);
    parts.push(varint(number << 3), varint(BigInt.asUintN(64, whole)));
    return;
  }
  if (kind === 's' ? typeof value !== 'string' : !isObject(value)) throw '#';
  const bytes = kind === 's' ? bytesOf(value) : write(fields, value, strict);
  parts.push(varint((number << 3) | 2), varint(bytes.length), bytes);
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The number that is meant; any other throws. */
function integer(kind, value, strict) {
  if (!strict && isObject(value)) return (whole(value.high) << 32n) | BigInt.asUintN(32, whole(value.low));
  if (kind === 'b') {
    if (typeof value !== 'boolean') throw '#';
    return BigInt(value);
  }
  const found = whole(value);
  if (BigInt.asIntN(kind === 'n' ? 32 : 64, found) !== found) throw '#';
  return found;
}

/** A whole number, or the text of one. */
export function whole(value) {
  if (typeof value === 'string' ? !/^-?\d{1,20}$/.test(value) : !Number.isInteger(value)) throw '#';
  return BigInt(value);
}

function varint(value) {
  const bytes = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}

/**
 * The message's object. Fields that are not told of are left out; of one that should come once the last counts.
 * @param {Field[]} fields
 * @param {Uint8Array} bytes
 * @param {boolean} strict whether the page reads it: lists are there always, and what must be there is
 */
export function read(fields, bytes, strict) {
  const found = valuesOf(bytes);
  const body = {};
  for (const field of fields) {
    const { name, kind, times } = field;
    const values = found.get(field.number) ?? [];
    if (kind === '=') continue;
    if (times === '*') {
      if (strict || values.length > 0) body[name] = values.map((value) => readValue(field, value, strict));
    } else if (values.length > 0) body[name] = readValue(field, values.at(-1), strict);
    else if (strict && times === '!') throw new RangeError(`${name} is missing`);
  }
  return body;
}

function readValue({ kind, fields }, value, strict) {
  const wanted = kind === 's' || kind === 'm' ? 'object' : 'bigint';
  if (typeof value !== wanted) throw new TypeError('a value of another type');
  switch (kind) {
    case 's':
      return textOf(value);
    case 'm':
      return read(fields, value, strict);
    case 'b':
      return value !== 0n;
    case 'n':
      return Number(BigInt.asIntN(32, value));
    default:
      return exact(BigInt.asIntN(64, value));
  }
}

/** Above 2^53 a number is a text: it would lose its last digits. */
const exact = (value) => (value > 2n ** 53n || value < -(2n ** 53n) ? String(value) : Number(value));

/** What a message holds: whole numbers, bytes, and nothing for what nobody reads. @returns {Map<number, (bigint | Uint8Array | undefined)[]>} */
function valuesOf(bytes) {
  let at = 0;
  const found = new Map();
  const next = () => {
    for (let value = 0n, shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined || (shift === 63n && (byte & 127) > 1)) break;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new RangeError('a number has no end');
  };
  const take = (length) => {
    at += length;
    if (at > bytes.length) throw new RangeError('bytes are missing');
    return bytes.subarray(at - length, at);
  };
  const value = (type) => {
    switch (type) {
      case 0:
        return next();
      case 1:
        return void take(8);
      case 2:
        return take(Number(next()));
      case 5:
        return void take(4);
      default:
        throw new RangeError('no such type');
    }
  };
  while (at < bytes.length) {
    const key = Number(next());
    const number = Math.floor(key / 8);
    if (number === 0 || key > 0xffffffff) throw new RangeError('no such field');
    if (!found.has(number)) found.set(number, []);
    found.get(number).push(value(key & 7));
  }
  return found;
}
