// The JS side has words for every number of the core, and agrees with it on what can be retried.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ERRORS, HongyanError } from '../../pkg-template/errors.js';
import { inRoot } from '../../scripts/lib/paths.mjs';

/** `Name = number, retry;` of the table in src/error.rs. */
const CODES = [...readFileSync(inRoot('src', 'error.rs'), 'utf8').matchAll(/^ {4}(\w+) = (-?\d+), (retry|stop);$/gm)];

test('every code of the core has its name, its text and its word on retrying', () => {
  assert.ok(CODES.length > 30, 'the table was found');
  const core = Object.fromEntries(CODES.map(([, name, number, retry]) => [number, [name, retry === 'retry']]));
  const here = Object.fromEntries(Object.entries(ERRORS).map(([number, [name, retryable]]) => [number, [name, retryable]]));
  assert.deepEqual(here, core);
  for (const [number, [, , text, remedy]] of Object.entries(ERRORS)) {
    assert.ok(text.length > 0, number);
    assert.ok(remedy === undefined || /^[A-Z].*\.$/.test(remedy), `${number}: a remedy is a sentence`);
  }
});

test('an error tells what it is', () => {
  const error = new HongyanError(31004, 3);
  assert.ok(error instanceof Error && error instanceof HongyanError);
  assert.deepEqual(
    { code: error.code, name: error.name, origin: error.origin, retryable: error.retryable },
    { code: 31004, name: 'TokenIncorrect', origin: 'server', retryable: false },
  );
  assert.match(error.message, /31004/);
  assert.match(error.remedy, /token/);
});

test('a number without a name keeps its number', () => {
  const error = new HongyanError(29999, 'server');
  assert.deepEqual([error.code, error.name, error.retryable, error.remedy], [29999, 'Error29999', false, null]);
});
