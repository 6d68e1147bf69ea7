// Ben and Cal call each other through hongyan/rtc; Ann has two devices that ring.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { assemble } from './lib/crew.mjs';
import { eventually } from './lib/demo.mjs';
import { Device } from './lib/device.mjs';

const TIME = { timeout: 60_000 };

let crew;
let ann;
let pad;
let ben;
let cal;

before(async () => {
  crew = await assemble((world, name) => Device.open(world, name));
  [ann, pad, ben, cal] = crew.people;
  for (const device of crew.people) {
    await device.page.evaluate(async () => {
      const rtc = await import('/rtc.js');
      Object.assign(window, { rtc, calls: new rtc.Calls(window.run.client), changes: [] });
      window.calls.watch(({ what, userId, summary }) => window.changes.push([what, userId, summary?.status ?? null]));
    });
  }
});
after(() => crew?.close());

const act = (device, work, ...args) => device.page.evaluate(([source, given]) =>
  (0, eval)(source)(window, ...given).then((what) => what ?? null, (error) => `failed: ${error.code}`), [String(work), args]);
const told = (device, what, userId) => eventually(
  () => device.page.evaluate(() => window.changes), (list) => list.some(([name, who]) => name === what && who === userId),
  `${device.session.userId} should be told: ${what} ${userId}`);
const current = (device) => device.page.evaluate(() => window.calls.current);

it('a call is taken, its media change, and both know its end', TIME, async () => {
  await act(ben, ({ calls }) => calls.start({ type: 1, targetId: 'cal' }, { mediaType: 2 }));
  await told(cal, 'incoming', 'cal');
  await told(ben, 'ringing', 'cal');
  assert.equal((await act(cal, ({ calls }) => calls.accept())).state, 'connected');
  await told(ben, 'accepted', 'cal');
  await act(ben, ({ calls }) => calls.setMediaType(1));
  await told(cal, 'media', 'ben');
  await act(cal, ({ calls }) => calls.hangUp());
  const changes = await told(ben, 'ended', 'cal');
  assert.deepEqual(changes.at(-1), ['ended', 'cal', 13]);
  assert.deepEqual([await current(ben), await current(cal)], [null, null]);
});

it('one device takes the call, the other stops ringing', TIME, async () => {
  await act(ben, ({ calls }) => calls.start({ type: 1, targetId: 'ann' }));
  await told(ann, 'incoming', 'ann');
  await told(pad, 'incoming', 'ann');
  await act(pad, ({ calls }) => calls.accept());
  await eventually(() => current(ann), (call) => call === null, 'the other device should stop ringing');
  assert.equal((await current(pad)).state, 'connected');
  assert.equal(await act(cal, ({ calls }) => calls.start({ type: 1, targetId: 'ben' }).then(() => 'sent')), 'sent');
  await told(cal, 'ended', 'ben');
  await act(ben, ({ calls }) => calls.hangUp());
  await eventually(() => current(pad), (call) => call === null, 'the call is over');
});

it('who comes online while it rings hears it', TIME, async () => {
  await cal.do((client) => client.disconnect());
  await cal.page.evaluate(() => window.changes.splice(0));
  await act(ben, ({ calls }) => calls.start({ type: 1, targetId: 'cal' }));
  await cal.do((client, token) => client.connect(token), cal.session.token);
  await told(cal, 'incoming', 'cal');
  await act(ben, ({ calls }) => calls.hangUp());
  await told(cal, 'ended', 'ben');
});

it('members of a call room share values and messages', TIME, async () => {
  const enter = (device) => act(device, async (page) => {
    page.room = new page.rtc.CallRoom(page.run.client, 'room-7');
    const { members, token } = await page.room.join();
    return { members: Object.keys(members), token };
  });
  assert.deepEqual(await enter(ben), { members: ['ben'], token: null });
  assert.deepEqual(await enter(cal), { members: ['ben', 'cal'], token: null });
  const inRoom = (name) => ({ conversation, objectName }) => conversation.type === 12 && conversation.targetId === 'room-7' && objectName === name;
  await ben.hears('message', inRoom('RCRTC:state'));
  await act(cal, ({ room }) => room.set('uris', '[1]', { notice: { objectName: 'app:Published', body: { uris: [1] } } }));
  assert.deepEqual((await ben.hears('message', inRoom('app:Published'))).content, { uris: [1] });
  assert.deepEqual(await act(ben, ({ room }) => room.members()), { ben: {}, cal: { uris: '[1]' } });
  await act(ben, ({ room }) => room.send({ objectName: 'app:Mute', body: {}, persisted: false, counted: false }).then(() => {}));
  await cal.hears('message', inRoom('app:Mute'));
  await act(cal, ({ room }) => room.leave());
  assert.equal(await act(cal, ({ room }) => room.members()), 'failed: 40001');
  assert.equal(await act(ben, ({ room }) => room.token()), 'failed: 24012');
  const rows = await ben.do((client) => client.conversations({ hidden: true }));
  assert.ok(!rows.some(({ conversation }) => conversation.type === 12), 'a call room is no conversation of the list');
});
