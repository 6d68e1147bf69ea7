// The core inside a script. In base64 four letters stand for three bytes, and compression no longer
// sees the bytes: a fifth more to download. Here every byte keeps letters of its own: one where it is
// among the frequent, two otherwise. ASCII alone: a page says in its own encoding what a script is.
import { readFileSync } from 'node:fs';

/** Letters that mean the same in every kind of JS text, in HTML too. */
const LETTERS = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).filter((letter) => !'"\'`$\\<'.includes(letter));
/** In front of a rare byte's letter, by its block. */
const MARKS = LETTERS.splice(-2);

/**
 * Bytes as text, and what is needed to read it (`pkg-template/ascii.js`): the letters of the `frequent`
 * bytes in order; behind the marks the same letters stand for the other bytes, in order.
 * @param {Uint8Array} bytes
 * @returns {{text: string, letters: string, marks: string, frequent: number[]}}
 */
export function toAscii(bytes) {
  const counts = new Array(256).fill(0);
  for (const byte of bytes) counts[byte] += 1;
  const all = [...counts.keys()];
  const frequent = all.toSorted((one, other) => counts[other] - counts[one]).slice(0, LETTERS.length).sort((one, other) => one - other);
  const rare = all.filter((byte) => !frequent.includes(byte));
  const words = [];
  frequent.forEach((byte, at) => (words[byte] = LETTERS[at]));
  rare.forEach((byte, at) => (words[byte] = MARKS[Math.floor(at / LETTERS.length)] + LETTERS[at % LETTERS.length]));
  return { text: Array.from(bytes, (byte) => words[byte]).join(''), letters: LETTERS.join(''), marks: MARKS.join(''), frequent };
}

/** For esbuild: `import { text, ... } from 'X.wasm'`. */
export const wasmAsAscii = {
  name: 'wasm-as-ascii',
  setup: ({ onLoad }) => onLoad({ filter: /\.wasm$/ }, ({ path }) => {
    const made = Object.entries(toAscii(readFileSync(path)));
    return { contents: made.map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`).join('\n') };
  }),
};
