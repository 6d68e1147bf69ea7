// Pins, hiding, notifications, drafts, settings of the user, files.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asked, connected, failure, initialised, modernRow, recorder, settled } from './fake-client.mjs';

const ADA = { type: 1, targetId: 'ada' };

for (const [method, modern] of [['setConversationToTop', 'setPinned'], ['setConversationHidden', 'setHidden']]) {
  test(`${method} succeeds once, after the server`, async () => {
    const { im, client } = await connected();
    const { told, callback } = recorder();
    im[method](1, 'ada', true, callback);
    assert.deepEqual(asked(client), [[modern, ADA, true]]);
    await settled();
    assert.deepEqual(told, []);
    client.last(modern).resolve();
    await settled();
    assert.deepEqual(told, [['onSuccess', true]]);
    im[method](1, 'ada', false);
    assert.deepEqual(client.last(modern).args, [ADA, false]);
  });
}

test('a conversation is muted by 1 and unmuted by 0, and answers what was set', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  for (const [status, on] of [[1, true], [0, false]]) {
    im.setConversationNotificationStatus(3, 'group1', status, callback);
    assert.deepEqual(client.last('setMuted').args, [{ type: 3, targetId: 'group1' }, on]);
    client.last('setMuted').resolve();
    await settled();
  }
  assert.deepEqual(told, [['onSuccess', 1], ['onSuccess', 0]]);
});

test('the notification status is that of the row; without a row the server is asked', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  im.getConversationNotificationStatus(1, 'ada', callback);
  client.last('conversation').resolve(modernRow({ muted: true }));
  await settled();
  for (const [type, topic] of [[1, 'qryPPush'], [3, 'qryDPush']]) {
    im.getConversationNotificationStatus(type, 'x', callback);
    client.last('conversation').resolve(null);
    await settled();
    assert.deepEqual(client.last('ask').args, [topic, null, { blockeeId: 'x' }]);
    client.last('ask').resolve({ status: type === 1 ? 1 : 0 });
    await settled();
  }
  assert.deepEqual(told, [['onSuccess', 1], ['onSuccess', 1], ['onSuccess', 0]]);
});

test('other kinds, and other numbers, answer 8001 and ask nobody', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  im.getConversationNotificationStatus(4, 'room', callback);
  im.setConversationNotificationStatus(6, 'system', 1, callback);
  im.setConversationNotificationStatus(1, 'ada', 2, callback);
  im.setConversationNotificationStatus(1, 'ada', undefined, callback);
  await settled();
  assert.deepEqual([told, asked(client)], [Array(4).fill(['onError', 8001]), []]);
});

test('a draft is there in the turn of the call, and the client keeps it', async () => {
  const { im, client } = await connected();
  assert.equal(im.getTextMessageDraft(1, 'ada'), undefined);
  assert.equal(im.saveTextMessageDraft(1, 'ada', 'hel'), true);
  assert.equal(im.getTextMessageDraft(1, 'ada'), 'hel');
  assert.equal(im.getTextMessageDraft(3, 'ada'), undefined);
  assert.equal(im.clearTextMessageDraft(1, 'ada'), true);
  assert.equal(im.getTextMessageDraft(1, 'ada'), undefined);
  assert.deepEqual(asked(client), [['setDraft', ADA, 'hel'], ['setDraft', ADA, '']]);
  client.last('setDraft').reject(failure(33002));
  await settled();
});

test('drafts of an earlier page are there after the login', async () => {
  const { im } = await connected([modernRow({ draft: 'from before' })]);
  assert.equal(im.getTextMessageDraft(1, 'ada'), 'from before');
});

test('the page\'s own word stands above what a row tells late', async () => {
  const { im, client } = await connected([modernRow({ draft: 'old' })]);
  im.saveTextMessageDraft(1, 'ada', 'new');
  client.emit('conversation', { changed: [modernRow({ draft: 'old' })], removed: [] });
  assert.equal(im.getTextMessageDraft(1, 'ada'), 'new');
  im.clearTextMessageDraft(1, 'ada');
  client.emit('conversation', { changed: [modernRow({ draft: 'new' })], removed: [] });
  assert.equal(im.getTextMessageDraft(1, 'ada'), undefined);
  im.saveTextMessageDraft(1, 'ada', 'newer');
  client.emit('conversation', { changed: [], removed: [ADA] });
  assert.equal(im.getTextMessageDraft(1, 'ada'), undefined);
});

test('a draft from before the login is kept once the user is known', async () => {
  const { im, client } = initialised();
  im.saveTextMessageDraft(1, 'ada', 'early');
  assert.equal(client.all('setDraft').length, 0);
  client.userId = 'me';
  client.status(0, 'connected');
  await settled();
  assert.deepEqual(client.last('setDraft').args, [ADA, 'early']);
  assert.equal(im.getTextMessageDraft(1, 'ada'), 'early');
});

test('another user sees none of the former\'s drafts', async () => {
  const { im, client } = await connected([modernRow({ draft: 'mine' })]);
  client.userId = 'you';
  client.status(0, 'connected');
  await settled();
  assert.equal(im.getTextMessageDraft(1, 'ada'), undefined);
});

test('a draft without a conversation: get throws 38001, save and clear answer false', async () => {
  const { im, client } = await connected();
  for (const [type, targetId] of [[1, ''], [-1, 'ada'], [1, 42]]) {
    assert.throws(() => im.getTextMessageDraft(type, targetId), { code: 38001 });
    assert.equal(im.saveTextMessageDraft(type, targetId, 'x'), false);
    assert.equal(im.clearTextMessageDraft(type, targetId), false);
  }
  assert.equal(im.saveTextMessageDraft(1, 'ada', 42), false);
  assert.deepEqual(asked(client), []);
});

test('getPullSetting delivers the settings with their version as a number', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  im.getPullSetting(callback);
  assert.deepEqual(asked(client), [['ask', 'pullUS', null, { version: 0 }]]);
  client.last('ask').resolve({ items: [], version: '77' });
  await settled();
  assert.deepEqual(told, [['onSuccess', { items: [], version: 77 }]]);
});

test('setOfflineMessageDuration asks for the version first', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  im.setOfflineMessageDuration(3, callback);
  client.last('ask').resolve({ items: [], version: 77 });
  await settled();
  assert.deepEqual(client.last('ask').args, ['setOfflineMsgDur', null, { deadline: 77, token: '3' }]);
  client.last('ask').resolve({});
  await settled();
  for (const days of [0, -1, 1.5, '3', undefined]) im.setOfflineMessageDuration(days, callback);
  await settled();
  assert.deepEqual(told, [['onSuccess', {}], ...Array(5).fill(['onError', -3])]);
  assert.equal(client.all('ask').length, 2);
});

test('file tokens and addresses, in both forms', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  im.getFileToken(1, callback);
  assert.deepEqual(client.last('ask').args, ['qnTkn', null, { type: 1 }]);
  client.last('ask').resolve({ deadline: 5, token: 't' });
  im.getFileToken(4, 'a.txt', 'PUT', 'uploads', callback);
  assert.deepEqual(client.last('ask').args, ['qnTkn', null, { type: 4, key: 'a.txt', httpMethod: 'PUT', queryString: 'uploads' }]);
  im.getFileUrl(1, 'key', 'photo.png', callback);
  assert.deepEqual(client.last('ask').args, ['qnUrl', null, { type: 1, key: 'key', fileName: 'photo.png' }]);
  im.getFileUrl(1, 'key', null, callback);
  assert.deepEqual(client.last('ask').args, ['qnUrl', null, { type: 1, key: 'key' }]);
  await settled();
  assert.deepEqual(told, [['onSuccess', { deadline: 5, token: 't' }]]);
});

for (const type of [0, 5, -1, '1', null]) {
  test(`a file of the kind ${JSON.stringify(type)} is refused with 41001`, async () => {
    const { im, client } = await connected();
    const { told, callback } = recorder();
    im.getFileToken(type, callback);
    im.getFileUrl(type, 'key', 'name', callback);
    await settled();
    assert.deepEqual([told, asked(client)], [Array(2).fill(['onError', 41001]), []]);
  });
}

test('hasRemoteUnreadMessages: of the session\'s own user the client knows', async () => {
  const { im, client } = await connected();
  const { told, callback } = recorder();
  im.hasRemoteUnreadMessages('token', callback);
  client.last('unreadCount').resolve(2);
  await settled();
  assert.deepEqual(told, [['onSuccess', true]]);
});

for (const [text, answer] of [['RCCallback({"status":1})', ['onSuccess', true]], ['RCCallback({status: 0});', ['onSuccess', false]], ['<html>', ['onError', -2]]]) {
  test(`hasRemoteUnreadMessages without a login: ${text} means ${answer[1]}`, async (t) => {
    const { im } = initialised();
    const fetched = t.mock.method(globalThis, 'fetch', async () => new Response(text));
    const { told, callback } = recorder();
    im.hasRemoteUnreadMessages('the token', callback);
    await settled();
    assert.deepEqual(told, [answer]);
    const address = new URL(fetched.mock.calls[0].arguments[0]);
    assert.deepEqual([address.origin, address.pathname, address.searchParams.get('token')], ['http://navi.test', '/message/exist.js', 'the token']);
  });
}
