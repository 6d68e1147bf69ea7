// WebAssembly files as their sections, and the numbers and names in them.

/** Sections, by their numbers. */
export const SECTIONS = { custom: 0, types: 1, imports: 2, exports: 7, elements: 9, code: 10, data: 11 };
const HEAD = 8;

export class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  get more() {
    return this.at < this.bytes.length;
  }

  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  byte() {
    this.at += 1;
    return this.bytes[this.at - 1];
  }

  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  name() {
    return Buffer.from(this.take(this.number())).toString();
  }

  /** The bytes that `read` passes over. */
  span(read) {
    const start = this.at;
    read();
    return this.bytes.subarray(start, this.at);
  }
}

/** A whole number in seven bits a byte. */
export function number(value) {
  const bytes = [];
  do {
    bytes.push((value & 127) | (value > 127 ? 128 : 0));
    value >>>= 7;
  } while (value > 0);
  return Buffer.from(bytes);
}

export const name = (text) => Buffer.concat([number(Buffer.byteLength(text)), Buffer.from(text)]);

/** A file's sections, in its order. @returns {{id: number, bytes: Uint8Array}[]} */
export function sections(file) {
  const reader = new Reader(file.subarray(HEAD));
  const found = [];
  while (reader.more) found.push({ id: reader.byte(), bytes: reader.take(reader.number()) });
  return found;
}

/** The file of these sections. */
export const file = (parts) => Buffer.concat([
  Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]), ...parts.flatMap(({ id, bytes }) => [Buffer.from([id]), number(bytes.length), bytes]),
]);
