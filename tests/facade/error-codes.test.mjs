// docs/error-codes.md is true: every number has a row, and every test that a row names is there. And
// what no other test of this folder shows: that a server's numbers reach the callbacks as they are.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { connected, failure, freshNamespace, recorder, settled } from './fake-client.mjs';

const root = (path) => new URL(`../../${path}`, import.meta.url);
const rows = [...readFileSync(root('docs/error-codes.md'), 'utf8').matchAll(/^\| `(\w+)` \| (-?\d+) \| (.+) \| (.+) \| (.+) \|$/gm)]
  .map(([, name, code, meaning, remedy, where]) => ({ name, code: Number(code), meaning, remedy, where }));
const SITUATIONS = ['native', 'elsewhere', 'unused', 'reason'];

/** The text that holds a test: of pages a file, of the server a module, which may be a folder as well. */
function source(file) {
  const rust = /^(server|src)\//.test(file);
  const inside = rust && existsSync(root(file)) ? readdirSync(root(file)).filter((name) => name.endsWith('.rs')).map((name) => `${file}/${name}`) : [];
  const paths = [rust ? `${file}.rs` : `tests/${file}.test.mjs`, ...inside].filter((path) => existsSync(root(path)));
  assert.ok(paths.length > 0, file);
  return paths.map((path) => readFileSync(root(path), 'utf8')).join('\n');
}

/** The test that shows of many numbers that they are passed on; it produces none. */
const PASSED_ON = 'a code that the server says reaches the callback as it is';

/** What the core calls its numbers. */
const CORE_NAMES = new Map(
  [...readFileSync(root('src/error.rs'), 'utf8').matchAll(/^ {4}(\w+) = (-?\d+),/gm)].map(([, name, code]) => [Number(code), `ErrorCode::${name}`]),
);

/** A test, with the table above it that it may go through. */
function body(text, title) {
  const at = text.indexOf(title);
  const end = text.indexOf('\n}', at);
  return text.slice(Math.max(0, at - 300), end > 0 ? end : at + 1500);
}

describe('the table of codes', () => {
  test('has a row for every name of the enum, with its number, and no other', () => {
    const { ErrorCode } = freshNamespace().RongIMLib;
    assert.deepEqual(Object.fromEntries(rows.map(({ name, code }) => [name, code])), { ...ErrorCode });
    assert.equal(rows.length, Object.keys(ErrorCode).length, 'one row each');
  });

  test('says of every code which test produces it, or where it belongs', () => {
    for (const { name, where } of rows) {
      const tests = [...where.matchAll(/`([\w/-]+): (.+?)`(?= |$)/g)];
      const [, situation] = /^\*(\w+)\*/.exec(where) ?? [];
      assert.ok(tests.length > 0 || SITUATIONS.includes(situation), `${name}: ${where}`);
      for (const [, file, title] of tests) {
        assert.ok(source(file).replaceAll("\\'", "'").includes(title), `${name}: ${file}: ${title}`);
      }
    }
  });

  test('names at least one test of each that speaks of the number itself', () => {
    for (const { name, code, where } of rows) {
      const tests = [...where.matchAll(/`([\w/-]+): (.+?)`(?= |$)/g)].filter(([, , title]) => title !== PASSED_ON);
      const words = [String(Math.abs(code)), CORE_NAMES.get(code) ?? String(code)];
      const speaks = ([, file, title]) => words.some((word) => body(source(file).replaceAll("\\'", "'"), title).includes(word));
      assert.ok(/^\*\w+\*/.test(where) || tests.some(speaks), `${name}: ${where}`);
    }
  });

  test('says in words what each means', () => {
    for (const { name, meaning, remedy } of rows) assert.ok(meaning.length > 6 && remedy.length > 0, name);
  });
});

/** Calls, and the call of the client by which each is answered. */
const CALLS = {
  sendMessage: ['submit', (im, callback, lib) => im.sendMessage(1, 'ada', new lib.TextMessage({ content: 'x' }), callback)],
  sendRecallMessage: ['submit', (im, callback) => im.sendRecallMessage({ conversationType: 1, targetId: 'ada', senderUserId: 'me', messageUId: 'U', sentTime: 1 }, callback)],
  getConversationList: ['conversations', (im, callback) => im.getConversationList(callback, null)],
  getRemoteHistoryMessages: ['history', (im, callback) => im.getRemoteHistoryMessages(1, 'ada', 0, 20, callback)],
  getFileToken: ['ask', (im, callback) => im.getFileToken(1, callback)],
};
const SAID = {
  sendMessage: [405, 20406, 20604, 21406, 21407, 21408, 21409, 21501, 22406, 22408, 23406, 23408, 23409, 23414, 31010, 33001, 33003],
  sendRecallMessage: [25101, 20604],
  getConversationList: [30007, 31011, 39001],
  getRemoteHistoryMessages: [23413, 33007],
  getFileToken: [20406, 24012, 23410, 23411, 23412, 23423, 23424, 23426, 23427, 41002],
};

for (const [method, codes] of Object.entries(SAID)) {
  test(`a code that the server says reaches the callback as it is: ${method}`, async () => {
    for (const code of codes) {
      const { im, client, RongIMLib } = await connected();
      const { told, callback } = recorder();
      const [asked, call] = CALLS[method];
      call(im, callback, RongIMLib);
      client.last(asked).reject(failure(code));
      await settled();
      const error = told.find(([name]) => name === 'onError');
      assert.equal(error?.[1], code, `${method} ${code}`);
      assert.equal(told.some(([name]) => name === 'onSuccess'), false);
    }
  });
}

test('an archive that takes no message answers 33008', async () => {
  const { im, client, RongIMLib } = await connected();
  client.archive = async () => ({ insert: async () => null });
  const { told, callback } = recorder();
  im.insertMessage(1, 'ada', new RongIMLib.TextMessage({ content: 'x' }), callback);
  for (let turn = 0; turn < 2000 && told.length === 0; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(told, [['onError', 33008]]);
});

test('a second call while one is under way answers 51002', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  const until = async (what) => {
    for (let turn = 0; turn < 2000 && !what(); turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  im.startCall(1, 'ada', [], 1, '', callback);
  await until(() => client.last('submit'));
  client.last('submit').resolve({});
  await until(() => told.length === 1);
  im.startCall(1, 'eve', [], 1, '', callback);
  await until(() => told.length === 2);
  assert.deepEqual(told.map(([name, value]) => [name, value.id === undefined ? value : 'call']), [['onSuccess', 'call'], ['onError', 51002]]);
});
