/** Reads bytes that the build wrote as letters: one for a frequent byte, a mark and one for a rare one. */

/**
 * @param {{text: string, letters: string, marks: string, frequent: number[]}} written
 * `letters`, in order, are the `frequent` bytes; behind the first mark they are the lowest of the
 * other bytes, behind the second those that follow
 */
export function fromAscii({ text, letters, marks, frequent }) {
  const blocks = [...frequent];
  for (let byte = 0; byte < 256; byte += 1) if (!frequent.includes(byte)) blocks.push(byte);
  const places = new Uint8Array(128);
  [...letters].forEach((letter, place) => (places[letter.charCodeAt(0)] = place));
  const [first, second] = [marks.charCodeAt(0), marks.charCodeAt(1)];
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let block = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === first) block = letters.length;
    else if (code === second) block = 2 * letters.length;
    else {
      bytes[length] = blocks[block + places[code]];
      length += 1;
      block = 0;
    }
  }
  return bytes.subarray(0, length);
}
