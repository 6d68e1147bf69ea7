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
    timeline.settle('1', { name: 'cancelled' }, null);
    assert.deepEqual(texts(timeline), []);
  });

  it('takes up the outbox of an earlier page', () => {
    const before = new Timeline();
    before.submit('1', 'me', { body: { content: 'known to the SDK' } }, 1);
    before.submit('2', 'me', { body: { content: 'forgotten by the SDK' } }, 2);
    const timeline = new Timeline(JSON.parse(JSON.stringify(before.rows)));
    timeline.settle('1', { name: 'queued', durable: true }, own('1', '', 1));
    timeline.failUnheard();
    assert.deepEqual(states(timeline), ['sending', 'failed']);
    timeline.settle('3', { name: 'queued', durable: true }, message('', 3, { clientId: '3', direction: 'sent' }));
    assert.equal(timeline.rows.length, 3);
  });
});

it('days begin at local midnight', () => {
  const midnight = new Date(2026, 2, 1).getTime();
  assert.equal(dayOf(midnight) - dayOf(midnight - 1), 1);
  assert.equal(dayOf(midnight), dayOf(midnight + 86_399_999));
});
