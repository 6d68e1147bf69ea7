// Modules in files that unpack themselves: what comes out runs as what went in.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { unpacked } from '../../pkg-template/unpack.js';
import { pack } from '../../scripts/lib/pack.mjs';
import { checkCalls } from '../../scripts/lib/uncalled.mjs';
import '../../scripts/lib/tools.mjs';

const FEATURES = ['--enable-bulk-memory', '--enable-multivalue', '--enable-reference-types', '--enable-nontrapping-float-to-int', '--enable-simd'];
const folder = mkdtempSync(join(tmpdir(), 'pack-'));
after(() => rmSync(folder, { recursive: true }));

/** A module of this text. */
function assembled(text) {
  const [source, file] = [join(folder, 'module.wat'), join(folder, 'module.wasm')];
  writeFileSync(source, text);
  execFileSync('wasm-as', [...FEATURES, '-o', file, source]);
  return readFileSync(file);
}

const instance = async (module) => (await WebAssembly.instantiate(module)).exports;

/** Every kind of operand, and numbers of one byte and of several. */
const EVERY_KIND = `(module
  (memory (export "memory") 2) (table $t 2 10 funcref) (elem (i32.const 0) $one $two) (elem declare func $one)
  (type $number (func (result i32))) (global $g (mut i64) (i64.const -5)) (data (i32.const 200) "text")
  (func $one (result i32) (i32.const 1))
  (func $two (result i32) (i32.const -2000000))
  (func (export "chosen") (param i32) (result i32)
    (block $c (block $b (block $a (br_table $a $b $c (local.get 0))) (return (i32.const 300))) (return (i32.const 100000)))
    (call_indirect (type $number) (i32.const 1)))
  (func (export "stored") (param $at i32) (param $value i64) (result i64) (local $n i32) (local $f f64)
    (i64.store offset=1000 align=1 (local.get $at) (local.get $value))
    (i32.store16 offset=5 (i32.add (local.get $at) (i32.const 70000)) (i32.const 65535))
    (memory.copy (i32.const 3000) (i32.add (local.get $at) (i32.const 1000)) (i32.const 8))
    (memory.fill (i32.const 3001) (i32.const 7) (i32.const 1))
    (local.set $f (f64.add (f64.const 0.1) (f64.promote_f32 (f32.const 2.5))))
    (global.set $g (i64.add (global.get $g) (i64.trunc_sat_f64_s (local.get $f))))
    (loop $again (local.set $n (i32.add (local.tee $n (local.get $n)) (i32.const 1))) (br_if $again (i32.lt_u (local.get $n) (i32.const 200))))
    (if (ref.is_null (select (result funcref) (ref.func $one) (ref.null func) (local.get $n))) (then (unreachable)) (else (drop (memory.grow (i32.const 0)))))
    (drop (table.grow $t (ref.null func) (i32.const 3)))
    (i64.add (global.get $g) (i64.add (i64.load offset=3000 (i32.const 0)) (i64.extend_i32_u (i32.add (table.size $t) (local.get $n)))))))`;

const results = ({ chosen, stored }) => [0, 1, 2, 9].map((at) => chosen(at)).concat([stored(8, 1n), stored(0, -1n), stored(128, 2n ** 62n)]);

test('a module with operands of every kind runs as before, and its memory is the same', async () => {
  const module = assembled(EVERY_KIND);
  const before = await instance(new WebAssembly.Module(module));
  const now = await instance(await unpacked(await pack(module, folder, FEATURES)));
  assert.deepEqual(results(now), results(before));
  assert.deepEqual(Buffer.from(now.memory.buffer), Buffer.from(before.memory.buffer));
});

test('an instruction that the unpacker does not know fails the build', async () => {
  const module = assembled('(module (func (export "f") (result i32) (i32x4.extract_lane 0 (v128.const i32x4 1 2 3 4))))');
  await assert.rejects(pack(module, folder, FEATURES), /instruction fd/);
});

test('a module that unpacks itself runs where the file was compiled as where it was read', async () => {
  const packed = await pack(assembled('(module (func (export "f") (result i32) (i32.const 42)))'), folder, FEATURES);
  for (const given of [packed, new WebAssembly.Module(packed)]) assert.equal((await instance(await unpacked(given))).f(), 42);
});

/** A module that calls what stands at `place` of a table of functions, at once or by way of a local. */
const calling = (callee) => assembled(`(module (memory 1) (table 2 funcref) (type $given (func (param i32 i32 i32 i32)))
  (func (export "f") (param $table i32) (local $callee i32) ${callee}))`);
const given = '(i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)';
const direct = (place) => calling(`(call_indirect (type $given) ${given} (i32.load offset=${place} (local.get $table)))`);
const kept = (place) => calling(`(local.set $callee (i32.load offset=${place} (local.get $table))) (call_indirect (type $given) ${given} (local.get $callee))`);

test('a module that could call what was left out of it fails the build', () => {
  for (const place of [0, 16]) for (const module of [direct(place), kept(place)]) checkCalls(module);
  for (const place of [4, 8]) for (const module of [direct(place), kept(place)]) assert.throws(() => checkCalls(module), /given away/);
});
