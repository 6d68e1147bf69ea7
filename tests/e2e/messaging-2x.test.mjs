// The main line of a chat with the names of 2.x: Ann on two devices, Ben and Cal, in private and in a group.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { builtInKinds } from '../../pkg-template/rongimlib/message-classes.js';
import { assemble } from './lib/crew.mjs';
import { eventually } from './lib/demo.mjs';

const GROUP = 3;
const PRIVATE = 1;
/** Classes that the server obeys or answers instead of passing them on. */
const OBEYED = ['RC:RcCmd', 'RC:SRSMsg', 'RC:RRReqMsg', 'RC:RRRspMsg'];
const KINDS = builtInKinds.filter(({ sendable, objectName }) => sendable && !OBEYED.includes(objectName));

/** A page that is signed in through `window.RongIMLib`. */
class Person {
  static async join({ browser, server, pages }, name) {
    const person = new Person();
    Object.assign(person, { name, server, pages });
    person.session = await server.signIn(name);
    person.page = await pages.open(browser);
    await person.connect();
    return person;
  }

  async connect() {
    await this.page.addScriptTag({ url: `${this.pages.url}script/rongimlib.global.js` });
    const answer = await this.page.evaluate(([navi, { appKey, token }]) => new Promise((resolve) => {
      const { RongIMClient } = window.RongIMLib;
      window.heard = [];
      RongIMClient.init(appKey, null, { navi });
      RongIMClient.setConnectionStatusListener({ onChanged() {} });
      RongIMClient.setOnReceiveMessageListener({ onReceived: (message) => window.heard.push(message) });
      RongIMClient.connect(token, { onSuccess: resolve, onTokenIncorrect: () => resolve('wrong token'), onError: resolve });
    }), [this.server.url, this.session]);
    assert.equal(answer, this.name);
  }

  async reload() {
    await this.page.reload();
    await this.connect();
  }

  /** What `call(im, callback, ...args)` answers: ['onSuccess' or 'onError', …]. */
  answer(call, ...args) {
    return this.page.evaluate(([source, given]) => new Promise((resolve) => {
      const told = (how) => (...values) => resolve([how, ...values]);
      (0, eval)(source)(window.RongIMLib.RongIMClient.getInstance(), { onSuccess: told('onSuccess'), onError: told('onError') }, ...given);
    }), [String(call), args]);
  }

  /** What it succeeds with. */
  async get(call, ...args) {
    const [how, value] = await this.answer(call, ...args);
    assert.equal(how, 'onSuccess', `${this.name}: ${call} answered ${value}`);
    return value;
  }

  send(type, target, name, members, mentioned = false) {
    return this.get((im, callback, ...[kind, to, of, content, isMentioned]) => {
      im.sendMessage(kind, to, new window.RongIMLib[of](content), callback, isMentioned);
    }, type, target, name, members, mentioned);
  }

  heard() {
    return this.page.evaluate(() => window.heard);
  }

  async hears(fits, what) {
    return (await eventually(() => this.heard(), (list) => list.some(fits), `${this.name} should hear ${what}`)).find(fits);
  }

  async sees(type, target, fits, what) {
    const read = () => this.get((im, callback, ...of) => im.getConversation(...of, callback), type, target);
    return eventually(read, (row) => row !== null && fits(row), `${this.name} should see ${what}`);
  }

  unread(type, target, count) {
    return this.sees(type, target, ({ unreadMessageCount }) => unreadMessageCount === count, `${count} unread`);
  }

  /** The whole history, oldest first, read page by page from its end. */
  async history(type, target, count) {
    const all = [];
    for (let [time, more] = [0, true]; more; time = null) {
      const [how, list, hasMore] = await this.answer((im, callback, ...of) => im.getHistoryMessages(...of, callback), type, target, time, count);
      assert.equal(how, 'onSuccess', String(list));
      all.unshift(...list);
      more = hasMore;
    }
    return all;
  }
}

let crew;
let server;
let ann;
let pad;
let ben;
let cal;

before(async () => {
  crew = await assemble((world, name) => Person.join(world, name));
  server = crew.server;
  [ann, pad, ben, cal] = crew.people;
});
after(() => crew?.close());

const uids = (messages) => messages.map(({ messageUId }) => messageUId);

for (const [what, type, target, theirs, others] of [
  ['a friend', PRIVATE, 'ben', 'ann', () => [ben]],
  ['a group', GROUP, 'crew', 'crew', () => [ben, cal]],
]) {
  it(`every class reaches ${what} in its class, and is in the history if it is kept`, { timeout: 30_000 }, async () => {
    const kept = [];
    for (const { name, objectName, persisted } of KINDS) {
      const sent = await ann.send(type, target, name, { extra: `你好 ${name}` });
      if (persisted) kept.push(sent.messageUId);
      for (const person of others()) {
        const heard = await person.hears((message) => message.objectName === objectName && message.conversationType === type, objectName);
        assert.ok(JSON.stringify(heard.content).includes(`你好 ${name}`));
        assert.deepEqual([heard.messageType, heard.targetId, heard.messageUId], [name, theirs, sent.messageUId]);
      }
    }
    assert.deepEqual(uids(await ann.history(type, target, 7)), kept);
    assert.deepEqual(uids(await others()[0].history(type, theirs, 20)), kept);
    await others()[0].unread(type, theirs, KINDS.filter(({ counted }) => counted).length);
  });
}

it('mentions, receipts, recalls, reading, settings and drafts', { timeout: 30_000 }, async () => {
  const mentionedInfo = { type: 2, userIdList: ['ben'] };
  const mention = await ann.send(GROUP, 'crew', 'TextMessage', { content: '@ben', mentionedInfo }, true);
  await ben.sees(GROUP, 'crew', ({ hasUnreadMention }) => hasUnreadMention, 'a mention');
  await cal.hears(({ messageUId }) => messageUId === mention.messageUId, 'what mentions Ben');
  await cal.sees(GROUP, 'crew', ({ hasUnreadMention }) => !hasUnreadMention, 'no mention');

  await ann.send(GROUP, 'crew', 'ReadReceiptRequestMessage', { messageUId: mention.messageUId });
  await ben.hears(({ messageType }) => messageType === 'ReadReceiptRequestMessage', 'the request');
  await ben.get((im, callback) => im.sendReceiptResponse(3, 'crew', callback));
  const answer = await ann.hears(({ messageType }) => messageType === 'ReadReceiptResponseMessage', 'the answer');
  assert.deepEqual(answer.receiptResponse, { [mention.messageUId]: 1 });

  const slip = await ann.send(PRIVATE, 'ben', 'TextMessage', { content: 'a slip' });
  const theirs = await ben.hears(({ messageUId }) => messageUId === slip.messageUId, 'the slip');
  const recall = (im, callback, message) => im.sendRecallMessage(message, callback);
  assert.deepEqual((await ben.answer(recall, theirs)).slice(0, 2), ['onError', 25101]);
  await ann.get(recall, slip);
  for (const person of [pad, ben]) {
    const is = ({ messageType, content }) => messageType === 'RecallCommandMessage' && content.messageUId === slip.messageUId;
    await person.hears(is, 'the recall');
  }
  assert.equal((await ben.history(PRIVATE, 'ann', 20)).at(-1).messageType, 'RecallNotificationMessage');

  for (const text of ['一', '二']) await ben.send(PRIVATE, 'ann', 'TextMessage', { content: text });
  for (const person of [ann, pad]) await person.unread(PRIVATE, 'ben', 2);
  await ann.get((im, callback) => im.clearUnreadCount(1, 'ben', callback));
  for (const person of [ann, pad]) await person.unread(PRIVATE, 'ben', 0);
  const read = await ben.send(PRIVATE, 'ann', 'TextMessage', { content: '三' });
  await pad.hears(({ messageUId }) => messageUId === read.messageUId, 'the third');
  await pad.send(PRIVATE, 'ben', 'ReadReceiptMessage', { lastMessageSendTime: read.sentTime, messageUId: read.messageUId, type: 1 });
  await ben.sees(PRIVATE, 'ann', ({ sentStatus }) => sentStatus === 50, 'that Ann has read');
  await pad.get((im, callback) => im.clearUnreadCount(1, 'ben', callback));

  await ann.get((im, callback) => im.setConversationToTop(3, 'crew', true, callback));
  await pad.get((im, callback) => im.setConversationNotificationStatus(1, 'ben', 1, callback));
  await ann.page.evaluate(() => window.RongIMLib.RongIMClient.getInstance().saveTextMessageDraft(1, 'ben', '还没写'));
  const rows = async (person) => (await person.get((im, callback) => im.getConversationList(callback, null, 20)))
    .map((row) => [row.targetId, row.unreadMessageCount, row.isTop, row.notificationStatus, row.latestMessage.messageUId]);
  const wanted = [['crew', 0, true, 0, mention.messageUId], ['ben', 0, false, 1, read.messageUId]];
  const agree = (person) => eventually(() => rows(person), (list) => JSON.stringify(list) === JSON.stringify(wanted), `${JSON.stringify(wanted)} on both devices`);
  await Promise.all([agree(ann), agree(pad)]);
  await Promise.all([ann.reload(), pad.reload()]);
  await Promise.all([agree(ann), agree(pad)]);
  assert.equal(await ann.page.evaluate(() => window.RongIMLib.RongIMClient.getInstance().getTextMessageDraft(1, 'ben')), '还没写');
});

it('the archive finds what was read, without a network', { timeout: 30_000 }, async () => {
  const search = (im, callback) => im.searchMessageByContent(1, 'ben', '绿茶', 0, 20, 0, callback);
  const sent = await ben.send(PRIVATE, 'ann', 'TextMessage', { content: '明天喝绿茶' });
  await ann.answer(search);
  const history = uids(await ann.history(PRIVATE, 'ben', 20));
  assert.equal(history.at(-1), sent.messageUId);
  // The archive does one thing after the other: behind an answer the pages are kept, too.
  await ann.answer(search);
  await ann.reload();
  await ann.answer(search);
  await server.kill();
  assert.deepEqual(uids(await ann.get(search)), [sent.messageUId]);
  assert.deepEqual(uids(await ann.history(PRIVATE, 'ben', 20)), history);
  await server.up();
  assert.deepEqual([ann, pad, ben, cal].flatMap(({ page }) => page.problems), []);
});
