// The order and the uniqueness of what the demo shows, without a browser.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { build } from 'esbuild';
import { inRoot } from '../../scripts/lib/paths.mjs';

async function load(file) {
  const { outputFiles } = await build({
    entryPoints: [inRoot('www', 'src', file)], bundle: true, write: false, format: 'esm',
  });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
}

// Node 20 has none.
globalThis.navigator ??= { language: 'en' };
const { Timeline } = await load('timeline.ts');
const { dayOf } = await load('times.ts');
const { piecesOf } = await load('found.ts');

const message = (uid, sentTime, more = {}) => ({
  conversation: { type: 1, targetId: 'bob' }, senderUserId: 'bob', direction: 'received', objectName: 'RC:TxtMsg',
  content: { content: uid }, sentTime, messageUId: uid, clientId: '', ...more,
});
const own = (clientId, uid, sentTime) =>
  message(uid, sentTime, { clientId, direction: 'sent', senderUserId: 'me' });
const texts = (timeline) => timeline.rows.map((row) => row.body.text);
const states = (timeline) => timeline.rows.map((row) => row.state);

describe('a timeline', () => {
  it('orders by time, then by id, and shows each message once', () => {
    const timeline = new Timeline();
    for (const one of [message('c', 2), message('a', 1), message('b', 2), message('a', 1)]) timeline.add(one);
    assert.deepEqual(texts(timeline), ['a', 'b', 'c']);
  });

  it('shows no row for what only steers or tells: typing, read marks, recalls', () => {
    const timeline = new Timeline();
    for (const objectName of ['RC:TypSts', 'RC:ReadNtf', 'RC:SRSMsg', 'RC:RcCmd', 'RC:RRReqMsg']) {
      const told = { ...own('9', '', 1), objectName };
      timeline.settle('9', { name: 'sending' }, told);
      timeline.settle('9', { name: 'sent', messageUId: 'x', sentTime: 2 }, { ...told, messageUId: 'x' });
      timeline.add({ ...message('y', 3), objectName });
    }
    assert.deepEqual(timeline.rows, []);
  });

  it('keeps an own message at the end until the server has it', () => {
    const timeline = new Timeline();
    timeline.submit('1', 'me', { body: { content: 'mine' } }, 1);
    timeline.add(message('later', 50));
    // As the conversation list has it.
    timeline.add(own('1', '', 60));
    assert.deepEqual(texts(timeline), ['later', 'mine']);
    timeline.settle('1', { name: 'sent', messageUId: 'mine', sentTime: 40 }, own('1', 'mine', 40));
    assert.deepEqual(texts(timeline), ['mine', 'later']);
    assert.deepEqual(states(timeline), ['sent', 'sent']);
  });

  it('is settled by a state without its message, too, and only once', () => {
    const timeline = new Timeline();
    timeline.submit('1', 'me', { body: { content: 'mine' } }, 1);
    timeline.settle('1', { name: 'sent', messageUId: 'u', sentTime: 40 }, null);
    timeline.add(own('1', 'u', 40));
    assert.deepEqual(texts(timeline), ['mine']);
  });

  it('shows a failure, and a retry in the same row', () => {
    const timeline = new Timeline();
    timeline.submit('1', 'me', { body: { content: 'mine' } }, 1);
    timeline.settle('1', { name: 'failed', error: {} }, null);
    assert.deepEqual(states(timeline), ['failed']);
    timeline.submit('1', 'me', { body: { content: 'mine' } }, 9);
    assert.deepEqual(states(timeline), ['sending']);
    timeline.settle('1', { name: 'queued', durable: true }, null);
    assert.deepEqual(states(timeline), ['waiting']);
    timeline.settle('1', { name: 'cancelled' }, null);
    assert.deepEqual(texts(timeline), []);
    timeline.submit('2', 'me', { body: { content: 'mine' } }, 1);
    timeline.drop('2');
    assert.deepEqual(texts(timeline), []);
  });

  it('takes up the outbox of an earlier page', () => {
    const timeline = new Timeline();
    timeline.restore({ ...own('2', '', 2), content: { content: 'forgotten by the SDK' }, sentStatus: 10 });
    timeline.restore({ ...own('1', '', 1), content: { content: 'known to the SDK' }, sentStatus: 10 });
    timeline.restore({ ...own('4', '', 4), content: { content: 'failed before' }, sentStatus: 20 });
    timeline.settle('1', { name: 'queued', durable: true }, own('1', '', 1));
    assert.deepEqual(states(timeline), ['waiting', 'sending', 'failed']);
    timeline.failUnheard();
    assert.deepEqual(texts(timeline), ['known to the SDK', 'forgotten by the SDK', 'failed before']);
    assert.deepEqual(states(timeline), ['waiting', 'failed', 'failed']);
    timeline.settle('3', { name: 'queued', durable: true }, message('', 3, { clientId: '3', direction: 'sent' }));
    assert.equal(timeline.rows.length, 4);
  });

  it('takes what an earlier page kept once, also when it was sent meanwhile', () => {
    const timeline = new Timeline();
    timeline.submit('1', 'me', { body: { content: 'mine' } }, 1);
    timeline.restore({ ...own('1', '', 1), sentStatus: 10 });
    timeline.settle('1', { name: 'sent', messageUId: 'mine', sentTime: 2 }, null);
    timeline.restore({ ...own('1', '', 1), sentStatus: 10 });
    timeline.restore({ ...message('old', 1), sentStatus: 0 });
    timeline.add(message('old', 1));
    assert.deepEqual(texts(timeline), ['old', 'mine']);
    assert.deepEqual(states(timeline), ['sent', 'sent']);
    assert.deepEqual([timeline.has({ messageUId: 'old' }), timeline.has({ messageUId: 'x' })], [true, false]);
  });

  it('forgets what may have a gap behind it, and takes it again', () => {
    const timeline = new Timeline();
    for (const one of [message('a', 1), message('b', 2), message('c', 3)]) timeline.add(one);
    timeline.forgetBefore(3);
    assert.deepEqual(texts(timeline), ['c']);
    timeline.add(message('a', 1));
    assert.deepEqual(texts(timeline), ['a', 'c']);
  });
});

describe('a piece of a text that was found', () => {
  const show = (text, ...marks) =>
    piecesOf(text, marks.map(([start, end]) => ({ field: 'content', start, end })))
      .map((piece) => (piece.marked ? `[${piece.text}]` : piece.text)).join('');

  it('is all of a short text, its marks apart from the rest', () => {
    assert.equal(show('你好，世界', [3, 5]), '你好，[世界]');
    assert.equal(show('tea or tea', [0, 3], [7, 10]), '[tea] or [tea]');
    assert.equal(show('<b>tea</b>', [3, 6]), '<b>[tea]</b>');
    assert.equal(show('nothing marked'), 'nothing marked');
  });

  it('begins a little before the first mark of a long one and ends in time, never inside a character', () => {
    const long = '👌'.repeat(60) + 'tea' + 'x'.repeat(300);
    const shown = show(long, [120, 123]);
    assert.match(shown, /^…(👌){9,10}\[tea\]x+…$/u);
    assert.ok(shown.length < 140);
    assert.equal(show('x'.repeat(200), [118, 122], [190, 195]).includes('[xx'), true);
  });
});

it('days begin at local midnight', () => {
  const midnight = new Date(2026, 2, 1).getTime();
  assert.equal(dayOf(midnight) - dayOf(midnight - 1), 1);
  assert.equal(dayOf(midnight), dayOf(midnight + 86_399_999));
});

describe('what was deleted', () => {
  it('goes, by itself or up to a time, and does not come back', () => {
    const timeline = new Timeline();
    const all = [message('a', 1), message('b', 2), message('c', 3), message('d', 4)];
    for (const one of all) timeline.add(one);
    timeline.forget(['c'], null);
    assert.deepEqual(texts(timeline), ['a', 'b', 'd']);
    timeline.forget([], 2);
    assert.deepEqual(texts(timeline), ['d']);
    for (const one of all) timeline.add(one);
    assert.deepEqual(texts(timeline), ['d']);
  });
});
