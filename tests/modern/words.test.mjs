// Questions in the page: for every topic what is asked and answered is what prost writes and reads, and what is
// wrong with one is named.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { inRoot } from '../../scripts/lib/paths.mjs';

const { faultOf, fieldsOf, question, questionOf, read, write } = await import(inRoot('dist', 'package', 'words.js'));
const { QUESTIONS, SHAPES, UP_STREAM } = await import(inRoot('dist', 'package', 'tables.js'));

const hex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const printed = (bytes) => Buffer.from(bytes).toString('hex');
const targetOf = (topic) => (questionOf(topic).targeted ? 'bob' : null);
const ask = (topic, body, target = targetOf(topic)) => question(topic, target, body);
const answer = (topic, status, bytes) => question(topic, targetOf(topic), WITH_ALL[topic] ?? {}).read(status, hex(bytes));
const records = readFileSync(inRoot('tests', 'vectors', 'questions.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
/** A body that can be asked, by topic. */
const WITH_ALL = Object.fromEntries(records.map(({ topic, body }) => [topic, body]));

describe('the tables', () => {
  it('are the whole of those in Rust', () => {
    const asked = QUESTIONS.split('\n').map((line) => /^\w+/.exec(line)[0]);
    assert.deepEqual(new Set(asked), new Set(records.map(({ topic }) => topic)));
    const fields = (list) => list.reduce((sum, field) => sum + 1 + fields(field.fields ?? []), 0);
    const texts = [UP_STREAM, ...[QUESTIONS, SHAPES].flatMap((table) => table.split('\n').flatMap((line) => line.replace(/^[\w ]+[@.>]/, '').split('>')))];
    for (const text of texts.filter((one) => one !== '?')) assert.equal(fields(fieldsOf(text)), text.match(/[:!*]/g)?.length ?? 0, text);
  });

  it('name the topics of messages as the core does', () => {
    const source = readFileSync(inRoot('src', 'signal', 'topic.rs'), 'utf8');
    const [arms] = /pub fn of\(topic[^]*?_ => return None/.exec(source);
    const names = [...arms.matchAll(/"(\w+)"/g)].map(([, name]) => name).concat('recallMsg');
    const code = readFileSync(inRoot('pkg-template', 'words', 'topics.js'), 'utf8');
    const pattern = new RegExp(/const MESSAGES = \/(.*)\/;/.exec(code)[1]);
    assert.ok(names.length > 14);
    for (const name of names) assert.ok(pattern.test(name), name);
    for (const name of ['s_msg', 'ppMsgX', 'pdMsgS', 'chatMsgP', 'pullMsg', '']) assert.ok(!pattern.test(name), name);
  });
});

describe('questions', () => {
  it(`of every topic are the messages of prost, ${records.length} of them`, () => {
    for (const { topic, body, asked } of records) assert.equal(printed(ask(topic, body).bytes), asked, topic);
  });

  it('go to a target or to oneself, and say so', () => {
    for (const [topic, target] of [['qnTkn', 'bob'], ['quitDiz', null], ['quitDiz', ''], ['quitDiz', 'x'.repeat(1025)]]) {
      assert.throws(() => ask(topic, { type: 1 }, target), (fault) => fault === `@${topic}`);
    }
    for (const topic of ['nope', '', 'qnTk', 'qnTkn.', 'quitDiz@']) assert.throws(() => question(topic, null, {}), (fault) => fault === `t${topic}`);
  });

  it('name what is wrong with them', () => {
    const wrong = (topic, body, expected) => assert.throws(() => ask(topic, body), (fault) => fault === expected && faultOf(fault).includes(expected.slice(1)), expected);
    for (const body of [[], null, 'x', 5, true]) wrong('qnTkn', body, '{');
    wrong('qnTkn', { type: 1, typ: 1 }, '?typ');
    for (const body of [{}, { type: null }]) wrong('qnTkn', body, '!type');
    for (const type of [true, 'x', 1.5, 2 ** 31, -(2 ** 31) - 1, {}, [1], Infinity, '']) wrong('qnTkn', { type }, '#type');
    for (const size of ['9223372036854775808', 2 ** 63, { low: 1, high: 0 }, '+1', ' 1', '0x1']) wrong('qnTkn', { type: 1, size }, '#size');
    wrong('delMsg', { msgs: [{ msgId: 'a' }, { msgId: 1 }] }, '#msgs.msgId');
    wrong('delMsg', { msgs: [{ id: 'a' }] }, '?msgs.id');
    wrong('delMsg', { msgs: {} }, '#msgs');
    wrong('delMsg', { msgs: [5] }, '#msgs');
  });

  it('take numbers above 2^53 as texts', () => {
    for (const [version, asked] of [[2 ** 53, '0880808080808080 10'], ['9007199254740993', '088180808080808010'], ['-9223372036854775808', '0880808080808080808001']]) {
      assert.equal(printed(ask('setSeAtt', { version }).bytes), asked.replaceAll(' ', ''));
    }
  });
});

describe('answers', () => {
  it('of every topic are the messages of prost', () => {
    const answered = records.filter((record) => record.answered !== undefined);
    assert.ok(answered.length > 30);
    for (const { topic, answered: bytes, answer: expected } of answered) assert.deepEqual(answer(topic, 0, bytes), expected, topic);
  });

  it('can be the status', () => {
    assert.deepEqual([answer('qryPPush', 1, ''), ask('qryPPush', { blockeeId: 'b' }).byStatus, ask('crDiz', {}).byStatus], [{ status: 1 }, true, false]);
  });

  it('without what must be there, or cut, make no sense', () => {
    for (const bytes of ['', '0801', '0a0278', '0a', '80', '0f', '02', 'ffffffffffffffffffff7f']) assert.throws(() => answer('crDiz', 0, bytes), bytes);
    assert.deepEqual(answer('crDiz', 0, '0a01ff0a026869100519000000000000000025000000001a00'), { id: 'hi' }, 'of two the last, and nothing unknown');
    assert.deepEqual(answer('rrList', 0, '0803'), { totalMemberNum: 3, list: [] });
  });

  it('from a peer may lack what must be there, and say more', () => {
    const fields = fieldsOf('1s!a 2n*b 3m:c(1i!d)');
    assert.deepEqual(read(fields, hex('1a00'), false), { c: {} });
    assert.equal(printed(write(fields, { x: 1, c: { d: { low: -1, high: 0 } } }, false)), '1a0608ffffffff0f');
  });
});

describe('answers of strangers', () => {
  it('D6: read as they are or refused, whatever bytes they are made of', () => {
    let [state, whole] = [7, 0];
    const below = (end) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % end;
    };
    const answered = records.filter((record) => record.answered).map((record) => hex(record.answered));
    const samples = [...answered, ...records.map(({ asked }) => hex(asked))].filter(({ length }) => length > 0);
    for (const line of QUESTIONS.split('\n')) {
      const fields = fieldsOf(line.split('>')[1].replace('?', ''));
      for (let round = 0; round < 100; round += 1) {
        const bytes = Uint8Array.from(samples[below(samples.length)]);
        for (let changes = below(4); changes >= 0; changes -= 1) bytes[below(bytes.length)] = below(256);
        const cut = bytes.subarray(0, below(4) === 0 ? below(bytes.length) : bytes.length);
        for (const strict of [true, false]) {
          try {
            assert.ok(JSON.stringify(read(fields, cut, strict)).length < 64 * (bytes.length + 16), printed(cut));
            whole += 1;
          } catch (error) {
            assert.ok(error instanceof RangeError || error instanceof TypeError, `${error} ${printed(cut)}`);
          }
        }
      }
    }
    assert.ok(whole > 1_000, `${whole}`);
  });
});
