// Ann on two devices, Ben and Cal, in private and in a group, through the modern face: everything
// that one says, takes back, reads and arranges, and that both devices agree in the end.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { builtInKinds } from '../../pkg-template/rongimlib/message-classes.js';
import { assemble } from './lib/crew.mjs';
import { eventually } from './lib/demo.mjs';
import { Device } from './lib/device.mjs';

const CREW = { type: 3, targetId: 'crew' };
const BEN = { type: 1, targetId: 'ben' };
const CAL = { type: 1, targetId: 'cal' };
const ANN = { type: 1, targetId: 'ann' };

/** Classes that the server obeys or answers instead of passing them on; each has a test of its own. */
const OBEYED = ['RC:RcCmd', 'RC:SRSMsg', 'RC:RRReqMsg', 'RC:RRRspMsg'];
/** Kept nowhere, and told to the sender's other devices all the same: they ring, and stop ringing. */
const RINGING = ['RC:VCInvite', 'RC:VCAccept', 'RC:VCHangup'];
const BODIES = {
  'RC:ReadNtf': { lastMessageSendTime: 1, messageUId: '', type: 1 },
  'RC:TypSts': { typingContentType: 'RC:TxtMsg', data: '' },
};
const KINDS = [
  ...builtInKinds.filter(({ objectName }) => objectName !== '' && !OBEYED.includes(objectName)),
  { objectName: 'app:Note', persisted: true, counted: true },
].map(({ objectName, persisted, counted }) => ({
  objectName, persisted, counted, body: BODIES[objectName] ?? { content: `你好 ${objectName}`, extra: '"\\', list: [1, { a: null }] },
}));

let crew;
let server;
/** Ann's two devices, Ben, Cal. */
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
const byName = (messages) => [...messages].sort((a, b) => (a.objectName < b.objectName ? -1 : 1));
const shape = ({ objectName, content, persisted, counted }) => ({ objectName, body: content, persisted, counted });
const until = (device, ref, readUpTo) => device.sees(ref, ({ peerReadTime }) => peerReadTime === readUpTo, `read up to ${readUpTo}`);
const unread = (device, ref, count) => device.sees(ref, ({ unreadCount }) => unreadCount === count, `${count} unread`);

/** Sends every kind and waits until those listening have it all: what the sender was told. */
async function sendEveryKind(to, listeners) {
  const sent = await ann.do(async (client, ref, kinds) => {
    const all = kinds.map(({ objectName, body }) => client.send(ref, { objectName, body }));
    return Promise.all(all);
  }, to, KINDS);
  const names = new Set(KINDS.map(({ objectName }) => objectName));
  for (const [device, in_, direction] of listeners) {
    const told = ({ persisted, objectName }) => persisted || RINGING.includes(objectName);
    const wanted = direction === 'sent' ? KINDS.filter(told) : KINDS;
    const heard = async () => (await device.told('message')).filter(({ conversation, objectName, senderUserId, content }) =>
      conversation.type === to.type && conversation.targetId === in_ && names.has(objectName) && senderUserId === 'ann' && content.operation !== 'Create');
    const all = await eventually(heard, (list) => list.length >= wanted.length, `${device.session.userId} should hear all kinds`);
    assert.deepEqual(byName(all).map(shape), byName(wanted.map(({ body, ...kind }) => ({ ...kind, content: body }))).map(shape));
    assert.ok(all.every((message) => message.direction === direction));
    const kept = all.filter(({ persisted }) => persisted);
    assert.deepEqual(uids(kept), uids(sent.filter(({ persisted }) => persisted)), 'what is kept comes in its order');
  }
  return sent;
}

/** Histories by small pages from both ends are what was kept. */
async function historyIs(devices, wanted) {
  for (const [device, ref] of devices) {
    for (const way of [{ count: 3 }, { count: 7, fromStart: true }, { count: 100 }]) {
      assert.deepEqual(uids(await device.history(ref, way)), wanted, `${device.session.userId} ${JSON.stringify(way)}`);
    }
  }
}

describe('messages', { timeout: 60_000 }, () => {
  it('of every kind reach a friend, and the other device', async () => {
    const sent = await sendEveryKind(BEN, [[ben, 'ann', 'received'], [pad, 'ben', 'sent']]);
    const kept = uids(sent.filter(({ persisted }) => persisted));
    await historyIs([[ann, BEN], [pad, BEN], [ben, ANN]], kept);
    await unread(ben, ANN, KINDS.filter(({ counted }) => counted).length);
    assert.equal((await ann.row(BEN)).unreadCount, 0);
  });

  it('of every kind reach a group, and the other device', async () => {
    const sent = await sendEveryKind(CREW, [[ben, 'crew', 'received'], [cal, 'crew', 'received'], [pad, 'crew', 'sent']]);
    const kept = uids(sent.filter(({ persisted }) => persisted));
    await historyIs([[ann, CREW], [pad, CREW], [ben, CREW], [cal, CREW]], kept);
    await unread(cal, CREW, KINDS.filter(({ counted }) => counted).length);
  });

  it('mention some or all', async () => {
    const mention = (type, userIdList) => ann.send(CREW, { body: { content: '@', mentionedInfo: { type, userIdList } } }, { mentioned: true });
    const one = await mention(2, ['ben']);
    const all = await mention(1, []);
    const meant = async (device) => {
      await device.hears('message', ({ messageUId }) => messageUId === all.messageUId);
      const flags = (await device.told('message')).filter(({ messageUId }) => [one, all].some((sent) => sent.messageUId === messageUId));
      return [flags.map(({ mentioned }) => mentioned), (await device.row(CREW)).mentionCount];
    };
    assert.deepEqual(await meant(ben), [[true, true], 2]);
    assert.deepEqual(await meant(cal), [[false, true], 1]);
    assert.deepEqual(await meant(pad), [[false, false], 0]);
  });

  it('to some members reach nobody else, and are in no history', async () => {
    const before = uids(await cal.history(CREW));
    const secret = await ann.send(CREW, 'for Cal', { onlyTo: ['cal'] });
    const open = await ann.send(CREW, 'for all');
    const is = ({ messageUId }) => ({ messageUId: uid }) => uid === messageUId;
    await cal.hears('message', is(secret));
    await ben.hears('message', is(open));
    assert.equal((await ben.told('message')).some(is(secret)), false);
    for (const device of [ann, pad, ben, cal]) {
      assert.deepEqual(uids(await device.history(CREW)), [...before, open.messageUId], device.session.userId);
    }
  });

  it('say that one types, until one has written or six seconds have gone', async () => {
    const typing = (objectName, type) => (said) => said.userId === 'ann' && said.objectName === objectName && said.conversation.type === type;
    await Promise.all([ben.forget('typing'), cal.forget('typing')]);
    await ann.do((client, one, crew) => Promise.all([client.sendTyping(one), client.sendTyping(crew, 'RC:VcMsg')]), BEN, CREW);
    await ben.hears('typing', typing('RC:TxtMsg', 1));
    await cal.hears('typing', typing('RC:VcMsg', 3));
    await ann.send(BEN, '写完了');
    await ben.hears('typing', typing(null, 1), 'the end of typing');
    await cal.hears('typing', typing(null, 3), 'the end of typing by itself');
  });
});

describe('receipts', { timeout: 60_000 }, () => {
  it('tell both devices what a friend has read', async () => {
    const { sentTime, messageUId } = await ann.send(BEN, 'read this');
    await ben.hears('message', (message) => message.messageUId === messageUId);
    await ben.do((client, ref) => client.markRead(ref), ANN);
    for (const device of [ann, pad]) {
      await device.hears('read', ({ conversation, upTo }) => conversation.targetId === 'ben' && upTo === sentTime);
      await until(device, BEN, sentTime);
    }
    await unread(ben, ANN, 0);
  });

  it('are asked of a group and answered, and the server knows the readers', async () => {
    const sent = await ann.send(CREW, 'who is there?');
    const about = ({ messageUId }) => messageUId === sent.messageUId;
    await ann.do((client, message) => client.requestReceipt(message), sent);
    const readers = async () => {
      const { memberCount, readers: list } = await pad.do((client, message) => client.receiptReaders(message), sent);
      return [memberCount, list.map(({ userId }) => userId)];
    };
    for (const [index, device] of [ben, cal].entries()) {
      await device.hears('receiptRequest', about);
      assert.equal(await device.do((client, ref) => client.answerReceipts(ref), CREW), 1);
      const { userId } = device.session;
      for (const own of [ann, pad]) {
        const { readerCount } = await own.hears('receipt', (receipt) => about(receipt) && receipt.userId === userId);
        assert.equal(readerCount, index + 1);
      }
      assert.deepEqual(await readers(), [3, ['ben', 'cal'].slice(0, index + 1)]);
    }
    assert.equal(await ben.do((client, ref) => client.answerReceipts(ref), CREW), 0, 'nothing is answered twice');
  });
});

describe('recalls', { timeout: 60_000 }, () => {
  for (const [what, to, theirs, others] of [
    ['to a friend', BEN, ANN, () => [ben]],
    ['to a group', CREW, CREW, () => [ben, cal]],
  ]) {
    it(`of a message ${what} reach every device`, async () => {
      await ben.do((client, ref) => client.markRead(ref), theirs);
      await unread(ben, theirs, 0);
      const sent = await ann.send(to, 'a slip');
      await unread(ben, theirs, 1);
      await ann.do((client, message) => client.recall(message), sent);
      for (const device of [ann, pad, ...others()]) {
        const ref = device.session.userId === 'ann' ? to : theirs;
        const { recalledBy } = await device.hears('recalled', ({ messageUId }) => messageUId === sent.messageUId);
        assert.equal(recalledBy, 'ann');
        await device.sees(ref, ({ latestMessage }) => latestMessage.objectName === 'RC:RcNtf' && latestMessage.messageUId === sent.messageUId, 'the notice');
        const last = (await device.history(ref)).at(-1);
        assert.deepEqual([last.messageUId, last.sentTime, last.objectName, last.counted], [sent.messageUId, sent.sentTime, 'RC:RcNtf', false]);
      }
      await unread(ben, theirs, 0);
      assert.equal(await ann.code((client, message) => client.recall(message), sent), 25101, 'once is enough');
    });
  }

  it("of somebody else's message are refused, here and by the server", async () => {
    const sent = await ann.send(BEN, 'it stays');
    const heard = await ben.hears('message', ({ messageUId }) => messageUId === sent.messageUId);
    const recall = (client, message) => client.recall(message);
    assert.equal(await ben.code(recall, heard), 25101);
    assert.equal(await ben.code(recall, { ...heard, direction: 'sent', senderUserId: 'ben' }), 25101);
    assert.equal((await ben.history(ANN)).at(-1).content.content, 'it stays');
    assert.equal((await ann.row(BEN)).latestMessage.content.content, 'it stays');
  });
});

describe('conversations', { timeout: 60_000 }, () => {
  it('are unread, and read, on both devices', async () => {
    for (const text of ['一', '二', '三']) await ben.send(ANN, text);
    for (const text of ['四', '五']) await cal.send(CREW, text);
    await cal.send(ANN, '六');
    const total = (device) => device.do((client) => client.unreadCount());
    for (const device of [ann, pad]) {
      await unread(device, BEN, 3);
      await unread(device, CREW, 2);
      await unread(device, CAL, 1);
      assert.equal(await total(device), 6);
    }
    await ann.do((client, ref) => client.markRead(ref), BEN);
    await unread(pad, BEN, 0);
    await pad.do((client, ref) => client.markRead(ref), CREW);
    await unread(ann, CREW, 0);
    const latest = (await ben.row(ANN)).latestMessage.sentTime;
    await until(ben, ANN, latest);
    assert.deepEqual([await total(ann), await total(pad)], [1, 1]);
  });

  it('are pinned, muted and hidden on both devices', async () => {
    await ann.do((client, ref) => client.setPinned(ref, true), CREW);
    await pad.do((client, ref) => client.setMuted(ref, true), BEN);
    await ann.do((client, ref) => client.setHidden(ref, true), CAL);
    const list = (device) => device.do(async (client) => (await client.conversations()).map(({ conversation }) => conversation.targetId));
    for (const device of [ann, pad]) {
      await device.sees(CREW, ({ pinned }) => pinned, 'the group on top');
      await device.sees(BEN, ({ muted }) => muted, 'Ben muted');
      await device.sees(CAL, ({ hidden }) => hidden, 'Cal hidden');
      assert.deepEqual(await list(device), ['crew', 'ben']);
    }
  });

  it('forget a message for the one who deletes it, on both devices', async () => {
    const [before, theirs] = [await ann.history(BEN), uids(await ben.history(ANN))];
    const [gone] = before.splice(5, 1);
    await ann.do((client, ref, message) => client.deleteMessages(ref, [message]), BEN, gone);
    for (const device of [ann, pad]) assert.deepEqual(uids(await device.history(BEN)), uids(before));
    assert.deepEqual(uids(await ben.history(ANN)), theirs);
  });
});

/** What both devices must agree about; a draft is each device's own. */
const common = (rows) => rows.map(({ draft, ...row }) => ({ ...row, latestMessage: row.latestMessage.messageUId }));
const allRows = (device) => device.do((client) => client.conversations({ hidden: true }));

describe('after all', { timeout: 60_000 }, () => {
  it('both devices agree, and again after a reload, which keeps the draft', async () => {
    await ann.do((client, ref) => client.setDraft(ref, '还没写'), BEN);
    const rows = common(await allRows(ann));
    assert.deepEqual(rows.map(({ conversation }) => conversation.targetId), ['crew', 'cal', 'ben']);
    assert.deepEqual(common(await allRows(pad)), rows);
    await Promise.all([ann.reload(), pad.reload()]);
    for (const device of [ann, pad]) {
      await eventually(async () => common(await allRows(device)), (seen) => JSON.stringify(seen) === JSON.stringify(rows), `the same rows as before: ${JSON.stringify(rows)}`);
    }
    assert.equal((await ann.row(BEN)).draft, '还没写');
    assert.equal((await pad.row(BEN)).draft, '');
    const read = (device, all) => device.do((client, remote) => client.conversations({ remote, hidden: true }), all);
    assert.deepEqual(common(await read(ann, true)), rows, 'the server says the same');
  });

  it('an archive opens and searches without a network', async () => {
    const sent = await ben.send(ANN, '明天去喝绿茶吗');
    await ann.hears('message', ({ messageUId }) => messageUId === sent.messageUId);
    const kept = (device) => device.do(async (client, ref) => (await (await client.archive()).page(ref, { count: 100 })).messages, BEN);
    await ann.do(async (client, ref) => {
      await client.archive();
      await client.history(ref, { count: 100 });
    }, BEN);
    const wanted = uids(await ann.history(BEN));
    await eventually(() => kept(ann), (messages) => messages.length === wanted.length, 'the archive should have the history');
    await ann.reload();
    await server.kill();
    assert.deepEqual(uids(await kept(ann)), wanted);
    const found = await ann.do(async (client) => (await (await client.archive()).search('绿茶')).hits, BEN);
    assert.deepEqual(found.map(({ message, highlights }) => [message.messageUId, highlights]), [[sent.messageUId, [{ field: 'content', start: 4, end: 6 }]]]);
    await ann.do(async (client) => (await client.archive()).destroy());
    assert.equal((await ann.do(async (client) => (await client.archive()).stats())).messages, 0, 'a new one begins');
    await server.up();
  });

  it('no page had a problem', async () => {
    for (const device of [ann, pad, ben, cal]) {
      assert.deepEqual([device.page.problems, await device.told('gap')], [[], []], device.session.userId);
    }
  });
});
