/** Bytes as the wire has them: whole numbers with the highest byte first, texts behind their length. */

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** @param {Uint8Array} bytes */
export const textOf = (bytes) => decoder.decode(bytes);
/** @param {string} text */
export const bytesOf = (text) => encoder.encode(text);

/** Reads from the start; whatever stands beyond the end throws. */
export class Reader {
  #view;
  #at = 0;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left() {
    return this.#view.byteLength - this.#at;
  }

  u8() {
    return this.#view.getUint8(this.#move(1));
  }

  u16() {
    return this.#view.getUint16(this.#move(2));
  }

  u32() {
    return this.#view.getUint32(this.#move(4));
  }

  text() {
    return textOf(this.take(this.u16()));
  }

  /** The next `length` bytes: all that are left, if that is not said. */
  take(length = this.left) {
    const at = this.#move(length);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, length);
  }

  #move(by) {
    if (by > this.left) throw new RangeError('bytes are missing');
    this.#at += by;
    return this.#at - by;
  }
}

/** The lowest `count` bytes of a number. @param {number | bigint} value */
export function number(value, count) {
  const bytes = new Array(count);
  for (let rest = BigInt(value), at = count - 1; at >= 0; at -= 1, rest >>= 8n) bytes[at] = Number(rest & 255n);
  return bytes;
}

/** A text behind its length. @param {string} text */
export function short(text) {
  const bytes = bytesOf(text);
  if (bytes.length > 0xffff) throw new RangeError('a text is too long');
  return [...number(bytes.length, 2), ...bytes];
}

/** @param {ArrayLike<number>[]} parts */
export function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
