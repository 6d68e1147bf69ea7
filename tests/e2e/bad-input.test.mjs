// What a page gets wrong, through the modern face and the real server: the documented code, nothing
// sent, nothing lost, and a session that goes on.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { launch } from './lib/browser.mjs';
import { Device } from './lib/device.mjs';
import { SdkPages } from './lib/sdk-page.mjs';
import { callApi } from './lib/server-api.mjs';
import { Server } from './lib/server.mjs';

const SECRET = 'a-secret-of-this-test';
const BOB = { type: 1, targetId: 'bob' };
const OURS = { type: 3, targetId: 'ours' };
const THEIRS = { type: 3, targetId: 'theirs' };
const NUL = String.fromCharCode(0);

let browser;
let pages;
let server;
let ann;
let bob;
/** What Bob must have heard: nothing but this. */
const said = [];

before(async () => {
  [browser, server, pages] = await Promise.all([launch(), Server.start({ send_rate: 0, app_secret: SECRET }), SdkPages.serve()]);
  const world = { browser, server, pages };
  [ann, bob] = await Promise.all([Device.open(world, 'ann'), Device.open(world, 'bob')]);
  await callApi(server, SECRET, '/group/create.json', { userId: ['ann', 'bob'], groupId: 'ours', groupName: 'ours' });
  await callApi(server, SECRET, '/group/create.json', { userId: 'bob', groupId: 'theirs', groupName: 'theirs' });
});
after(async () => {
  await browser?.close();
  await pages?.close();
  await server?.stop();
});

/** The session is alive, and Bob has heard what was said, and nothing else. */
afterEach(async () => {
  const text = `still here ${said.length}`;
  await ann.send(BOB, text);
  said.push(text);
  await bob.hears('message', ({ content }) => content.content === text);
  assert.deepEqual((await bob.told('message')).map(({ content }) => content.content), said);
  assert.deepEqual(await ann.do((client) => client.status), { name: 'connected', code: 0 });
  assert.deepEqual([ann.page.problems, await ann.told('error')], [[], []]);
});

/** Calls that are refused: what, code, the call. */
function refused(table) {
  for (const [what, code, work, ...args] of table) {
    it(`${what}: ${code}`, async () => assert.equal(await ann.code(work, ...args), code));
  }
}

const send = (client, ...args) => client.send(...args);

describe('a target', { timeout: 60_000 }, () => {
  refused([
    ['that is a number', -3, send, { type: 1, targetId: 5 }, 'x'],
    ['that is empty', -3, send, { type: 1, targetId: '' }, 'x'],
    ['that is missing', -3, send, null, 'x'],
    ['of a type that is a text', -3, send, { type: '1', targetId: 'bob' }, 'x'],
    ['of an unknown type', -3, send, { type: 99, targetId: 'bob' }, 'x'],
    ['of the type 0', -3, send, { type: 0, targetId: 'bob' }, 'x'],
    ['that only the server writes to', -3, send, { type: 6, targetId: 'bob' }, 'x'],
    ['longer than an id may be', 33003, send, { type: 1, targetId: 'b'.repeat(65) }, 'x'],
    ['with a control character', 33003, send, { type: 1, targetId: `bob${NUL}` }, 'x'],
    ['a group that is not there', 22406, send, { type: 3, targetId: 'nowhere' }, 'x'],
    ['a group of others', 22406, send, THEIRS, 'x'],
    ['a discussion of others', 21406, send, { type: 2, targetId: 'nowhere' }, 'x'],
  ]);
});

describe('a content', { timeout: 60_000 }, () => {
  refused([
    ['that is a number', -3, send, BOB, 5],
    ['that is null', -3, send, BOB, null],
    ['whose body is a text', -3, send, BOB, { body: 'x' }],
    ['whose body is a list', -3, send, BOB, { body: ['x'] }],
    ['that has no JSON', -3, (client, to) => client.send(to, { body: { content: 1n } }), BOB],
    ['that has itself in it', -3, (client, to) => {
      const body = {};
      body.self = body;
      return client.send(to, { body });
    }, BOB],
    ['without a class', -3, send, BOB, { objectName: '', body: {} }],
    ['of a class that is no text', -3, send, BOB, { objectName: 5, body: {} }],
    ['of a class with a name too long', 33003, send, BOB, { objectName: 'c'.repeat(65), body: {} }],
  ]);

  it('over 128 KiB: 30016, and one of just 128 KiB is taken', async () => {
    const sized = (client, to, bytes) => {
      const body = { a: '' };
      body.a = 'x'.repeat(bytes - JSON.stringify(body).length);
      return client.send(to, { objectName: 'app:Big', body, counted: false });
    };
    assert.equal(await ann.code(sized, BOB, 128 * 1024 + 1), 30016);
    assert.equal(await ann.code(sized, BOB, 128 * 1024), 'done');
    said.push(undefined);
  });
});

describe('a history', { timeout: 60_000 }, () => {
  const history = (client, ...args) => client.history(...args);
  refused([
    ['of 0 messages', -3, history, BOB, { count: 0 }],
    ['of -1 messages', -3, history, BOB, { count: -1 }],
    ['of 2^31 messages', -3, history, BOB, { count: 2 ** 31 }],
    ['of 1.5 messages', -3, history, BOB, { count: 1.5 }],
    ['both ways', -3, history, BOB, { before: 1, after: 1 }],
    ['before a text', -3, history, BOB, { before: 'x' }],
    ['of a group of others', 22406, history, THEIRS],
  ]);
});

describe('a message', { timeout: 60_000 }, () => {
  const ghost = { conversation: BOB, senderUserId: 'ann', direction: 'sent', messageUId: 'AAAA-BBBB-CCCC-DDDD', sentTime: 1 };
  const recall = (client, message) => client.recall(message);
  const ask = (client, message) => client.requestReceipt(message);
  const readers = (client, message) => client.receiptReaders(message);
  refused([
    ['taken back that is nowhere', 25101, recall, ghost],
    ['taken back that was never sent', -3, recall, { ...ghost, messageUId: '' }],
    ['taken back that is none', -3, recall, null],
    ['asked about in a group of others', 22406, ask, { ...ghost, conversation: THEIRS }],
    ['whose readers are in a group of others', 22406, readers, { ...ghost, conversation: THEIRS }],
    ['deleted that is none', -3, (client, to) => client.deleteMessages(to, [{}]), BOB],
    ['deleted of none', -3, (client, to) => client.deleteMessages(to, []), BOB],
  ]);

  it("of somebody else's: 25101", async () => {
    const { messageUId } = await bob.send({ type: 3, targetId: 'ours' }, 'mine');
    const heard = await ann.hears('message', (message) => message.messageUId === messageUId);
    assert.equal(await ann.code(recall, heard), 25101);
    assert.equal(await ann.code(recall, { ...heard, direction: 'sent' }), 25101);
    assert.deepEqual((await ann.history(OURS)).map(({ objectName }) => objectName), ['RC:TxtMsg']);
  });
});

describe('a conversation', { timeout: 60_000 }, () => {
  refused([
    ['with -1 unread', -3, (client, ref) => client.setUnread(ref, -1), BOB],
    ['read up to a text', -3, (client, ref) => client.markRead(ref, { upTo: 'now' }), BOB],
    ['with a draft that is no text', -3, (client, ref) => client.setDraft(ref, 5), BOB],
    ['without a name pinned', -3, (client) => client.setPinned({}, true)],
    ['cleared up to 0', -3, (client, ref) => client.clearHistory(ref, { upTo: 0 }), BOB],
    ['without history cleared', -3, (client) => client.clearHistory({ type: 4, targetId: 'r' })],
  ]);
});

describe('a question', { timeout: 60_000 }, () => {
  refused([
    ['that nobody knows', -3, (client) => client.ask('nothing', null, {})],
    ['with a member too much', -3, (client) => client.ask('rrList', 'ours', { nothing: 1 })],
    ['that is no data', -3, (client) => client.ask('rrList', 'ours', 'x')],
  ]);
});
