// What a page gives that cannot be meant, to every call of the modern face: an error of the package, and the core,
// which all clients of the page share, goes on.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inRoot } from '../../scripts/lib/paths.mjs';

const NOWHERE = { appKey: 'k', navigators: 'http://127.0.0.1:9' };
const BOB = { type: 1, targetId: 'bob' };
const KEPT = { conversation: BOB, messageUId: 'A-1', sentTime: 5, direction: 'sent', senderUserId: 'me' };

const itself = {};
itself.itself = itself;
/** Of each kind that there is in the language. */
const VALUES = {
  undefined, null: null, 'a number': 5, 'a negative number': -1, NaN, Infinity, 'a fraction': 1.5, '2^53': 2 ** 53, 'a text': 'x',
  'an empty text': '', true: true, 'a BigInt': 5n, 'a Symbol': Symbol('s'), 'a function': () => {}, 'an object': {},
  'a list': [1], 'a list of Symbols': [Symbol('s')], 'what is frozen': Object.freeze({}), 'a date': new Date(0), 'what holds itself': itself,
  'a long text': 'x'.repeat(1e6), 'an object without a prototype': Object.create(null), 'a map': new Map(),
};

const OPTIONS = ['signal', 'giveUpAfterMs', 'keep', 'mentioned', 'silent', 'onlyTo', 'pushText', 'pushData', 'configFlag', 'asAgent', 'clientId'];
/** Calls, by what in them is wrong. */
const CALLS = {
  'connect: token': (client, value) => client.connect(value),
  'connect: options': (client, value) => client.connect('t', value),
  'connect: userId': (client, value) => client.connect('t', { userId: value }),
  'send: to': (client, value) => client.send(value, 'x'),
  'send: type': (client, value) => client.send({ type: value, targetId: 'bob' }, 'x'),
  'send: targetId': (client, value) => client.send({ type: 1, targetId: value }, 'x'),
  'send: content': (client, value) => client.send(BOB, value),
  'send: body': (client, value) => client.send(BOB, { body: value }),
  'send: objectName': (client, value) => client.send(BOB, { objectName: value, body: {} }),
  'send: options': (client, value) => client.send(BOB, 'x', value),
  ...Object.fromEntries(OPTIONS.map((name) => [`send: ${name}`, (client, value) => client.send(BOB, 'x', { [name]: value })])),
  cancel: (client, value) => client.cancel(value),
  retry: (client, value) => client.retry(value),
  'retry: options': (client, value) => client.retry('5', value),
  'retry: signal': (client, value) => client.retry('5', { signal: value }),
  'retry: giveUpAfterMs': (client, value) => client.retry('5', { giveUpAfterMs: value }),
  conversations: (client, value) => client.conversations(value),
  'conversations: types': (client, value) => client.conversations({ types: value }),
  'conversations: a type': (client, value) => client.conversations({ types: [value] }),
  'conversations: count': (client, value) => client.conversations({ count: value }),
  'conversations: remote, hidden': (client, value) => client.conversations({ remote: value, hidden: value }),
  unreadCount: (client, value) => client.unreadCount(value),
  conversation: (client, value) => client.conversation(value),
  clearUnread: (client, value) => client.clearUnread(value),
  setUnread: (client, value) => client.setUnread(BOB, value),
  markRead: (client, value) => client.markRead(BOB, value),
  'markRead: upTo': (client, value) => client.markRead(BOB, { upTo: value }),
  setPinned: (client, value) => client.setPinned(BOB, value),
  setDraft: (client, value) => client.setDraft(BOB, value),
  recall: (client, value) => client.recall(value),
  'recall: conversation': (client, value) => client.recall({ ...KEPT, conversation: value }),
  'recall: options': (client, value) => client.recall(KEPT, value),
  sendTyping: (client, value) => client.sendTyping(BOB, value),
  requestReceipt: (client, value) => client.requestReceipt(value),
  answerReceipts: (client, value) => client.answerReceipts(value),
  receiptReaders: (client, value) => client.receiptReaders(value),
  'receiptReaders: conversation': (client, value) => client.receiptReaders({ ...KEPT, conversation: value }),
  'receiptReaders: messageUId': (client, value) => client.receiptReaders({ ...KEPT, messageUId: value }),
  'ask: target': (client, value) => client.ask('getBlack', value),
  'ask: body': (client, value) => client.ask('qnTkn', null, value),
  joinRoom: (client, value) => client.joinRoom(value),
  'joinRoom: history': (client, value) => client.joinRoom('room', value),
  history: (client, value) => client.history(BOB, value),
  'history: before': (client, value) => client.history(BOB, { before: value }),
  'history: count': (client, value) => client.history(BOB, { count: value }),
  'history: known': (client, value) => client.history(BOB, { before: { sentTime: 5, known: value } }),
  historyPages: (client, value) => client.historyPages(BOB, value).next(),
  deleteMessages: (client, value) => client.deleteMessages(BOB, value),
  'deleteMessages: one': (client, value) => client.deleteMessages(BOB, [value]),
  clearHistory: (client, value) => client.clearHistory(BOB, value),
  'clearHistory: upTo': (client, value) => client.clearHistory(BOB, { upTo: value }),
};

let hongyan;

before(async () => {
  hongyan = await import('../../pkg/slim.js');
  await hongyan.init(readFileSync(inRoot('pkg', 'hongyan_bg.wasm')));
});

/** Why a call failed; null for one that did not, or that waits for a network. */
const faultOf = (call) => Promise.race([Promise.resolve(call).then(() => null, (error) => error), sleep(5, null)]);

describe('what cannot be meant', () => {
  for (const [name, call] of Object.entries(CALLS)) {
    test(`${name}: an error of the package at most, and the core goes on`, async (t) => {
      const { mock } = t.mock.method(console, 'error', () => {});
      for (const [what, value] of Object.entries(VALUES)) {
        const client = hongyan.createClient(NOWHERE);
        if (!name.startsWith('connect')) client.connect('t').catch(() => {});
        await client.conversations().catch(() => {});
        const fault = await faultOf(call(client, value));
        assert.ok(fault === null || fault instanceof hongyan.HongyanError, `${what}: ${fault}`);
        assert.notEqual(fault?.code, 33094, what);
        client.destroy();
      }
      assert.deepEqual(mock.calls.map(({ arguments: said }) => said), []);
    });
  }

  test('options of createClient', () => {
    for (const name of ['appKey', 'navigators', 'navigationTimeoutMs', 'token', 'archive', 'tabs', 'log', 'transport', 'allowedHosts']) {
      for (const [what, value] of Object.entries(VALUES)) {
        try {
          hongyan.createClient({ ...NOWHERE, [name]: value }).destroy();
        } catch (error) {
          assert.equal(error.code, -3, `${name}, ${what}: ${error}`);
        }
      }
    }
  });

  test('a listener that is no function, or of no event, is told at once', () => {
    const client = hongyan.createClient(NOWHERE);
    for (const way of ['on', 'once']) {
      assert.throws(() => client[way]('message', undefined), ({ code }) => code === -3);
      for (const name of ['mesage', 'toString', undefined, Symbol('message')]) {
        assert.throws(() => client[way](name, () => {}), ({ code, message }) => code === -3 && message.includes(String(name)));
      }
      client.off('mesage', undefined);
    }
    client.destroy();
  });
});

describe('numbers beyond what the core takes', () => {
  const state = async (options) => {
    const client = hongyan.createClient(NOWHERE);
    client.connect('t').catch(() => {});
    const { clientId, sent } = client.submit(BOB, 'x', options);
    sent.catch(() => {});
    await sleep(30);
    const entry = (await client.outbox()).find((one) => one.clientId === clientId);
    client.destroy();
    return entry?.state.name;
  };

  test('a send that may wait for ever, or longer than a number of 32 bits says, waits', async () => {
    assert.deepEqual(await Promise.all([Infinity, 2 ** 32, 1e15].map((giveUpAfterMs) => state({ giveUpAfterMs }))), ['queued', 'queued', 'queued']);
  });

  test('a type beyond them is none, not another one', async () => {
    const client = hongyan.createClient(NOWHERE);
    await assert.rejects(client.conversation({ type: 2 ** 32 + 1, targetId: 'bob' }), ({ code }) => code === -3);
    client.destroy();
  });
});

test('a retry whose signal is aborted already is not tried', async () => {
  const client = hongyan.createClient(NOWHERE);
  client.connect('t').catch(() => {});
  const { clientId, sent } = client.submit(BOB, 'x');
  await assert.rejects(client.retry(clientId, { signal: AbortSignal.abort() }), ({ code }) => code === 33099);
  const ended = sent.catch(({ code }) => code);
  assert.equal((await client.outbox()).length, 1, 'it waits as it did');
  client.destroy();
  assert.equal(await ended, 33001);
});
