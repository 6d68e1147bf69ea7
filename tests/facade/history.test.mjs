import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asked, connected, failure, modernMessage, recorder, settled } from './fake-client.mjs';

const ADA = { type: 1, targetId: 'ada' };
const place = (sentTime, messageUId = 'LAST') => ({ sentTime, messageUId, known: [messageUId] });
const page = (messages, hasMore, next = place(1000)) => ({ messages, hasMore, next });

const forms = [
  ['getHistoryMessages', (im, callback) => im.getHistoryMessages(1, 'ada', 5000, 20, callback)],
  ['getHistoryMessages by an object', (im, callback) => im.getHistoryMessages({ conversationType: 1, targetId: 'ada', timestamp: 5000 }, callback)],
  ['getRemoteHistoryMessages', (im, callback) => im.getRemoteHistoryMessages(1, 'ada', 5000, 20, callback)],
  ['getRemoteHistoryMessages by an object', (im, callback) => im.getRemoteHistoryMessages({ conversationType: 1, targetId: 'ada', timestamp: 5000, count: 20 }, callback)],
];
for (const [what, call] of forms) {
  test(`${what} delivers a page and whether there is more`, async () => {
    const { im, client } = await connected();
    const { told, callback } = recorder();
    call(im, callback);
    assert.deepEqual(asked(client), [['history', ADA, { before: 5000, count: 20 }]]);
    client.last('history').resolve(page([modernMessage({ sentTime: 1000 }), modernMessage({ sentTime: 2000 })], true));
    await settled();
    const [[name, list, hasMore]] = told;
    assert.deepEqual([name, hasMore, list.map(({ sentTime, sentStatus }) => [sentTime, sentStatus])], ['onSuccess', true, [[1000, 50], [2000, 50]]]);
  });
}

test('order 1 asks for what is newer, in each form', async () => {
  const { im, client } = await connected();
  im.getHistoryMessages(1, 'ada', 5000, 10, {}, null, 1);
  im.getRemoteHistoryMessages(1, 'ada', 5000, 10, {}, { order: 1 });
  im.getRemoteHistoryMessages({ conversationType: 1, targetId: 'ada', timestamp: 5000, count: 10, order: 1 }, {});
  assert.deepEqual(asked(client), Array(3).fill(['history', ADA, { after: 5000, count: 10 }]));
});

for (const [what, timestamp] of [['the time at which the last page ended', 1000], ['no time', null], ['no time', undefined]]) {
  test(`a page asked with ${what} (${timestamp}) goes on behind the last message, not behind its time`, async () => {
    const { im, client } = await connected();
    im.getHistoryMessages(1, 'ada', 0, 20, {});
    assert.deepEqual(client.last('history').args[1], { before: 0, count: 20 });
    client.last('history').resolve(page([modernMessage({ sentTime: 1000 })], true));
    await settled();
    im.getHistoryMessages(1, 'ada', timestamp, 20, {});
    assert.deepEqual(client.last('history').args[1], { before: place(1000), count: 20 });
  });
}

test('another time, and another conversation, begin anew', async () => {
  const { im, client } = await connected();
  im.getHistoryMessages(1, 'ada', 0, 20, {});
  client.last('history').resolve(page([modernMessage()], true));
  await settled();
  im.getHistoryMessages(1, 'ada', 1001, 20, {});
  assert.equal(client.last('history').args[1].before, 1001);
  im.getHistoryMessages(1, 'bob', 1000, 20, {});
  assert.equal(client.last('history').args[1].before, 1000);
  im.getHistoryMessages(1, 'ada', 0, 20, {});
  assert.equal(client.last('history').args[1].before, 0);
});

test('behind the end of a history nobody is asked', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  im.getHistoryMessages(1, 'ada', 0, 20, {});
  client.last('history').resolve(page([modernMessage({ sentTime: 1000 })], false));
  await settled();
  im.getHistoryMessages(1, 'ada', 1000, 20, callback);
  await settled();
  assert.deepEqual(told, [['onSuccess', [], false]]);
  assert.equal(client.all('history').length, 1);
});

test('an empty history is asked for again', async () => {
  const { im, client } = await connected();
  im.getHistoryMessages(1, 'ada', 0, 20, {});
  client.last('history').resolve(page([], false, { sentTime: 0, messageUId: '', known: [] }));
  await settled();
  im.getHistoryMessages(1, 'ada', 0, 20, {});
  assert.equal(client.all('history').length, 2);
});

for (const count of [0, -1, 21, 2 ** 31, 1.5, NaN, 'all']) {
  for (const method of ['getHistoryMessages', 'getRemoteHistoryMessages']) {
    test(`${method} of ${count} messages is refused with 31001 in the same turn, and nothing is asked`, async () => {
      const { im, client } = await connected();
      const { told, callback } = recorder();
      im[method](1, 'ada', 0, count, callback);
      im[method]({ conversationType: 1, targetId: 'ada', timestamp: 0, count }, callback);
      assert.deepEqual(told, [['onError', 31001], ['onError', 31001]]);
      assert.deepEqual(asked(client), []);
    });
  }
}

for (const [type, targetId, code] of [[-1, 'ada', 31001], [0, 'ada', -3], ['1', 'ada', -3], [1, 42, -3]]) {
  test(`the history of ${type}/${targetId} is refused with ${code}`, async () => {
    const { im, client } = await connected();
    const { told, callback } = recorder();
    im.getHistoryMessages(type, targetId, 0, 20, callback);
    assert.deepEqual([told, asked(client)], [[['onError', code]], []]);
  });
}

test('a failure is told by its number', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  im.getHistoryMessages(1, 'ada', 0, 20, callback);
  client.last('history').reject(failure(33007));
  await settled();
  assert.deepEqual(told, [['onError', 33007]]);
});

for (const method of ['clearHistoryMessages', 'clearRemoteHistoryMessages']) {
  test(`${method} clears up to a time`, async () => {
    const { im, client } = await connected();
    const { told, callback } = recorder();
    im[method]({ conversationType: 1, targetId: 'ada', timestamp: 5000 }, callback);
    assert.deepEqual(asked(client), [['clearHistory', ADA, { upTo: 5000 }]]);
    client.last('clearHistory').resolve();
    await settled();
    im[method]({ conversationType: 1, targetId: 'ada', timestamp: 5000 }, callback);
    client.last('clearHistory').reject(failure(1));
    await settled();
    assert.deepEqual(told, [['onSuccess', true], ['onError', 34010]]);
  });

  for (const [code, params] of [
    [34008, { conversationType: 4, targetId: 'room', timestamp: 5000 }], [34008, {}], [34008, undefined],
    [34011, { conversationType: 1, targetId: 'ada', timestamp: '5000' }], [34011, { conversationType: 1, targetId: 'ada', timestamp: -1 }],
  ]) {
    test(`${method} of ${JSON.stringify(params)} is refused with ${code} in the same turn`, async () => {
      const { im, client } = await connected();
      const { told, callback } = recorder();
      im[method](params, callback);
      assert.deepEqual([told, asked(client)], [[['onError', code]], []]);
    });
  }
}

for (const method of ['deleteMessages', 'deleteRemoteMessages']) {
  test(`${method} names each message, delivered or by a DeleteMessage`, async () => {
    const { im, client, RongIMLib } = await connected();
    const { told, callback } = recorder();
    const messages = [{ messageUId: 'A', sentTime: 1, messageDirection: 1 }, new RongIMLib.DeleteMessage('B', 2, 2)];
    im[method](1, 'ada', messages, callback);
    assert.deepEqual(asked(client), [['deleteMessages', ADA, [
      { messageUId: 'A', sentTime: 1, direction: 'sent' }, { messageUId: 'B', sentTime: 2, direction: 'received' },
    ]]]);
    client.last('deleteMessages').resolve();
    await settled();
    assert.deepEqual(told, [['onSuccess', true]]);
  });
}

test('more than a hundred messages are deleted in portions, all of them', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  const messages = Array.from({ length: 250 }, (_, index) => ({ messageUId: `U${index}`, sentTime: index, messageDirection: 2 }));
  im.deleteMessages(1, 'ada', messages, callback);
  for (let portion = 1; portion <= 3; portion += 1) {
    assert.equal(client.all('deleteMessages').length, portion);
    client.last('deleteMessages').resolve();
    await settled();
  }
  assert.deepEqual(client.all('deleteMessages').flatMap(({ args }) => args[1].map((message) => message.messageUId)), messages.map((message) => message.messageUId));
  assert.deepEqual(told, [['onSuccess', true]]);
});

for (const [code, messages] of [[61001, []], [61001, null], [-3, [{ messageUId: 'A', sentTime: 1 }, {}]], [-3, [null]], [-3, ['A']]]) {
  test(`deleteMessages of ${JSON.stringify(messages)} is refused with ${code}, and nothing is deleted`, async () => {
    const { im, client } = await connected();
    const { told, callback } = recorder();
    im.deleteMessages(1, 'ada', messages, callback);
    await settled();
    assert.deepEqual([told, asked(client)], [[['onError', code]], []]);
  });
}
