// Ann on two devices, Ben and Cal, through hongyan/people: discussions, the blacklist, who is online, quiet hours.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { assemble } from './lib/crew.mjs';
import { eventually } from './lib/demo.mjs';
import { Device } from './lib/device.mjs';

const TIME = { timeout: 60_000 };
const [ANN, BEN] = ['ann', 'ben'].map((targetId) => ({ type: 1, targetId }));

let crew;
let ann;
let pad;
let ben;
let cal;

/** Runs `work(people, ...args)` in the page; 'failed: CODE' if it fails. */
const ask = (device, work, ...args) => device.page.evaluate(async ([source, given]) => {
  const { People } = await import('/people.js');
  window.people ??= new People(window.run.client);
  return (0, eval)(source)(window.people, ...given).catch((error) => `failed: ${error.code}`);
}, [String(work), args]);
const noted = (device) => device.page.evaluate(() => window.noted);

before(async () => {
  crew = await assemble((world, name) => Device.open(world, name));
  [ann, pad, ben, cal] = crew.people;
});
after(() => crew?.close());

it('a discussion: its members hear of every change, and who is put out cannot write', TIME, async () => {
  const id = await ask(ann, (people) => people.createDiscussion('geese', ['ben']));
  const room = { type: 2, targetId: id };
  const isNotice = (number) => ({ objectName, content, conversation }) => objectName === 'RC:DizNtf' && content.type === number && conversation.targetId === id;
  await ben.hears('message', isNotice(1));
  await ben.send(room, 'hello');
  await pad.hears('message', ({ content }) => content.content === 'hello');
  assert.equal(await ask(ben, (people, of) => people.renameDiscussion(of, 'swans'), id), undefined);
  await ann.hears('message', isNotice(3));
  assert.equal(await ask(ben, (people, of) => people.setDiscussionOpen(of, false), id), 'failed: 20406');
  await ask(ann, (people, of) => people.setDiscussionOpen(of, false), id);
  assert.equal(await ask(ben, (people, of) => people.invite(of, ['cal']), id), 'failed: 21409');
  assert.deepEqual(await ask(ben, (people, of) => people.discussion(of), id), { id, name: 'swans', ownerId: 'ann', memberIds: ['ann', 'ben'], open: false });
  await ask(ann, (people, of) => people.removeMember(of, 'ben'), id);
  await ben.hears('message', isNotice(4));
  assert.equal(await ben.code((client, to) => client.send(to, 'again'), room), 21406);
  assert.equal(await ask(cal, (people, of) => people.discussion(of), id), 'failed: 21406');
});

it('who is blocked is told 405, and nothing arrives', TIME, async () => {
  await ask(ann, (people) => people.block('ben'));
  assert.equal(await ben.code((client, to) => client.send(to, 'blocked'), ANN), 405);
  assert.equal(await ask(pad, (people) => people.isBlocked('ben')), true);
  assert.deepEqual(await ask(pad, (people) => people.blacklist()), ['ben']);
  await ann.send(BEN, 'from who blocks');
  await ben.hears('message', ({ content }) => content.content === 'from who blocks');
  await ask(ann, (people) => people.unblock('ben'));
  assert.equal(await ask(ann, (people) => people.isBlocked('ben')), false);
  await ben.send(ANN, 'unblocked');
  await ann.hears('message', ({ content }) => content.content === 'unblocked');
  const heard = await ann.told('message');
  assert.ok(!heard.some(({ content }) => content.content === 'blocked'));
});

it('who watches is told of each login, logout and status, also over a link of its own that was lost', TIME, async () => {
  await ask(ben, (people) => {
    window.noted = [];
    return people.watch(['ann'], ({ online, status, logins }) => window.noted.push(`${online} ${status} ${logins.length}`)).then(() => {});
  });
  const last = (wanted) => eventually(() => noted(ben), (list) => list.at(-1) === wanted, `Ben should see ${wanted}`);
  await last('true 0 2');
  await pad.do((client) => client.disconnect());
  await last('true 0 1');
  await ask(ann, (people) => people.setStatus(7));
  await last('true 7 1');
  await ann.do((client) => client.disconnect());
  await last('false 7 1');
  await ben.do((client) => client.disconnect());
  for (const device of [ann, pad]) await device.do((client, token) => client.connect(token), device.session.token);
  await ben.do((client, token) => client.connect(token), ben.session.token);
  await last('true 7 2');
  assert.equal((await ask(cal, (people) => people.presence('ann'))).online, true);
  assert.equal((await ask(cal, (people) => people.presence('nobody'))).online, false);
});

it('quiet hours are the same on both devices', TIME, async () => {
  await ask(pad, async (people) => {
    window.noted = [];
    people.onQuietHours((hours) => window.noted.push(hours));
  });
  const hours = { start: '22:00:00', minutes: 480 };
  await ask(ann, (people) => people.setQuietHours('22:00:00', 480));
  await eventually(() => noted(pad), (list) => list.length === 1, 'the other device should hear of it');
  assert.deepEqual([await noted(pad), await ask(pad, (people) => people.quietHours())], [[hours], hours]);
  await ask(pad, (people) => people.removeQuietHours());
  assert.equal(await ask(ann, (people) => people.quietHours()), null);
  assert.equal(await ask(cal, (people) => people.userInfo('nobody-at-all')), 'failed: 23407');
});
