// The published server SDK (rongcloud-sdk 3.1.1), unmodified, gets tokens from our server API, runs
// groups and sends messages through it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createRequire } from 'node:module';
import { launch } from '../e2e/lib/browser.mjs';
import { Server } from '../e2e/lib/server.mjs';
import { RivalPages } from './lib/rival.mjs';

const APP = { app_key: 'interop-app', app_secret: 'interop-secret-1' };
let browser;
let server;
let rivals;

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

  it('is refused with a wrong secret', async () => {
    // This SDK resolves with its own words for a refusal: 20000 is "the signature is wrong".
    const portrait = 'http://portrait.example/4.png';
    const refusal = await sdk('another-secret-2').User.register({ id: 'sdk-4', name: 'Four', portrait });
    assert.equal(refusal.code, '20000', JSON.stringify(refusal));
    assert.equal(refusal.token, undefined);
  });
});
