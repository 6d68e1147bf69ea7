// The modern face with the real core, in Node: no server is there, and none is needed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inRoot } from '../../scripts/lib/paths.mjs';

/** Nobody listens there. */
const NOWHERE = { appKey: 'k', navigators: 'http://127.0.0.1:9' };
const BOB = { type: 1, targetId: 'bob' };

let hongyan;
/** What the core exports, as the loader got it. */
let exports;

before(async () => {
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...args) => {
    const made = await instantiate.apply(WebAssembly, args);
    exports = (made.instance ?? made).exports;
    return made;
  };
  hongyan = await import('../../pkg/slim.js');
  await hongyan.init(readFileSync(inRoot('pkg', 'hongyan_bg.wasm')));
  // Node's own fetch is WebAssembly, too.
  WebAssembly.instantiate = instantiate;
});

const fails = (promise) => promise.then(() => assert.fail('it did not fail'), (error) => error);

describe('options', () => {
  for (const [what, options, says] of [
    ['nothing', undefined, /options/],
    ['an unknown name', { ...NOWHERE, navigatrs: 'x' }, /navigatrs/],
    ['no app key', { navigators: 'x' }, /appKey/],
    ['no navigators', { appKey: 'k', navigators: [] }, /navigators/],
    ['an empty navigator', { appKey: 'k', navigators: ['a', ' '] }, /navigators/],
    ['a time of 0', { ...NOWHERE, navigationTimeoutMs: 0 }, /navigationTimeoutMs/],
    ['a transport that there is not', { ...NOWHERE, transport: 'xhr' }, /transport must be one of auto/],
    ['allowed hosts that are none', { ...NOWHERE, allowedHosts: ['https://a.test'] }, /allowedHosts/],
    ['a log that is no function', { ...NOWHERE, log: true }, /log/],
  ]) {
    test(`${what} is told at once`, () => {
      assert.throws(() => hongyan.createClient(options), (error) => error.code === -3 && says.test(error.message));
    });
  }
});

describe('calls', () => {
  test('arguments of the wrong shape reject with -3', async () => {
    const client = hongyan.createClient(NOWHERE);
    for (const call of [
      () => client.connect(''),
      () => client.connect(42),
      () => client.send({ type: 1 }, 'x'),
      () => client.send({ type: '1', targetId: 'b' }, 'x'),
      () => client.send(BOB, 7),
      () => client.send(BOB, { objectName: '', body: {} }),
      () => client.send(BOB, { body: ['a list'] }),
      () => client.send(BOB, { body: { content: 1n } }),
      () => client.setUnread(BOB, -1),
      () => client.conversation({}),
    ]) {
      assert.equal((await fails(call())).code, -3);
    }
    client.destroy();
  });

  test('a question that cannot be asked says which member is wrong', async () => {
    const client = hongyan.createClient(NOWHERE);
    for (const [question, says] of [
      [['nope', null, {}], /no question nope/],
      [['quitDiz', null, {}], /target/],
      [['qnTkn', 'bob', { type: 1 }], /target/],
      [['qnTkn', null, { type: 1, typ: 1 }], /no member typ\b/],
      [['qnTkn', null, {}], /lacks its member type\b/],
      [['qnTkn', null, { type: 'one' }], /member type .*wrong type/],
      [['qnTkn', null, { type: 2 ** 31 }], /out of range/],
      [['delMsg', 'bob', { msgs: [{ msgId: 5 }] }], /msgs\.msgId/],
      [['delMsg', 'bob', { msgs: [7] }], /msgs/],
      [['qnTkn', null, []], /must be an object/],
      [['qnTkn', null, 'type'], /object of plain data/],
      [['qnTkn', null, null], /object/],
      [['qnTkn', 5, {}], /a text or null/],
      [[7, null, {}], /a topic/],
    ]) {
      const error = await fails(client.ask(...question));
      assert.equal(error.code, -3, JSON.stringify(question));
      assert.match(error.message, says);
    }
    const loop = {};
    loop.loop = loop;
    assert.equal((await fails(client.ask('qnTkn', null, loop))).code, -3);
    client.destroy();
  });

  test('a question needs a link and says so', async () => {
    const client = hongyan.createClient(NOWHERE);
    assert.equal((await fails(client.ask('getBlack', null, {}))).code, 30002);
    client.connect('t').catch(() => {});
    const error = await fails(client.ask('qnTkn', null, { type: 1, size: 2n ** 60n }));
    assert.deepEqual([error.code, error.retryable], [31011, true]);
    assert.equal((await fails(client.history(BOB))).code, 31011);
    assert.equal((await fails(client.setPinned(BOB, true))).code, 31011);
    assert.equal((await fails(client.historyPages(BOB).next())).code, 31011);
    client.destroy();
  });

  test('what is wrong with history, drafts and recalls is told', async () => {
    const client = hongyan.createClient(NOWHERE);
    for (const call of [
      () => client.history(BOB, { count: 0 }),
      () => client.history({}, {}),
      () => client.deleteMessages(BOB, []),
      () => client.deleteMessages(BOB, [{}]),
      () => client.clearHistory({ type: 4, targetId: 'room' }),
      () => client.clearHistory(BOB, { upTo: 'now' }),
      () => client.setDraft(BOB, 7),
      () => client.markRead(BOB, { upTo: NaN }),
      () => client.recall({ conversation: BOB }),
      () => client.requestReceipt({}),
    ]) {
      assert.equal((await fails(call())).code, -3, String(call));
    }
    const of = { conversation: BOB, messageUId: 'A-1', sentTime: 5, direction: 'received', senderUserId: 'bob' };
    assert.equal((await fails(client.recall(of))).code, 25101);
    client.destroy();
  });

  test('a draft is kept on its row and brings its conversation into the list', async () => {
    const client = hongyan.createClient(NOWHERE);
    client.connect('t').catch(() => {});
    await client.setDraft(BOB, '半句👌');
    const [row] = await client.conversations();
    assert.deepEqual(
      [row.conversation, row.draft, row.latestMessage, row.pinned, row.muted, row.hidden, row.mentionCount, row.peerReadTime],
      [BOB, '半句👌', null, false, false, false, 0, 0],
    );
    assert.deepEqual(await client.drafts(), [{ conversation: BOB, draft: '半句👌' }]);
    assert.equal(await client.unreadCount(), 0);
    await client.markRead(BOB);
    await client.setDraft(BOB, '');
    assert.deepEqual([await client.conversations(), await client.drafts()], [[], []]);
    client.destroy();
  });

  test('a client id that is none rejects with 33003', async () => {
    const client = hongyan.createClient(NOWHERE);
    client.connect('t').catch(() => {});
    assert.equal((await fails(client.send(BOB, 'x', { clientId: 'twelve' }))).code, 33003);
    client.destroy();
  });

  test('a navigator that is not there: a typed error and the statuses on the way', async () => {
    const client = hongyan.createClient(NOWHERE);
    const statuses = [];
    client.on('status', ({ name }) => statuses.push(name));
    const error = await fails(client.connect('t'));
    assert.ok(error instanceof hongyan.HongyanError);
    assert.deepEqual([error.code, error.origin, error.retryable], [203, 'network', true]);
    assert.deepEqual(statuses, ['navigationRequested', 'navigationFailed', 'networkUnavailable']);
    assert.equal(client.status.name, 'networkUnavailable');
    client.destroy();
  });

  test("a navigator's whole answer is told, before the status that it came", async (t) => {
    const answer = { code: 200, server: '127.0.0.1:9', userId: 'me', openMp: 1, voipCallInfo: '{"a":"});"}' };
    const navigator = createHttpServer((_request, response) => response.end(`getServerEndpoint(${JSON.stringify(answer)});`)).listen(0, '127.0.0.1');
    await once(navigator, 'listening');
    t.after(() => navigator.close());
    const client = hongyan.createClient({ appKey: 'k', navigators: `http://127.0.0.1:${navigator.address().port}` });
    const told = [];
    const answered = new Promise((resolve) => client.on('status', ({ name }) => name === 'navigationAnswered' && resolve(told.push(name))));
    client.on('navigation', (body) => told.push(body));
    client.connect('t').catch(() => {});
    await answered;
    client.destroy();
    assert.deepEqual(told, [answer, 'navigationAnswered']);
  });

  test('the list is empty and answers without a network', async () => {
    const client = hongyan.createClient(NOWHERE);
    client.connect('t').catch(() => {});
    assert.deepEqual(await client.conversations(), []);
    assert.equal(await client.conversation(BOB), null);
    client.destroy();
  });

  test('what nobody listened for is named all the same later', async () => {
    const client = hongyan.createClient(NOWHERE);
    client.connect('t', { userId: 'me' }).catch(() => {});
    client.submit({ type: 1, targetId: 'unheard' }, '一').sent.catch(() => {});
    // The change of the list is told, to nobody.
    await sleep(20);
    const [found] = await client.conversations();
    assert.deepEqual(found.conversation, { type: 1, targetId: 'unheard' });
    assert.equal(found.latestMessage.content.content, '一');
    client.destroy();
  });

  test('a send has its id and its message at once, and can be taken back', async () => {
    const client = hongyan.createClient(NOWHERE);
    client.connect('t').catch(() => {});
    const changes = [];
    client.on('send', ({ clientId, state, message }) => changes.push([clientId, state.name, message?.content.content]));
    const stop = new AbortController();
    const { clientId, sent } = client.submit(BOB, '你好', { signal: stop.signal });
    assert.match(clientId, /^[1-9]\d{0,18}$/);
    await sleep(20);
    stop.abort();
    assert.equal((await fails(sent)).code, 33099);
    assert.deepEqual(changes, [[clientId, 'queued', '你好'], [clientId, 'cancelled', '你好']]);
    client.destroy();
  });

  test('nothing is told within the call that causes it', async () => {
    const client = hongyan.createClient(NOWHERE);
    let told = 0;
    client.on('status', () => (told += 1));
    await client.conversations();
    client.connect('t').catch(() => {});
    assert.equal(told, 0);
    await sleep(0);
    assert.ok(told > 0);
    client.destroy();
  });
});

describe('listeners', () => {
  test('one that throws stops nobody and comes back as an event', async () => {
    const client = hongyan.createClient(NOWHERE);
    const [heard, errors] = [[], []];
    client.on('status', () => {
      throw new Error('mine');
    });
    client.on('status', ({ name }) => heard.push(name));
    client.on('error', (error) => errors.push(error.message));
    await fails(client.connect('t'));
    assert.ok(heard.includes('navigationFailed'));
    assert.equal(errors.filter((text) => text === 'mine').length, heard.length);
    client.destroy();
  });

  test('once is once, off is off, and the same one is kept once', async () => {
    const client = hongyan.createClient(NOWHERE);
    const calls = { once: 0, off: 0, twice: 0 };
    const twice = () => (calls.twice += 1);
    client.once('status', () => (calls.once += 1));
    client.on('status', () => (calls.off += 1))();
    client.on('status', twice);
    client.on('status', twice);
    let all = 0;
    client.on('status', () => (all += 1));
    await fails(client.connect('t'));
    assert.ok(all > 1);
    assert.deepEqual(calls, { once: 1, off: 0, twice: all });
    client.destroy();
  });

  test('one may call anything, also the end', async () => {
    const client = hongyan.createClient(NOWHERE);
    let told = 0;
    client.on('status', () => {
      told += 1;
      client.send(BOB, 'x').catch(() => {});
      client.connect('t').catch(() => {});
      client.destroy();
    });
    assert.equal((await fails(client.connect('t'))).code, 33001);
    await sleep(100);
    assert.equal(told, 1);
  });
});

describe('the end', () => {
  test('destroy rejects what waits and what comes, twice is once', async () => {
    const client = hongyan.createClient(NOWHERE);
    const waiting = fails(client.connect('t'));
    client.destroy();
    client.destroy();
    assert.equal((await waiting).code, 33001);
    assert.equal((await fails(client.send(BOB, 'x'))).code, 33001);
    assert.equal((await fails(client.archive())).code, 33001);
    assert.equal(client.status.name, 'connectionClosed');
  });

  test('many clients come and go in the memory of a few', async () => {
    const round = async () => {
      const client = hongyan.createClient(NOWHERE);
      client.connect('t').catch(() => {});
      await client.conversations();
      client.destroy();
      await sleep(0);
    };
    for (let n = 0; n < 20; n += 1) await round();
    const before = exports.memory.buffer.byteLength;
    for (let n = 0; n < 300; n += 1) await round();
    assert.equal(exports.memory.buffer.byteLength, before);
  });

  test('C26 a core that stops ends its clients, and the next one gets a fresh core', async (t) => {
    const told = t.mock.method(console, 'error', () => {});
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    t.after(() => silent.close());
    const navigators = `http://127.0.0.1:${silent.address().port}`;
    const [client, other] = [hongyan.createClient(NOWHERE), hongyan.createClient({ appKey: 'k', navigators })];
    const gone = hongyan.createClient(NOWHERE);
    gone.connect('t').catch(() => {});
    await Promise.all([client, other, gone].map((one) => one.conversations()));
    const errors = [];
    client.on('error', (error) => errors.push(error.code));
    const waiting = fails(other.connect('t'));
    await sleep(0);
    // What is left to do for it comes when there is a fresh core.
    gone.destroy();
    // Every address it finds from here on is one that it does not have.
    new Uint8Array(exports.memory.buffer).fill(0x7f);
    const stopped = fails(client.conversations());
    const next = hongyan.createClient(NOWHERE);
    next.connect('t').catch(() => {});
    assert.equal((await stopped).code, 33094);
    assert.equal((await waiting).code, 33094);
    assert.equal((await fails(client.send(BOB, 'x'))).code, 33094);
    await sleep(0);
    assert.deepEqual(errors, [33094]);
    assert.equal(told.mock.callCount(), 1, 'said once');
    await sleep(20);
    assert.deepEqual(await next.conversations(), []);
    next.destroy();
    client.destroy();
  });
});
