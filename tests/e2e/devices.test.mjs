// One user on two devices: one of them stays, the other goes away, hears of all that it missed when it
// comes back, and after a reload has the same list. And conversations with oneself and the system.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { assemble, SECRET } from './lib/crew.mjs';
import { eventually } from './lib/demo.mjs';
import { Device } from './lib/device.mjs';
import { callApi } from './lib/server-api.mjs';

const CREW = { type: 3, targetId: 'crew' };
const [ANN, BEN, CAL, DAN] = ['ann', 'ben', 'cal', 'dan'].map((targetId) => ({ type: 1, targetId }));

let crew;
let server;
/** The device that stays, and the one that goes. */
let ann;
let pad;
let ben;
let cal;

before(async () => {
  crew = await assemble((world, name) => Device.open(world, name));
  server = crew.server;
  [ann, pad, ben, cal] = crew.people;
});
after(() => crew?.close());

const uids = (messages) => messages.map(({ messageUId }) => messageUId);
const common = (rows) => rows.map(({ draft, ...row }) => ({ ...row, latestMessage: row.latestMessage && [row.latestMessage.messageUId, row.latestMessage.objectName] }));
const allRows = async (device) => common(await device.do((client) => client.conversations({ hidden: true })));

/** Both devices have the same list, and it fits. */
async function agree(what) {
  const both = async () => [await allRows(ann), await allRows(pad)];
  const same = ([one, other]) => JSON.stringify(one) === JSON.stringify(other);
  return (await eventually(both, same, `both devices should agree ${what}`, 5_000))[0];
}

it('what happened while a device was away', { timeout: 30_000 }, async () => {
  const slip = await ben.send(ANN, 'a slip');
  const asked = await ann.send(CREW, 'who has read this?');
  await ann.send(BEN, 'read by Ben');
  for (const device of [ann, pad]) await device.hears('message', ({ messageUId }) => messageUId === slip.messageUId);
  await agree('before');
  await pad.do((client) => client.disconnect());

  for (const text of ['一', '二']) await ben.send(ANN, text);
  await ben.do((client, message) => client.recall(message), slip);
  await ben.do((client, ref) => client.markRead(ref), ANN);
  await cal.send(CREW, { body: { content: '@ann', mentionedInfo: { type: 2, userIdList: ['ann'] } } }, { mentioned: true });
  await cal.send(ANN, 'read at once');
  await ann.do((client, message) => client.requestReceipt(message), asked);
  await ben.hears('receiptRequest', ({ messageUId }) => messageUId === asked.messageUId);
  await ben.do((client, ref) => client.answerReceipts(ref), CREW);
  await ann.hears('receipt', ({ messageUId }) => messageUId === asked.messageUId);
  await ann.sees(CAL, ({ unreadCount }) => unreadCount === 1, 'one unread');
  await ann.do((client, ref) => client.markRead(ref), CAL);
  await ann.do((client, ref) => client.setPinned(ref, true), CAL);
  await ann.do((client, ref) => client.setMuted(ref, true), CREW);
  const own = await ann.send({ type: 1, targetId: 'dan' }, 'from the other device');
  await ann.do((client, ref) => client.setHidden(ref, true), DAN);

  await pad.do((client, token) => client.connect(token), pad.session.token);
  await pad.hears('message', ({ messageUId }) => messageUId === own.messageUId);
  await pad.hears('recalled', ({ messageUId }) => messageUId === slip.messageUId);
  await pad.hears('receipt', ({ messageUId, userId }) => messageUId === asked.messageUId && userId === 'ben');
  await agree('without a reload');
  await Promise.all([ann.reload(), pad.reload()]);
  const rows = await agree('after');
  const short = rows.map(({ conversation: { targetId }, unreadCount, mentionCount, pinned, muted, hidden }) => [targetId, unreadCount, mentionCount, pinned, muted, hidden]);
  assert.deepEqual(short, [
    ['cal', 0, 0, true, false, false],
    ['dan', 0, 0, false, false, true],
    ['crew', 1, 1, false, true, false],
    ['ben', 2, 0, false, false, false],
  ]);
  assert.ok(rows[3].peerReadTime > 0);
});

it('to oneself', { timeout: 30_000 }, async () => {
  const sent = await ann.send(ANN, '记一下');
  const heard = await pad.hears('message', ({ messageUId }) => messageUId === sent.messageUId);
  assert.equal(heard.conversation.targetId, 'ann');
  assert.deepEqual(uids(await pad.history(ANN)), [sent.messageUId]);
  await ann.do((client, message) => client.recall(message), sent);
  await pad.hears('recalled', ({ messageUId }) => messageUId === sent.messageUId);
  await agree('about oneself');
});

it('from the system', { timeout: 30_000 }, async () => {
  const content = JSON.stringify({ content: '系统消息' });
  await callApi(server, SECRET, '/message/system/publish.json', { fromUserId: 'office', toUserId: ['ann'], objectName: 'RC:TxtMsg', content });
  const office = { type: 6, targetId: 'office' };
  for (const device of [ann, pad]) await device.sees(office, ({ unreadCount }) => unreadCount === 1, 'one unread');
  assert.deepEqual((await ann.history(office)).map((message) => message.content.content), ['系统消息']);
  await pad.do((client, ref) => client.markRead(ref), office);
  await ann.sees(office, ({ unreadCount }) => unreadCount === 0, 'nothing unread');
  await agree('about the system');
});

it('a history that one clears is empty on both devices, and nobody else loses it', { timeout: 30_000 }, async () => {
  await ann.do((client, ref) => client.clearHistory(ref), BEN);
  for (const device of [ann, pad]) assert.deepEqual(await device.history(BEN), []);
  assert.ok((await ben.history(ANN)).length > 0);
});

it('what one device deletes or removes leaves the other, now or when it comes back', { timeout: 30_000 }, async () => {
  const [first, second] = [await cal.send(ANN, '一'), await cal.send(ANN, '二')];
  await pad.hears('message', ({ messageUId }) => messageUId === second.messageUId);
  await ann.do((client, ref, message) => client.deleteMessages(ref, [message]), CAL, { ...second, direction: 'received' });
  const deleted = await pad.hears('deleted', ({ messageUIds }) => messageUIds.length > 0);
  assert.deepEqual(deleted, { conversation: CAL, messageUIds: [second.messageUId], upTo: null });
  assert.equal((await agree('after a deletion')).some(({ latestMessage }) => latestMessage?.[0] === second.messageUId), false);

  await ann.do((client, ref) => client.removeConversation(ref), CAL);
  const lists = async (device) => (await allRows(device)).some(({ conversation }) => conversation.targetId === 'cal');
  for (const device of [ann, pad]) await eventually(() => lists(device), (listed) => !listed, 'Cal should leave the list', 5_000);

  await pad.do((client) => client.disconnect());
  await ann.do((client, ref) => client.clearHistory(ref), CREW);
  await ann.do((client, ref) => client.removeConversation(ref), DAN);
  await pad.do((client, token) => client.connect(token), pad.session.token);
  await pad.hears('deleted', ({ conversation, upTo }) => conversation.targetId === 'crew' && upTo > 0);
  const left = await agree('after being away');
  assert.equal(left.some(({ conversation: { targetId } }) => ['cal', 'crew', 'dan'].includes(targetId)), false);
  assert.ok(uids(await cal.history(ANN)).includes(first.messageUId), 'nobody else loses anything');
});
