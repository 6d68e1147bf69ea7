// What a page knows of sends: its own, those of other tabs, those that an earlier page left.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sends } from '../../pkg-template/sends.js';

const message = (clientId) => ({ clientId, conversation: { type: 1, targetId: 'bob' }, senderUserId: '', content: { content: clientId }, messageUId: '' });
const turn = () => new Promise((resolve) => setImmediate(resolve));

function heard() {
  const told = [];
  const sends = new Sends(({ clientId, state, message: of }) => told.push([clientId, state.name, of?.content.content ?? null]));
  return { told, sends };
}

test('a failed send is known until it is tried again and sent; one that leaves is not', async () => {
  const { told, sends } = heard();
  sends.add(message('1'), true);
  sends.add(message('2'), false);
  for (const id of ['1', '2']) sends.failed(id, 1, 'bob', -1, 1);
  await turn();
  assert.deepEqual([sends.has('1'), sends.has('2')], [true, false]);
  sends.moved('1', 1, 'bob', 1);
  sends.kept('me', '1', 1, 'bob', 'UID', 5);
  assert.deepEqual(sends.message('1'), { ...message('1'), senderUserId: 'me', messageUId: 'UID', sentTime: 5 }, 'for the call');
  await turn();
  assert.equal(sends.has('1'), false);
  assert.deepEqual(told, [['1', 'failed', '1'], ['2', 'failed', '2'], ['1', 'queued', '1'], ['1', 'sent', '1']]);
});

test('words that the server replaced are in the message that is sent, here and in other tabs', () => {
  const { told, sends } = heard();
  sends.add(message('1'), true);
  sends.note(message('2'));
  const theirs = sends.kept('me', '2', 1, 'bob', 'V', 6, '{"content":"***"}');
  sends.kept('me', '1', 1, 'bob', 'U', 5, '{"content":"***"}');
  const replaced = { senderUserId: 'me', content: { content: '***' }, wordsReplaced: true };
  assert.deepEqual(sends.message('1'), { ...message('1'), ...replaced, messageUId: 'U', sentTime: 5 });
  assert.deepEqual(theirs, { ...message('2'), ...replaced, messageUId: 'V', sentTime: 6 });
  assert.deepEqual(told, [['2', 'sent', null], ['1', 'sent', '***']]);
});

test('what was refused at once is forgotten, what waits is not', () => {
  const { sends } = heard();
  sends.add(message('1'), true);
  sends.add(message('2'), true);
  sends.moved('2', 1, 'bob', 1);
  for (const id of ['1', '2']) sends.refused(id);
  assert.deepEqual([sends.has('1'), sends.has('2')], [false, true]);
});

test('what an earlier page left has its message; what another tab sends has not, until this one takes it in hand', () => {
  const { told, sends } = heard();
  sends.note(message('theirs'));
  sends.restored([{ ...message('left'), messageUId: '1' }, { ...message('theirs'), messageUId: '2' }]);
  sends.moved('left', 1, 'bob', 1);
  sends.moved('theirs', 1, 'bob', 2);
  sends.adopt('theirs');
  sends.failed('theirs', 1, 'bob', 22406, 3);
  assert.deepEqual(told, [['left', 'queued', 'left'], ['theirs', 'sending', null], ['theirs', 'failed', 'theirs']]);
});

test('the outbox tells how each stands', () => {
  const { sends } = heard();
  const marks = ['0', '1', '2', '-1,2', '22406,3'];
  const entries = sends.entries(marks.map((mark, n) => ({ ...message(`${n}`), senderUserId: 'me', messageUId: mark })));
  assert.deepEqual(entries.map(({ state }) => [state.name, state.durable ?? state.error?.code, state.error?.origin]), [
    ['queued', false, undefined], ['queued', true, undefined], ['sending', undefined, undefined], ['failed', -1, 'network'], ['failed', 22406, 'server'],
  ]);
  assert.ok(entries.every(({ message: of }) => of.messageUId === '' && of.senderUserId === 'me'));
});

test('as many failed ones are known as the core keeps', () => {
  const { sends } = heard();
  for (let n = 0; n < 103; n += 1) {
    sends.add(message(`${n}`), true);
    sends.failed(`${n}`, 1, 'bob', -1, 1);
  }
  assert.deepEqual([sends.has('2'), sends.has('3'), sends.underWay.length], [false, true, 100]);
});
