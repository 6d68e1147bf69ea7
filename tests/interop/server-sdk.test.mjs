// The published server SDK (rongcloud-sdk 3.1.1), unmodified, drives our server API with everything
// it has.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createRequire } from 'node:module';
import { inflateRawSync } from 'node:zlib';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020.js';
import { launch } from '../e2e/lib/browser.mjs';
import { Server } from '../e2e/lib/server.mjs';
import { RivalPages } from './lib/rival.mjs';

const APP = { app_key: 'interop-app', app_secret: 'interop-secret-1' };
let browser;
let server;
let rivals;

/** The text in a zip archive that has one file: its data stands behind a header of 30 bytes, a name and extras. */
function onlyFileOf(archive) {
  assert.equal(archive.toString('latin1', 0, 4), 'PK\x03\x04');
  return inflateRawSync(archive.subarray(30 + archive.readUInt16LE(26) + archive.readUInt16LE(28))).toString();
}

before(async () => {
  [browser, server, rivals] = await Promise.all([launch(), Server.start(APP), RivalPages.serve()]);
});
after(async () => {
  await browser?.close();
  await Promise.all([rivals?.close(), server?.stop()]);
});

const sdk = (secret = APP.app_secret) =>
  createRequire(import.meta.url)('rongcloud-sdk')({ appkey: APP.app_key, secret, api: server.url });

describe('rongcloud-sdk 3.1.1', { timeout: 60_000 }, () => {
  it('registers users, twice in one process with the same nonce', async () => {
    const { User } = sdk();
    for (const id of ['sdk-1', 'sdk-2']) {
      const answer = await User.register({ id, name: `Name of ${id}`, portrait: 'http://portrait.example/1.png' });
      assert.equal(answer.code, 200);
      assert.equal(answer.userId, id);
      assert.ok(answer.token.length > 0);
    }
  });

  it('hands out tokens that a published client can log in with', async () => {
    const { token } = await sdk().User.register({ id: 'sdk-3', name: 'Three', portrait: 'http://portrait.example/3.png' });
    const rival = await rivals.login(browser, server, { token, appKey: APP.app_key });
    assert.deepEqual(rival.login, { userId: 'sdk-3' });
  });

  it('runs a group: makes it, adds to it, asks who is in it, ends it', async () => {
    const { Group } = sdk();
    const done = (answer) => assert.equal(answer.code, 200, JSON.stringify(answer));
    const member = (id) => ({ id });
    const ids = async () => (await Group.get({ id: 'sdk-group' })).members.map(({ id }) => id);
    done(await Group.create({ id: 'sdk-group', name: 'Geese', members: ['a', 'b'].map(member) }));
    done(await Group.join({ id: 'sdk-group', name: 'Swans', member: member('c') }));
    assert.deepEqual(await ids(), ['a', 'b', 'c']);
    done(await Group.quit({ id: 'sdk-group', member: member('b') }));
    assert.deepEqual(await ids(), ['a', 'c']);
    done(await Group.update({ id: 'sdk-group', name: 'Ducks' }));
    done(await Group.dismiss({ id: 'sdk-group', member: member('a') }));
  });

  it('sends to users and groups', async () => {
    const { Group, Message } = sdk();
    const done = (answer) => assert.equal(answer.code, 200, JSON.stringify(answer));
    const text = (targetId) => ({ senderId: 'a', targetId, objectName: 'RC:TxtMsg', content: '{"content":"hi"}' });
    done(await Group.create({ id: 'sdk-group-2', name: 'Geese', members: [{ id: 'a' }, { id: 'b' }] }));
    done(await Message.Private.send(text('b')));
    done(await Message.System.send(text('b')));
    done(await Message.Group.send(text('sdk-group-2')));
    const nowhere = await Message.Group.send(text('sdk-nowhere'));
    assert.notEqual(nowhere.code, 200);
  });

  it('runs chatrooms: everything that its Chatroom can do', async () => {
    const { Chatroom, Message } = sdk();
    const done = (answer) => assert.equal(answer.code, 200, JSON.stringify(answer));
    const id = 'sdk-room';
    const members = () => ['a', 'b'].map((member) => ({ id: member }));
    const ids = ({ members: listed }) => listed.map((member) => member.id);
    done(await Chatroom.create([{ id, name: 'Geese' }, { id: 'sdk-room-2', name: 'Swans' }]));
    done(await Chatroom.create({ id, name: 'Ducks' }));
    const asked = await Chatroom.get({ id, count: 10, order: 1 });
    assert.deepEqual([asked.code, asked.total, asked.members], [200, 0, []]);
    const exist = await Chatroom.isExist({ id, members: members() });
    assert.deepEqual(exist.members.map(({ id: member, isInChrm }) => [member, isInChrm]), [['a', 0], ['b', 0]]);
    for (const rule of [Chatroom.Gag, Chatroom.Block, Chatroom.Ban]) {
      done(await rule.add({ id, members: members(), minute: 5 }));
      const listed = await rule.getList({ id });
      assert.deepEqual(ids(listed), ['a', 'b']);
      assert.match(listed.members[0].time, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
      done(await rule.remove({ id, members: members() }));
      assert.deepEqual(ids(await rule.getList({ id })), []);
    }
    done(await Chatroom.Demotion.add({ msgs: ['RC:ImgMsg', 'RC:VcMsg'] }));
    assert.deepEqual((await Chatroom.Demotion.getList()).objectNames, ['RC:ImgMsg', 'RC:VcMsg']);
    done(await Chatroom.Demotion.remove({ msgs: ['RC:ImgMsg', 'RC:VcMsg'] }));
    assert.deepEqual((await Chatroom.Demotion.getList()).objectNames, []);
    done(await Chatroom.Distribute.stop({ id }));
    done(await Chatroom.Distribute.resume({ id }));
    done(await Chatroom.KeepAlive.add({ id }));
    assert.deepEqual((await Chatroom.KeepAlive.getList()).chatrooms, [id]);
    done(await Chatroom.KeepAlive.remove({ id }));
    assert.deepEqual((await Chatroom.KeepAlive.getList()).chatrooms, []);
    done(await Chatroom.Whitelist.Message.add({ msgs: ['RC:TxtMsg'] }));
    assert.deepEqual((await Chatroom.Whitelist.Message.getList()).objectNames, ['RC:TxtMsg']);
    done(await Chatroom.Whitelist.Message.remove({ msgs: ['RC:TxtMsg'] }));
    done(await Chatroom.Whitelist.User.add({ id, members: members() }));
    assert.deepEqual(ids(await Chatroom.Whitelist.User.getList({ id })), ['a', 'b']);
    done(await Chatroom.Whitelist.User.remove({ id, members: members() }));
    const text = { senderId: 'a', objectName: 'RC:TxtMsg', content: { content: 'hi' } };
    done(await Message.Chatroom.send({ ...text, targetId: id }));
    done(await Message.Chatroom.broadcast({ ...text }));
    done(await Chatroom.destory({ id }));
    done(await Chatroom.destroy({ id: 'sdk-room-2' }));
    const gone = await Chatroom.get({ id, count: 10, order: 1 });
    assert.notEqual(gone.code, 200);
  });

  const ok = (answer) => (assert.equal(answer.code, 200, JSON.stringify(answer)), answer);
  const member = (id) => ({ id });
  const portrait = 'http://portrait.example/1.png';

  it('changes a user and asks whether it is online', async () => {
    const { User } = sdk();
    ok(await User.register({ id: 'u-1', name: 'One', portrait }));
    ok(await User.update({ id: 'u-1', name: 'Uno', portrait }));
    const { status } = ok(await User.OnlineStatus.get({ id: 'u-1', name: 'Uno', portrait }));
    assert.equal(status, '0');
  });

  it('blocks users and lists who is blocked', async () => {
    const { Block } = sdk().User;
    ok(await Block.add({ id: 'u-blocked', minute: 10 }));
    const listed = ok(await Block.getList());
    assert.deepEqual(listed.users.map(({ userId }) => userId), ['u-blocked']);
    assert.match(listed.users[0].blockEndTime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    ok(await Block.remove({ id: 'u-blocked' }));
    assert.deepEqual(ok(await Block.getList()).users, []);
  });

  it('runs a blacklist', async () => {
    const { Blacklist } = sdk().User;
    const black = (...ids) => ({ id: 'u-black', blacklist: ids.map(member) });
    ok(await Blacklist.add(black('x', 'y')));
    const ids = async () => ok(await Blacklist.getList({ id: 'u-black' })).users;
    assert.equal((await ids()).length, 2);
    ok(await Blacklist.remove(black('x')));
    assert.equal((await ids()).length, 1);
  });

  it('gives tags to users', async () => {
    const { Tag } = sdk().User;
    ok(await Tag.set({ id: 'u-tag', tags: ['young', '北京'] }));
    ok(await Tag.batchSet({ users: [member('u-tag-2'), member('u-tag-3')], tags: ['old'] }));
    ok(await Tag.batchRemove({ users: [member('u-tag-3')] }));
    const listed = ok(await Tag.getList(['u-tag', 'u-tag-2', 'u-tag-3'].map(member)));
    assert.deepEqual(listed.tags, { 'u-tag': ['young', '北京'].sort(), 'u-tag-2': ['old'], 'u-tag-3': [] });
    ok(await Tag.remove({ id: 'u-tag' }));
  });

  it('says in which groups a user is', async () => {
    const { Group } = sdk();
    const groups = ['sync-1', 'sync-2'].map((id) => ({ id, name: id }));
    ok(await Group.sync({ id: 'u-sync', groups }));
    const members = async (id) => ok(await Group.get({ id })).members.map(({ id: user }) => user);
    assert.deepEqual(await members('sync-1'), ['u-sync']);
    ok(await Group.sync({ id: 'u-sync', groups: groups.slice(1) }));
    assert.deepEqual(await members('sync-1'), []);
  });

  it('mutes members and groups, and lets some speak', async () => {
    const { Group } = sdk();
    ok(await Group.create({ id: 'g-mute', name: 'Geese', members: ['a', 'b'].map(member) }));
    for (const mutes of [Group.Gag, Group.Mute.Member]) {
      const of = (minute) => ({ id: 'g-mute', members: [member('a')], ...minute });
      ok(await mutes.add(of({ minute: 5 })));
      assert.deepEqual(ok(await mutes.getList({ id: 'g-mute' })).members.map(({ id }) => id), ['a']);
      ok(await mutes.remove(of()));
      assert.deepEqual(ok(await mutes.getList({ id: 'g-mute' })).members, []);
    }
    const groups = [member('g-mute')];
    ok(await Group.Mute.All.add({ groups }));
    assert.deepEqual(ok(await Group.Mute.All.getList()).groups, [{ id: 'g-mute', isMuted: 1 }]);
    ok(await Group.Mute.All.remove({ groups }));
    assert.deepEqual(ok(await Group.Mute.All.getList()).groups, []);
    const exception = () => ({ id: 'g-mute', members: [member('b')] });
    ok(await Group.Mute.Whitelist.add(exception()));
    assert.deepEqual(ok(await Group.Mute.Whitelist.getList({ id: 'g-mute' })).members, [member('b')]);
    ok(await Group.Mute.Whitelist.remove(exception()));
    assert.deepEqual(ok(await Group.Mute.Whitelist.getList({ id: 'g-mute' })).members, []);
  });

  it('sends templates, mentions and broadcasts, and takes messages back', async () => {
    const { Group, Message } = sdk();
    const text = { senderId: 'a', objectName: 'RC:TxtMsg' };
    const template = () => ({
      ...text,
      template: { content: 'hello {name}' },
      content: { b: { data: { '{name}': 'B' }, push: 'p' }, c: { data: { '{name}': 'C' }, push: 'p' } },
    });
    ok(await Message.Private.sendTemplate(template()));
    ok(await Message.System.sendTemplate(template()));
    ok(await Message.System.broadcast({ ...text, content: { content: 'to all' } }));
    ok(await Group.create({ id: 'g-send', name: 'Geese', members: ['a', 'b'].map(member) }));
    const mentionedInfo = { type: 2, userIds: ['b'], pushContent: 'x' };
    const mention = { ...text, targetId: 'g-send', type: 2, userIds: ['b'], content: { content: 'hi', mentionedInfo } };
    ok(await Message.Group.sendMention(mention));
    for (const [kind, targetId] of [['Private', 'b'], ['Group', 'g-send']]) {
      const sent = ok(await Message[kind].send({ ...text, targetId, content: { content: 'oops' } }));
      const [{ messageUID }] = sent.messageUIDs;
      const recall = () => ({ senderId: 'a', targetId, uId: messageUID, sentTime: Date.now(), objectName: 'RC:TxtMsg' });
      ok(await Message[kind].recall(recall()));
      assert.notEqual((await Message[kind].recall(recall())).code, 200, 'not a second time');
    }
    const nowhere = await Message.Discussion.send({ ...text, targetId: 'no-discussion', content: { content: 'x' } });
    assert.notEqual(nowhere.code, 200);
  });

  it('fetches the log of an hour and deletes it', async () => {
    const { History } = sdk().Message;
    const date = new Date().toISOString().replace(/[-T:]/g, '').slice(0, 10);
    const { url } = ok(await History.get({ date }));
    const archive = Buffer.from(await (await fetch(url)).arrayBuffer());
    const lines = onlyFileOf(archive).trim().split('\n');
    const logged = lines.map((line) => JSON.parse(line.slice(line.indexOf(',') + 1)));
    assert.ok(logged.some(({ fromUserId, content }) => fromUserId === 'a' && content.content === 'to all'));
    ok(await History.remove({ date }));
    assert.equal(ok(await History.get({ date })).url, '');
  });

  it('mutes conversations', async () => {
    const { Conversation } = sdk();
    const conversation = () => ({ type: 'PRIVATE', targetId: 'b', userId: 'a' });
    ok(await Conversation.mute(conversation()));
    ok(await Conversation.unmute(conversation()));
  });

  it('keeps words that are replaced or refused', async () => {
    const { Sensitive } = sdk();
    ok(await Sensitive.add({ type: 0, keyword: 'darn', replace: '***' }));
    ok(await Sensitive.add({ type: 1, keyword: '坏话', replace: '' }));
    const words = async (type) => ok(await Sensitive.getList({ type })).words.map(({ word }) => word);
    assert.deepEqual([await words(0), await words(1)], [['darn'], ['坏话']]);
    ok(await Sensitive.remove({ keywords: ['darn', '坏话'] }));
    assert.deepEqual(await words(2), []);
  });

  it('sends the message of a push; a notification alone has nowhere to go', async () => {
    const { Push } = sdk();
    const push = { platform: ['ios'], audience: { userid: ['b'] }, notification: { alert: 'x' }, fromUserId: 'a' };
    const message = { objectName: 'RC:TxtMsg', content: '{"content":"pushed"}' };
    assert.equal(ok(await Push.message({ ...push, message })).receivers, 1);
    assert.notEqual((await Push.push(push)).code, 200);
  });

  it('is told in words of its own that it calls too often', async () => {
    const busy = await Server.start({ ...APP, api_rate: 1 });
    try {
      const { User } = createRequire(import.meta.url)('rongcloud-sdk')({
        appkey: APP.app_key, secret: APP.app_secret, api: busy.url,
      });
      const codes = [];
      for (let i = 0; i < 3; i += 1) {
        codes.push(String((await User.update({ id: 'nobody', name: 'x', portrait })).code));
      }
      assert.ok(codes.includes('20001'), codes.join());
    } finally {
      await busy.stop();
    }
  });

  it('is described by an OpenAPI document whose examples are valid', async () => {
    const description = await (await fetch(`${server.url}/openapi.json`)).json();
    const { valid, errors } = await new Validator().validate(structuredClone(description));
    assert.ok(valid, JSON.stringify(errors, null, 1));
    const ajv = new Ajv2020({ strict: false });
    for (const [path, { post }] of Object.entries(description.paths)) {
      const form = post.requestBody.content['application/x-www-form-urlencoded'];
      const answer = post.responses[200].content['application/json'];
      for (const { schema, example } of [form, answer]) {
        const check = ajv.compile(schema);
        assert.ok(check(example), `${path}: ${ajv.errorsText(check.errors)}`);
      }
    }
  });

  it('is refused with a wrong secret', async () => {
    // This SDK resolves with its own words for a refusal: 20000 is "the signature is wrong".
    const portrait = 'http://portrait.example/4.png';
    const refusal = await sdk('another-secret-2').User.register({ id: 'sdk-4', name: 'Four', portrait });
    assert.equal(refusal.code, '20000', JSON.stringify(refusal));
    assert.equal(refusal.token, undefined);
  });
});
