// The core inside a script: what the build writes as letters is read back byte by byte.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromAscii } from '../../pkg-template/ascii.js';
import { toAscii } from '../../scripts/lib/ascii.mjs';

const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const skewed = Uint8Array.from({ length: 5000 }, (_, at) => (at * at * 31) % 256 >> at % 7);

for (const [name, bytes] of [['nothing', new Uint8Array()], ['every byte once', every], ['frequent and rare bytes', skewed]]) {
  test(`${name}: read as it was written`, () => {
    const written = toAscii(bytes);
    assert.deepEqual(Array.from(fromAscii(written)), Array.from(bytes));
    assert.match(written.text, /^[ !#%&()*+,\-./0-9:;=>?@A-Z[\]^_a-z{|}~]*$/, 'letters that need no escape in any text of JS or HTML');
  });
}
