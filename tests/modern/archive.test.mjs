// The archive's own face, with its real core, in Node: there is no IndexedDB there, so everything
// is in memory and told so. What IndexedDB adds is tested in a browser.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { inRoot } from '../../scripts/lib/paths.mjs';

const BOB = { type: 1, targetId: 'bob' };
const GROUP = { type: 3, targetId: '组/1' };

let archives;
let HongyanError;

before(async () => {
  archives = await import('../../pkg/archive.js');
  ({ HongyanError } = await import('../../pkg/index.js'));
});

const message = (n, content, more = {}) => ({
  conversation: BOB, senderUserId: 'bob', direction: 'received', objectName: 'RC:TxtMsg', sentTime: 1_000 + n,
  content: typeof content === 'string' ? { content } : content, messageUId: `U-${n}`, clientId: '', persisted: true,
  counted: true, mentioned: false, offline: false, ...more,
});

async function open(more = {}) {
  const wasm = readFileSync(inRoot('pkg', 'hongyan_archive_bg.wasm'));
  const archive = await archives.open({ appKey: 'k', userId: 'ann', wasm, ...more });
  archive.errors = [];
  archive.on('error', (error) => archive.errors.push(error));
  return archive;
}

const fails = (promise) => promise.then(() => assert.fail('it did not fail'), (error) => error);
const texts = ({ messages }) => messages.map(({ content }) => content.content).join(' ');

test('without a database messages are in memory, and that is told once', async () => {
  const archive = await open();
  await archive.put([message(1, 'a')]);
  await archive.put([message(2, 'b')]);
  assert.deepEqual(archive.errors.map(({ code, reason }) => [code, reason]), [[33002, 'unavailable']]);
  assert.ok(archive.errors[0] instanceof HongyanError);
  assert.deepEqual(await archive.stats(), { messages: 2, durable: false });
});

test('a message comes back as it was, with what the archive adds', async () => {
  const archive = await open();
  const whole = message(1, { content: '你好 👌', extra: { deep: [1, null] }, user: { id: 'x' } }, {
    conversation: GROUP, mentioned: true, offline: true, counted: false, clientId: '9223372036854775807',
  });
  const [localId] = await archive.put([whole]);
  // What others call their messages says nothing here.
  const expected = { ...whole, clientId: '', localId, extra: '', sentStatus: 0, receivedStatus: 0 };
  assert.deepEqual(await archive.get('U-1'), expected);
  assert.deepEqual(await archive.get(localId), expected);
  assert.equal(await archive.get('U-2'), null);
  const raw = await archive.insert(message(3, { raw: 'not JSON' }));
  assert.deepEqual(raw.content, { raw: 'not JSON' });
});

test('an unsent message becomes the sent one', async () => {
  const archive = await open();
  const echo = message(5, 'hi', { direction: 'sent', senderUserId: 'ann', messageUId: '', clientId: '77' });
  const kept = await archive.insert(echo);
  assert.equal(kept.sentStatus, 10);
  await archive.put([{ ...echo, sentTime: 2_000, messageUId: 'U-9', sentStatus: 30 }]);
  const sent = await archive.get(kept.localId);
  assert.deepEqual(await archive.get({ clientId: '77' }), sent);
  assert.equal(await archive.get({ clientId: '78' }), null);
  assert.equal((await archive.setExtra({ clientId: '77' }, 'noted')).extra, 'noted');
  assert.deepEqual([sent.messageUId, sent.sentTime, sent.sentStatus], ['U-9', 2_000, 30]);
  assert.equal((await archive.page(BOB)).messages.length, 1);
});

test('changes, statuses, notes, deletion', async () => {
  const archive = await open();
  let changes = 0;
  const stop = archive.on('change', () => (changes += 1));
  await archive.put([message(1, 'a'), message(2, 'b'), message(3, 'c')]);
  assert.equal((await archive.setExtra('U-1', 'note')).extra, 'note');
  assert.equal((await archive.setStatus('U-1', { receivedStatus: 2 })).receivedStatus, 2);
  await archive.markRead(BOB, { upTo: 1_002 });
  const statuses = (await archive.page(BOB)).messages.map(({ receivedStatus }) => receivedStatus);
  assert.deepEqual(statuses, [3, 1, 0]);
  const changed = await archive.update('U-1', { content: { content: 'new' }, objectName: 'my:Type' });
  assert.deepEqual([changed.objectName, changed.content, changed.extra], ['my:Type', { content: 'new' }, 'note']);
  assert.equal(await archive.update('U-7', { extra: 'x' }), null);
  assert.equal(await archive.delete(['U-1', 'U-7', 2]), 2);
  assert.equal(await archive.clear(BOB), 1);
  assert.equal(changes, 7);
  stop();
  await archive.put([message(1, 'a')]);
  assert.equal(changes, 7);
});

test('pages in both directions', async () => {
  const archive = await open();
  await archive.put(Array.from({ length: 250 }, (_, n) => message(n, String(n))));
  const last = await archive.page(BOB, { count: 3 });
  assert.deepEqual([texts(last), last.more], ['247 248 249', true]);
  assert.equal(texts(await archive.page(BOB, { before: last.messages[0], count: 2 })), '245 246');
  const rest = await archive.page(BOB, { after: last.messages[0], count: 5 });
  assert.deepEqual([texts(rest), rest.more], ['248 249', false]);
  assert.equal(texts(await archive.page(BOB, { before: { sentTime: 1_002 } })), '0 1');
  const local = await archive.insert(message(0, 'local', { sentTime: 5_000, messageUId: '' }));
  await archive.insert(message(0, 'later', { sentTime: 5_000, messageUId: '' }));
  assert.equal(texts(await archive.page(BOB, { after: local })), 'later');
});

test('a search with highlights, pages and conversations', async () => {
  const archive = await open();
  const many = Array.from({ length: 30 }, (_, n) => message(n, `tea ${n}`));
  await archive.put([...many, message(99, { title: '👌绿茶 Tea', content: 'x' }, { conversation: GROUP, objectName: 'RC:ImgTextMsg' })]);
  const first = await archive.search('TEA', { count: 20 });
  assert.deepEqual([first.hits.length, first.total, first.exact, first.more], [20, 31, true, true]);
  const second = await archive.search('TEA', { count: 20, before: first.next });
  const uids = [...first.hits, ...second.hits].map(({ message }) => message.messageUId);
  assert.deepEqual([new Set(uids).size, second.more, second.next], [31, false, null]);
  const { hits } = await archive.search('绿茶 te', { types: ['RC:ImgTextMsg'], conversation: GROUP });
  const marked = hits[0].highlights.map(({ field, start, end }) => hits[0].message.content[field].slice(start, end));
  assert.deepEqual(marked, ['绿茶', 'Te']);
  const { conversations, exact } = await archive.searchConversations('tea');
  assert.deepEqual(conversations.map(({ conversation, count }) => [conversation, count]), [[GROUP, 1], [BOB, 30]]);
  assert.ok(exact);
  assert.deepEqual((await archive.search('')).hits, []);
});

test('the page says which members of a message are searched', async () => {
  const archive = await open();
  const content = { content: '成都', city: '重庆', district: '渝中' };
  await archive.put([{ ...message(1, ''), objectName: 'app:Place', content }]);
  const counts = async () => Promise.all(['成都', '重庆', '渝中'].map(async (keyword) => (await archive.search(keyword)).hits.length));
  assert.deepEqual(await counts(), [1, 0, 0]);
  const { messageUId } = message(1, '');
  const changed = await archive.update(messageUId, { searchFields: ['city', 'district'] });
  assert.deepEqual([changed.content, await counts()], [content, [0, 1, 1]]);
  const [{ highlights }] = (await archive.search('渝中')).hits;
  assert.deepEqual(highlights, [{ field: 'district', start: 0, end: 2 }]);
  // Heard once more, as after a reconnect.
  await archive.put([{ ...message(1, ''), objectName: 'app:Place', content }]);
  assert.deepEqual(await counts(), [0, 1, 1]);
  await archive.update(messageUId, { searchFields: [] });
  assert.deepEqual(await counts(), [0, 0, 0]);
  for (const searchFields of ['city', [5], ['a,b'], Array(8).fill('a'), null]) assert.equal((await fails(archive.update(messageUId, { searchFields }))).code, -3);
});

test('too many messages take the oldest away', async () => {
  const archive = await open({ maxMessages: 50 });
  await archive.put(Array.from({ length: 120 }, (_, n) => message(n, String(n))));
  assert.equal((await archive.stats()).messages <= 50, true);
  assert.ok(await archive.get('U-119'));
  assert.equal(await archive.get('U-10'), null);
});

test('calls at the same time are done one after the other', async () => {
  const archive = await open();
  const puts = Array.from({ length: 20 }, (_, n) => archive.put([message(n, String(n))]));
  const ids = (await Promise.all(puts)).flat();
  assert.deepEqual(ids, Array.from({ length: 20 }, (_, n) => n + 1));
});

describe('bad input is told and nothing is kept', () => {
  const bad = [
    ['no list', (archive) => archive.put('x')],
    ['no message', (archive) => archive.put([null])],
    ['no conversation', (archive) => archive.put([message(1, 'a', { conversation: 'bob' })])],
    ['content that is no object', (archive) => archive.put([message(2, 'a', { content: 'x' })])],
    ['content that is a circle', (archive) => { const circle = {}; circle.circle = circle; return archive.put([message(1, circle)]); }],
    ['a time that is none', (archive) => archive.put([message(1, 'a', { sentTime: Number.NaN })])],
    ['a status that is none', (archive) => archive.put([message(1, 'a', { sentStatus: 'sent' })])],
    ['one bad message of three', (archive) => archive.put([message(1, 'a'), { ...message(2, 'b'), objectName: 7 }, message(3, 'c')])],
    ['a name that is none', (archive) => archive.get({})],
    ['a count of 0', (archive) => archive.page(BOB, { count: 0 })],
    ['a count of -1', (archive) => archive.search('a', { count: -1 })],
    ['a count of 2^31', (archive) => archive.page(BOB, { count: 2 ** 31 })],
    ['two directions', (archive) => archive.page(BOB, { before: { sentTime: 1 }, after: { sentTime: 1 } })],
    ['a keyword that is no text', (archive) => archive.search(7)],
    ['types that are no list', (archive) => archive.search('a', { types: 'RC:TxtMsg' })],
  ];
  for (const [what, call] of bad) {
    test(what, async () => {
      const archive = await open();
      assert.equal((await fails(call(archive))).code, -3);
      assert.equal((await archive.stats()).messages, 0);
    });
  }

  test('types and cursors of the wrong kind', async () => {
    const archive = await open();
    assert.equal((await fails(archive.search('a', { types: [7] }))).code, 33003);
    assert.equal((await fails(archive.search('a', { before: { sentTime: 1, skip: 'x' } }))).code, 33003);
    assert.deepEqual((await archive.search('a')).hits, []);
  });

  for (const [what, options] of [
    ['nothing', undefined], ['no app key', { userId: 'u' }], ['no user', { appKey: 'k', userId: '' }],
    ['an unknown name', { appKey: 'k', userId: 'u', max: 1 }], ['no messages', { appKey: 'k', userId: 'u', maxMessages: 0 }],
  ]) {
    test(`options: ${what}`, async () => assert.equal((await fails(archives.open(options))).code, -3));
  }
});

test('times beyond what a number holds are cut, not refused', async () => {
  const archive = await open();
  await archive.put([message(1, 'late', { sentTime: 2 ** 63 }), message(2, 'early', { sentTime: -Infinity }), message(3, 'half', { sentTime: 1.5 })]);
  assert.equal(texts(await archive.page(BOB)), 'early half late');
});

test('a closed archive refuses, and closing twice is no harm', async () => {
  const archive = await open();
  const put = archive.put([message(1, 'a')]);
  await Promise.all([archive.close(), archive.close()]);
  assert.deepEqual(await put, [1]);
  assert.equal((await fails(archive.get(1))).code, 33001);
  assert.equal(archive.durable, false);
});

describe('a link keeps the archive current', () => {
  function fakeClient() {
    const listeners = { message: new Set(), send: new Set(), recalled: new Set(), deleted: new Set(), read: new Set() };
    return {
      on: (event, listener) => listeners[event].add(listener) && (() => listeners[event].delete(listener)),
      emit: (event, ...args) => listeners[event].forEach((listener) => listener(...args)),
      heard: () => Object.values(listeners).reduce((sum, { size }) => sum + size, 0),
    };
  }

  test('messages and sends are kept together', async () => {
    const [archive, client] = [await open(), fakeClient()];
    let puts = 0;
    archive.on('change', () => (puts += 1));
    const link = archives.link(client, archive);
    for (let n = 0; n < 30; n += 1) client.emit('message', message(n, String(n)));
    client.emit('message', message(40, 'typing', { persisted: false, messageUId: '' }));
    const own = message(50, 'mine', { direction: 'sent', messageUId: '', clientId: '5' });
    client.emit('send', { clientId: '5', conversation: BOB, state: { name: 'queued' }, message: own });
    client.emit('send', { clientId: '6', conversation: BOB, state: { name: 'sent' }, message: null });
    await link.flush();
    assert.equal(puts, 1);
    assert.equal((await archive.page(BOB)).messages.at(-1).sentStatus, 10);
    client.emit('send', { clientId: '5', conversation: BOB, state: { name: 'sent' }, message: { ...own, messageUId: 'U-50' } });
    await link.stop();
    assert.equal(client.heard(), 0);
    const last = (await archive.page(BOB)).messages.at(-1);
    assert.deepEqual([last.messageUId, last.sentStatus], ['U-50', 30]);
    assert.equal((await archive.stats()).messages, 31);
  });

  test('what was deleted on another device goes', async () => {
    const [archive, client] = [await open(), fakeClient()];
    const link = archives.link(client, archive);
    for (const n of [1, 2, 3, 4]) client.emit('message', message(n, String(n)));
    const { messageUId } = message(3, '3');
    client.emit('deleted', { conversation: BOB, messageUIds: [messageUId], upTo: null });
    client.emit('deleted', { conversation: BOB, messageUIds: [], upTo: message(1, '1').sentTime });
    await link.flush();
    assert.equal(texts(await archive.page(BOB)), texts({ messages: [message(2, '2'), message(4, '4')] }));
  });

  test('by itself, after a moment', async () => {
    const [archive, client] = [await open(), fakeClient()];
    archives.link(client, archive);
    client.emit('message', message(1, 'a'));
    await new Promise((resolve) => archive.on('change', resolve));
    assert.equal(texts(await archive.page(BOB)), 'a');
  });
});
