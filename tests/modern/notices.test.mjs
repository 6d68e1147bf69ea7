// Recalls, receipts and typing, as messages tell of them.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { Notices, recallOf } from '../../pkg-template/notices.js';
import { Receipts } from '../../pkg-template/receipts.js';

const GROUP = Object.freeze({ type: 3, targetId: 'g' });

function heard() {
  const events = [];
  const receipts = new Receipts({ appKey: 'k', persist: false });
  const notices = new Notices((...event) => events.push(event), receipts);
  const hear = (objectName, content, more = {}) =>
    notices.hear({ conversation: GROUP, senderUserId: 'bob', direction: 'received', counted: false, objectName, content, ...more }, 'me');
  return { events, notices, receipts, hear };
}

test('typing ends by itself, with a message, and starts anew', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { events, hear, notices } = heard();
    const typing = (objectName) => ['typing', { conversation: GROUP, userId: 'bob', objectName }];
    hear('RC:TypSts', { typingContentType: 'RC:TxtMsg' });
    mock.timers.tick(5_999);
    hear('RC:TypSts', { typingContentType: 'RC:VcMsg' });
    mock.timers.tick(5_999);
    assert.deepEqual(events, [typing('RC:TxtMsg'), typing('RC:VcMsg')]);
    mock.timers.tick(1);
    assert.deepEqual(events.splice(0), [typing('RC:TxtMsg'), typing('RC:VcMsg'), typing(null)]);
    hear('RC:TxtMsg', {}, { counted: true });
    assert.deepEqual(events, [], 'nobody typed');
    hear('RC:TypSts', { typingContentType: 'RC:TxtMsg' });
    hear('RC:TxtMsg', {}, { counted: true });
    mock.timers.tick(10_000);
    assert.deepEqual(events.splice(0), [typing('RC:TxtMsg'), typing(null)]);
    hear('RC:TypSts', { typingContentType: 'RC:TxtMsg' }, { direction: 'sent' });
    hear('RC:TypSts', {});
    assert.deepEqual(events, [], 'oneself, and nothing that is typed');
    hear('RC:TypSts', { typingContentType: 'RC:TxtMsg' });
    notices.clear();
    mock.timers.tick(10_000);
    assert.equal(events.length, 1, 'nothing after the end');
  } finally {
    mock.timers.reset();
  }
});

test('a recall and a read receipt are events', () => {
  const { events, hear } = heard();
  hear('RC:RcCmd', { messageUId: 'A-1', sentTime: 5 });
  hear('RC:ReadNtf', { lastMessageSendTime: 7 });
  hear('RC:ReadNtf', { lastMessageSendTime: 7 }, { direction: 'sent' });
  assert.deepEqual(events, [
    ['recalled', { conversation: GROUP, messageUId: 'A-1', sentTime: 5, recalledBy: 'bob' }],
    ['read', { conversation: GROUP, upTo: 7 }],
  ]);
});

test('what was deleted on any device is an event and no message', () => {
  const { events, hear } = heard();
  const own = { senderUserId: 'me', direction: 'sent' };
  assert.equal(hear('hy:Deleted', { messageUIds: ['A-1', 5] }, own), false);
  assert.equal(hear('hy:Deleted', { upTo: 7 }, own), false);
  assert.equal(hear('hy:Deleted', { upTo: 'soon' }, own), false);
  assert.equal(hear('hy:Deleted', { upTo: 7 }), false, 'of somebody else');
  assert.deepEqual(events, [
    ['deleted', { conversation: GROUP, messageUIds: ['A-1'], upTo: null }],
    ['deleted', { conversation: GROUP, messageUIds: [], upTo: 7 }],
    ['deleted', { conversation: GROUP, messageUIds: [], upTo: null }],
  ]);
  assert.equal(hear('RC:TxtMsg', {}), true);
});

test('receipts of a group are asked for, answered once, and counted by reader', async () => {
  const { events, hear, notices, receipts } = heard();
  hear('RC:RRReqMsg', { messageUId: 'A-1' });
  hear('RC:RRReqMsg', { messageUId: 'A-1' });
  hear('RC:RRReqMsg', { messageUId: 'A-2' }, { senderUserId: 'eve' });
  assert.equal(events.splice(0).length, 3);
  assert.deepEqual(receipts.waiting(GROUP), [{ userId: 'bob', messageUIds: ['A-1'] }, { userId: 'eve', messageUIds: ['A-2'] }]);
  const answer = (dictionary) => ({ conversation: GROUP, objectName: 'RC:RRRspMsg', content: { receiptMessageDic: dictionary } });
  const failing = Promise.reject(new Error('no link'));
  notices.leaves(answer({ bob: ['A-1'] }), failing);
  assert.deepEqual(receipts.waiting(GROUP).map(({ userId }) => userId), ['eve'], 'on its way');
  await failing.catch(() => {});
  assert.deepEqual(receipts.waiting(GROUP).map(({ userId }) => userId), ['eve', 'bob'], 'it failed');
  notices.leaves(answer({ bob: ['A-1'] }), Promise.resolve());
  hear('RC:RRRspMsg', { receiptMessageDic: { eve: ['A-2'] } }, { direction: 'sent', senderUserId: 'me' });
  assert.deepEqual(receipts.waiting(GROUP), [], 'answered here, and on another device');
  const dictionary = { receiptMessageDic: { me: ['B-1', 'B-2'], eve: ['C-1'] } };
  hear('RC:RRRspMsg', dictionary);
  hear('RC:RRRspMsg', dictionary);
  hear('RC:RRRspMsg', { receiptMessageDic: { me: ['B-1'] } }, { senderUserId: 'eve' });
  assert.deepEqual(
    events.map(([event, { messageUId, userId, readerCount }]) => [event, messageUId, userId, readerCount]),
    [['receipt', 'B-1', 'bob', 1], ['receipt', 'B-2', 'bob', 1], ['receipt', 'B-1', 'bob', 1], ['receipt', 'B-2', 'bob', 1], ['receipt', 'B-1', 'eve', 2]],
  );
  for (const odd of [{}, { receiptMessageDic: null }, { receiptMessageDic: { me: 'B-1' } }, { raw: 'x' }]) hear('RC:RRRspMsg', odd);
  assert.equal(events.length, 5, 'nonsense is nothing');
});

test('an own recall, however it was sent, is an event; an own question counts its readers', () => {
  const { events, notices, receipts, hear } = heard();
  notices.sent({ conversation: GROUP, objectName: 'RC:RcCmd', content: { messageUId: 'A-1', sentTime: 5 } }, 'me');
  assert.deepEqual(events, [['recalled', { conversation: GROUP, messageUId: 'A-1', sentTime: 5, recalledBy: 'me' }]]);
  assert.equal(receipts.readerCount('A-1'), null);
  notices.sent({ conversation: GROUP, objectName: 'RC:RRReqMsg', content: { messageUId: 'A-1' } }, 'me');
  hear('RC:RRReqMsg', { messageUId: 'A-2' }, { direction: 'sent' });
  assert.deepEqual([receipts.readerCount('A-1'), receipts.readerCount('A-2'), receipts.waiting(GROUP)], [0, 0, []]);
});

describe('receipts over a reload', () => {
  const options = { appKey: 'k', persist: true };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const opened = (user = 'me') => {
    const receipts = new Receipts(options);
    receipts.open(user);
    return receipts;
  };
  let kept;
  beforeEach(() => {
    kept = new Map();
    globalThis.localStorage = {
      getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key),
    };
  });
  afterEach(() => delete globalThis.localStorage);

  test('are there again, for their user alone', async () => {
    const first = opened();
    first.ask(GROUP, 'bob', ['A-1', 'A-2']);
    first.read('B-1', 'eve');
    first.open('other');
    first.ask(GROUP, 'cal', ['C-1']);
    await turn();
    const again = opened();
    assert.deepEqual(again.waiting(GROUP), [{ userId: 'bob', messageUIds: ['A-1', 'A-2'] }]);
    assert.deepEqual([again.readerCount('B-1'), again.read('B-1', 'eve'), again.read('B-1', 'bob')], [1, 1, 2]);
    again.answered(['A-1']);
    await turn();
    assert.deepEqual(opened().waiting(GROUP), [{ userId: 'bob', messageUIds: ['A-2'] }]);
    assert.deepEqual(opened('other').waiting(GROUP), [{ userId: 'cal', messageUIds: ['C-1'] }]);
  });

  test('are bounded and expire', async () => {
    const receipts = opened();
    const old = Date.now() - 15 * 86_400_000;
    receipts.ask(GROUP, 'bob', ['old'], old);
    for (let n = 0; n < 600; n += 1) receipts.ask(GROUP, 'bob', [`A-${n}`]);
    for (let n = 0; n < 300; n += 1) receipts.request(`B-${n}`);
    for (let n = 0; n < 6000; n += 1) receipts.read('B-299', `reader-${n}`);
    await turn();
    const again = opened();
    const [{ messageUIds }] = again.waiting(GROUP);
    assert.deepEqual([messageUIds.length, messageUIds[0], messageUIds.at(-1)], [500, 'A-100', 'A-599']);
    assert.deepEqual([again.readerCount('B-299'), again.readerCount('B-0')], [6000, null], 'the newest stays whole');
  });

  test('that are damaged, or cannot be read, are forgotten', async () => {
    for (const damaged of ['{', '[]', '{"asked":5}', '{"asked":[[1,2,3,4,5],"x"],"requested":[["U",1,7]]}']) {
      kept.set('hy1/k/r/me', damaged);
      assert.deepEqual(opened().waiting(GROUP), []);
    }
    globalThis.localStorage.setItem = () => {
      throw new Error('full');
    };
    const receipts = opened();
    receipts.ask(GROUP, 'bob', ['A-1']);
    await turn();
    assert.equal(receipts.waiting(GROUP).length, 1, 'in memory');
  });
});

test('only an own message that is kept can be taken back', () => {
  const own = { conversation: GROUP, messageUId: 'A-1', sentTime: 5, direction: 'sent', senderUserId: 'me' };
  assert.deepEqual(recallOf(own, 'me').body, { messageUId: 'A-1', conversationType: 3, targetId: 'g', sentTime: 5 });
  assert.equal(recallOf({ ...own, direction: 'received', senderUserId: 'bob' }, 'me'), null);
  assert.throws(() => recallOf({ ...own, messageUId: '' }, 'me'), { code: -3 });
  assert.throws(() => recallOf(undefined, 'me'), { code: -3 });
});
