// Recalls, receipts and typing, as messages tell of them.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Notices, recallOf } from '../../pkg-template/notices.js';

const GROUP = Object.freeze({ type: 3, targetId: 'g' });

function heard() {
  const events = [];
  const notices = new Notices((...event) => events.push(event));
  const hear = (objectName, content, more = {}) =>
    notices.hear({ conversation: GROUP, senderUserId: 'bob', direction: 'received', counted: false, objectName, content, ...more }, 'me');
  return { events, notices, hear };
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

test('receipts of a group are asked for, answered once, and counted by reader', () => {
  const { events, hear, notices } = heard();
  hear('RC:RRReqMsg', { messageUId: 'A-1' });
  hear('RC:RRReqMsg', { messageUId: 'A-1' });
  hear('RC:RRReqMsg', { messageUId: 'A-2' }, { senderUserId: 'eve' });
  assert.equal(events.splice(0).length, 3);
  const answers = notices.answers(GROUP);
  assert.deepEqual(answers.map(({ userId, content }) => [userId, content.body.receiptMessageDic]), [['bob', { bob: ['A-1'] }], ['eve', { eve: ['A-2'] }]]);
  assert.deepEqual(notices.answers(GROUP), [], 'answered');
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

test('only an own message that is kept can be taken back', () => {
  const own = { conversation: GROUP, messageUId: 'A-1', sentTime: 5, direction: 'sent', senderUserId: 'me' };
  assert.deepEqual(recallOf(own, 'me').body, { messageUId: 'A-1', conversationType: 3, targetId: 'g', sentTime: 5 });
  assert.equal(recallOf({ ...own, direction: 'received', senderUserId: 'bob' }, 'me'), null);
  assert.throws(() => recallOf({ ...own, messageUId: '' }, 'me'), { code: -3 });
  assert.throws(() => recallOf(undefined, 'me'), { code: -3 });
});
