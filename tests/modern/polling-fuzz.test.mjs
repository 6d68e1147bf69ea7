// What strangers may say to a page that polls: the fuzzer's corpus and changed copies of it, the same ones that
// `tests/polling_twin.rs` gives to the form's other half in Rust, which says what is right. Then whatever comes to
// mind: nothing throws but what a caller is told of, and no answer becomes more than it was.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inRoot } from '../../scripts/lib/paths.mjs';

const built = (path) => import(inRoot('dist', 'package', ...path.split('/')));
const { Codec, MAX_FRAME } = await built('polling/json.js');
const { PollLink } = await built('polling/link.js');

const COPIES = 20;
const TOPICS = ['pullMsg', 'qryRelation'];
const LAST_ID = 64;
const SEED = 0x9e3779b97f4a7c15n;
const MASK = 0xffffffffffffffffn;
const URL = 'https://h:1/websocket?appId=k&token=t&pid=77';
const OPENED = Buffer.from('000000152000000001750005687931' + '2e530000000000000005', 'hex');

/** Numbers that look random and are the same on every run: those of `tests/fuzz/replay.rs`. */
class Numbers {
  #state;

  constructor(seed) {
    this.#state = seed;
  }

  below(end) {
    this.#state ^= (this.#state << 13n) & MASK;
    this.#state ^= this.#state >> 7n;
    this.#state ^= (this.#state << 17n) & MASK;
    return Number(this.#state % BigInt(Math.max(end, 1)));
  }

  byte = () => this.below(256);
}

/** One to four changes: those of `tests/fuzz/replay.rs`. */
function changed(original, other, numbers) {
  let bytes = [...original];
  for (let left = numbers.below(4); left >= 0; left -= 1) {
    const at = numbers.below(bytes.length);
    const what = numbers.below(5);
    const there = at < bytes.length;
    if (what === 0 && there) bytes[at] = numbers.byte();
    else if (what === 1 && there) bytes[at] ^= 1 << numbers.below(8);
    else if (what === 2 && there) bytes.splice(at, 1 + numbers.below(bytes.length - at));
    else if (what === 3) bytes.splice(at, 0, numbers.byte());
    else bytes = [...bytes.slice(0, at), ...other.slice(numbers.below(other.length))];
  }
  return Uint8Array.from(bytes);
}

const folder = (target) => inRoot('tests', 'fuzz', 'corpus', target);
const corpus = (target) => readdirSync(folder(target)).sort().map((name) => new Uint8Array(readFileSync(`${folder(target)}/${name}`)));

/** Each file, then its changed copies. */
function* cases(target) {
  const files = corpus(target);
  const numbers = new Numbers(SEED);
  for (const bytes of files) {
    yield bytes;
    for (let copy = 1; copy <= COPIES; copy += 1) {
      const other = files[numbers.below(files.length)];
      yield changed(bytes, other, numbers);
    }
  }
}

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const list = (frames) => frames.map(hex).join(',');

function question(id) {
  const topic = TOPICS[id % TOPICS.length];
  return Buffer.concat([Buffer.from([0x52, 0, topic.length]), Buffer.from(topic), Buffer.from([0, 2]), Buffer.from('me'), Buffer.from([id >> 8, id & 255])]);
}

function asking() {
  const codec = new Codec();
  for (let id = 1; id <= LAST_ID; id += 1) assert.ok(codec.post(new Uint8Array(question(id))));
  return codec;
}

function loggedIn() {
  const link = new PollLink(URL, false);
  assert.ok(link.answered('open', 200, new Uint8Array(OPENED)));
  return link;
}

function answer(bytes) {
  try {
    const { frames, malformed, session } = asking().read(bytes);
    return `${list(frames)} ${malformed} ${JSON.stringify(session ?? '')}`;
  } catch (error) {
    assert.ok(error instanceof SyntaxError, error);
    return '!';
  }
}

function batch(bytes) {
  const frames = loggedIn().answered('pull', 200, bytes);
  return frames === null ? '!' : list(frames);
}

/** The two write members in orders of their own. */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, inner]) => [name, sorted(inner)]));
}

function post(bytes) {
  const words = new Codec().post(bytes);
  if (words === null) return '-';
  const [topic, target] = words.addressed ?? ['', ''];
  const body = JSON.stringify(sorted(JSON.parse(words.body)));
  return `${words.header} ${words.id} ${hex(Buffer.from(`${topic} ${target} ${body}`))}`;
}

/** FNV-1a, without its last byte. */
function hash(text) {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return (hash >>> 8).toString(16).padStart(6, '0');
}

const SAID = { polling: (bytes) => `${batch(bytes)}|${answer(bytes)}`, frame_c2s: post };
const told = readFileSync(inRoot('tests', 'vectors', 'polling-twin.txt'), 'utf8').trim().split('\n').map((line) => line.split(' '));

for (const [target, ...expected] of told) {
  test(`${target}: both halves say the same`, () => {
    const [unlike, all] = [[], [...cases(target)]];
    let compared = 0;
    for (const [at, bytes] of all.entries()) {
      const said = SAID[target](bytes);
      // No core of ours writes a body that is no message: refusing it is as good as passing over it.
      if (said === '-' || expected[at] === '-') continue;
      compared += 1;
      if (hash(said) !== expected[at]) unlike.push(`${hex(bytes)} ${said}`);
    }
    assert.equal(all.length, expected.length);
    assert.deepEqual(unlike.slice(0, 5), []);
    assert.ok(compared > 200, `${compared}`);
  });
}

test('D9 whatever an answer holds, nothing is thrown and it becomes no more than it was', () => {
  const files = [...corpus('polling'), ...corpus('frame_s2c')];
  const numbers = new Numbers(0x20n);
  let read = 0;
  for (let round = 0; round < 20_000; round += 1) {
    const [one, other] = [files[numbers.below(files.length)], files[numbers.below(files.length)]];
    const bytes = changed(one, other, numbers);
    for (const json of [true, false]) {
      const link = new PollLink(URL, json);
      const opened = json ? Buffer.from('{"headerCode":32,"status":0,"userId":"u","sessionid":"S","timestamp":5,"messageId":0}') : OPENED;
      assert.ok(link.answered('open', 200, new Uint8Array(opened)));
      for (const asked of ['pull', 'send']) {
        const frames = link.answered(asked, 200, bytes) ?? [];
        read += frames.length;
        const length = frames.reduce((sum, frame) => sum + frame.length, 0);
        assert.ok(length <= bytes.length + 64 && frames.every((frame) => frame.length <= MAX_FRAME), hex(bytes));
      }
      assert.doesNotThrow(() => new PollLink(URL, json).answered('open', 200, bytes), hex(bytes));
    }
  }
  assert.ok(read > 100, `${read}`);
});

test('D9 a text without an end is refused as fast as any other', () => {
  const endless = new Uint8Array(Buffer.from(`[{"a":"${'\\"'.repeat(500_000)}`));
  const deep = new Uint8Array(Buffer.from('['.repeat(1_000_000)));
  for (const bytes of [endless, deep]) assert.throws(() => new Codec().read(bytes), SyntaxError);
});
