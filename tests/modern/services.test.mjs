// hongyan/services and hongyan/location against a client that a test answers for.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { HongyanError } from '../../pkg/index.js';
import { LiveLocations } from '../../pkg/location.js';
import { CustomerService, PublicServices } from '../../pkg/services.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const failed = (promise) => promise.then(() => assert.fail('it did not fail'), (error) => error);

/** Notes what it is asked; answers with what `answers` says. */
class StubClient {
  userId = 'me';
  serverTimeOffset = 0;
  asked = [];
  sent = [];
  answers = [];
  /** What becomes of the next sends. @type {Error[]} */
  failures = [];
  #listener = null;

  on(event, listener) {
    assert.equal(event, 'message');
    this.#listener = listener;
    return () => (this.#listener = null);
  }

  async ask(...question) {
    this.asked.push(question);
    const answer = this.answers.shift() ?? {};
    if (answer instanceof Error) throw answer;
    return answer;
  }

  submit(ref, content, options) {
    this.sent.push([ref.targetId, content.objectName, content.body, options]);
    const failure = this.failures.shift();
    return { clientId: '1', sent: failure ? Promise.reject(failure) : Promise.resolve({}) };
  }

  hear(conversation, objectName, content, more = {}) {
    this.#listener?.({ conversation, objectName, content, direction: 'received', senderUserId: conversation.targetId, sentTime: Date.now(), ...more });
  }
}

const account = (number, time = number) => ({ mpid: `s${number}`, name: `S${number}`, type: number % 2 ? 'mc' : 'mp', time });

test('all services that are followed come, page by page', async () => {
  const client = new StubClient();
  const hundred = Array.from({ length: 100 }, (_, index) => account(index, 5));
  client.answers = [{ info: hundred }, { info: [account(100, 6)] }];
  const all = await new PublicServices(client).followed();
  assert.deepEqual([all.length, all[1].conversation, all[100].conversation], [101, { type: 7, targetId: 's1' }, { type: 8, targetId: 's100' }]);
  assert.deepEqual(client.asked.map(([, , body]) => body), [{ time: 0, mpid: '' }, { time: 5, mpid: 's99' }]);
  // A server that gives the same page for ever.
  client.answers = [{ info: hundred }, { info: hundred }, { info: hundred }];
  assert.equal((await new PublicServices(client).followed()).length, 100);
});

test('what a service says of itself may be anything', async () => {
  const client = new StubClient();
  for (const extra of [undefined, '', 'no JSON', 'null', '{"menu":7,"introduction":{}}']) {
    client.answers = [{ info: [{ ...account(2), extra }] }];
    const [profile] = await new PublicServices(client).search('s');
    assert.deepEqual([profile.menu, profile.introduction, profile.followed, profile.global], [[], '', true, false], extra);
  }
});

test('services refuse what cannot be meant, with errors of the one class', async () => {
  for (const Service of [PublicServices, CustomerService, LiveLocations]) {
    for (const client of [undefined, null, {}]) assert.throws(() => new Service(client), ({ code }) => code === -3);
  }
  const locations = new LiveLocations(new StubClient());
  for (const ref of [undefined, null, 5, { type: '1', targetId: 'a' }, { type: 1, targetId: '' }]) assert.throws(() => locations.of(ref), ({ code }) => code === -3);
  const services = new PublicServices(new StubClient());
  for (const wrong of [
    services.search(''), services.search(7), services.search('a', { type: 1 }), services.follow({ type: 1, targetId: 'a' }),
    services.follow({ type: 8, targetId: '' }), services.follow(null), services.choose({ type: 8, targetId: 'a' }, {}),
  ]) {
    const error = await failed(wrong);
    assert.ok(error instanceof HongyanError);
    assert.deepEqual([error.code, error.origin], [-3, 'caller']);
  }
});

test('a choice in a menu is told to the service and kept nowhere', async () => {
  const client = new StubClient();
  await new PublicServices(client).choose({ type: 8, targetId: 'daily' }, { id: 'm', name: 'M', type: 3, more: 1 });
  const [[target, objectName, { menuItem }, options]] = client.sent;
  assert.deepEqual([target, objectName, menuItem.id, 'more' in menuItem, options.keep], ['daily', 'RC:PSCmd', 'm', false, false]);
});

describe('a talk', () => {
  const HELP = { type: 5, targetId: 'help' };
  const data = (more = {}) => ({ sid: '9', uid: 'me', pid: 'help', serviceType: '3', notAutoCha: '0', mode: '1', ...more });
  let client;
  let desk;

  beforeEach(() => {
    client = new StubClient();
    desk = new CustomerService(client, { answerMs: 50 });
  });

  async function begun(more) {
    const talk = desk.begin('help');
    client.hear(HELP, 'RC:CsHsR', { status: 1, data: data(more) });
    return talk;
  }

  test('goes from the robot over waiting to an agent, and ends', async () => {
    const talk = await begun();
    const modes = [];
    const reported = mock.method(console, 'error', () => {});
    talk.onMode(() => {
      throw new Error('mine');
    });
    talk.onMode((mode) => modes.push(mode));
    const human = talk.human();
    client.hear(HELP, 'RC:CsChaR', { data: { status: 1, before: 3 } });
    assert.deepEqual(await human, { answer: 'coming', before: 3 });
    client.hear(HELP, 'RC:CsUpdate', { serviceStatus: '2', sid: '9' });
    client.hear(HELP, 'RC:CsUpdate', { serviceStatus: '2', sid: '8' });
    client.hear(HELP, 'RC:CsEnd', { code: 1, sid: '9' });
    client.hear(HELP, 'RC:CsEnd', { code: 0, sid: '8' });
    client.hear({ type: 1, targetId: 'help' }, 'RC:CsEnd', { code: 0, sid: '9' });
    client.hear(HELP, 'RC:CsEnd', { code: 0, sid: '9' });
    assert.deepEqual(modes, ['waiting', 'human', 'robot', 'over']);
    assert.equal(reported.mock.callCount(), 4, 'what a listener throws is reported, and stops nobody');
    reported.mock.restore();
    assert.equal((await failed(talk.human())).code, 51001);
    await talk.end();
    assert.equal(client.sent.filter(([, name]) => name === 'RC:CsSp').length, 0, 'it was over');
  });

  test('is not heard any more once its desk is closed', async () => {
    const talk = await begun();
    desk.close();
    client.hear(HELP, 'RC:CsEnd', { code: 0, sid: '8' });
    assert.deepEqual([talk.mode, desk.talk('help')], ['robot', null]);
    assert.equal((await failed(desk.begin('help'))).code, -1);
  });

  test('that goes on is the same one, a new one is another', async () => {
    const talk = await begun();
    assert.equal(await begun({ mode: '2' }), talk);
    assert.equal(talk.mode, 'human');
    const next = await begun({ sid: '10' });
    assert.notEqual(next, talk);
    assert.equal(desk.talk('help'), next);
    assert.equal(desk.talk('else'), null);
  });

  test('with services without a robot in front asks for a human at once', async () => {
    const talk = desk.begin('help');
    client.hear(HELP, 'RC:CsHsR', { status: 1, data: data({ serviceType: '4', notAutoCha: '1' }) });
    await turn();
    assert.equal(client.sent.at(-1)[1], 'RC:CSCha');
    client.hear(HELP, 'RC:CsChaR', { data: { status: 2 } });
    assert.equal((await talk).mode, 'robot');
  });

  test('that nobody answers fails after its time, and a refusal at once', async () => {
    const error = await failed(desk.begin('help'));
    assert.ok(error instanceof HongyanError);
    assert.deepEqual([error.code, error.retryable], [-1, true]);
    client.failures = [new HongyanError(20406, 'server')];
    assert.equal((await failed(desk.begin('nobody'))).code, 20406);
    const refused = desk.begin('help');
    client.hear(HELP, 'RC:CsHsR', { status: 0, msg: 'closed' });
    assert.equal((await failed(refused)).code, 20406);
    assert.equal((await failed(desk.begin(7))).code, -3);
    assert.equal(desk.talk('help'), null);
  });

  test('two calls that wait for one answer both get it', async () => {
    const both = [desk.begin('help'), desk.begin('help')];
    client.hear(HELP, 'RC:CsHsR', { status: 1, data: data() });
    const [one, other] = await Promise.all(both);
    assert.equal(one, other);
  });

  test('is rated in numbers and words; a rating that makes no sense is not sent', async () => {
    const talk = await begun();
    await talk.rateRobot({ resolved: false, remark: 'no' });
    await talk.rateHuman({ stars: 5 });
    const ids = { uid: 'me', sid: '9', pid: 'help' };
    assert.deepEqual(client.sent.slice(1).map(([, , body]) => body), [
      { ...ids, type: 0, isresolve: 0, suggest: 'no' }, { ...ids, type: 1, source: 5, suggest: '' },
    ]);
    for (const [wrong, code] of [
      [talk.rateRobot({ resolved: 1 }), -3], [talk.rateRobot(), -3], [talk.rateHuman({ stars: 0 }), 33003], [talk.rateHuman({ stars: 2.5 }), 33003],
      [talk.rateHuman({ stars: 3, remark: 'x'.repeat(1001) }), 33003], [talk.rateHuman({ stars: 3, remark: null }), 33003],
    ]) assert.equal((await failed(wrong)).code, code);
    assert.equal(client.sent.length, 3);
  });
});

describe('live locations', () => {
  const ADA = { type: 1, targetId: 'ada' };
  let client;
  let locations;
  let here;
  let heard;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setInterval', 'Date'], now: 1_700_000_000_000 });
    client = new StubClient();
    locations = new LiveLocations(client);
    here = locations.of(ADA);
    heard = [];
    here.on((event) => heard.push(event.state ?? `${event.name} ${event.userId}`));
  });
  afterEach(() => {
    locations.close();
    mock.timers.reset();
  });

  const hear = (objectName, content = {}, more = {}) => client.hear(ADA, objectName, content, more);
  const names = () => client.sent.map(([, name]) => name);

  test('one begins, another joins, both see each other, one goes', async () => {
    await here.start();
    assert.equal(here.state, 'outgoing');
    await here.update(1, 2);
    hear('RC:RLJoin');
    await turn();
    assert.deepEqual(names(), ['RC:RLStart', 'RC:RL', 'RC:RL'], 'who comes in is told where the others are');
    hear('RC:RL', { latitude: 3, longitude: 4 });
    assert.deepEqual(here.participants, [{ userId: 'me', latitude: 1, longitude: 2 }, { userId: 'ada', latitude: 3, longitude: 4 }]);
    hear('RC:RLQuit');
    await here.quit();
    assert.deepEqual(heard, ['outgoing', 'moved me', 'joined ada', 'connected', 'moved ada', 'quit ada', 'outgoing', 'idle']);
    assert.deepEqual(names().slice(-2), ['RC:RLQuit', 'RC:RLEnd'], 'the last one ends it');
    const kept = client.sent.filter(([, name]) => ['RC:RLStart', 'RC:RLEnd'].includes(name));
    assert.equal(kept.length, 2);
  });

  test('a listener that throws stops neither others nor the sharing', async () => {
    const reported = mock.method(console, 'error', () => {});
    const behind = [];
    const stop = here.on(() => {
      throw new Error('mine');
    });
    here.on(({ name }) => behind.push(name));
    await here.start();
    stop();
    assert.deepEqual([here.state, behind, reported.mock.callCount()], ['outgoing', ['state'], 1]);
    reported.mock.restore();
  });

  test('who joins and quits leaves the others sharing', async () => {
    hear('RC:RLStart');
    assert.equal(here.state, 'incoming');
    await here.join();
    await here.quit();
    assert.equal(here.state, 'incoming');
    hear('RC:RLEnd');
    assert.equal(here.state, 'idle');
    assert.deepEqual(here.participants, []);
  });

  test('who is not heard of expires, and whoever shares is heard of', async () => {
    hear('RC:RLStart');
    await here.join();
    mock.timers.tick(20_000);
    assert.equal(names().at(-1), 'RC:RLJoin', 'without a place yet');
    await here.update(5, 6);
    mock.timers.tick(20_000);
    assert.equal(names().at(-1), 'RC:RL');
    assert.equal(here.state, 'connected');
    mock.timers.tick(40_000);
    assert.deepEqual([here.state, heard.at(-2)], ['outgoing', 'quit ada']);
    await here.quit();
    const before = client.sent.length;
    mock.timers.tick(120_000);
    assert.equal(client.sent.length, before, 'nothing more is said');
  });

  test('what is old, of oneself, or no place changes nothing', () => {
    hear('RC:RLStart', {}, { sentTime: Date.now() - 60_001 });
    hear('RC:RLStart', {}, { direction: 'sent' });
    for (const content of [{}, { latitude: '1', longitude: 2 }, { latitude: 91, longitude: 0 }, { latitude: 0, longitude: Infinity }]) hear('RC:RL', content);
    assert.deepEqual([here.state, heard], ['idle', []]);
  });

  test('no more share than may', async () => {
    for (const name of 'abcdefg') hear('RC:RLStart', {}, { senderUserId: name });
    assert.equal(here.participants.length, 5);
    assert.equal((await failed(here.join())).code, 4);
  });

  test('each failure has its number of 2.x, and nothing changes by it', async () => {
    const code = async (promise) => {
      const error = await failed(promise);
      assert.ok(error instanceof HongyanError);
      return error.code;
    };
    assert.equal(await code(locations.of({ type: 4, targetId: 'r' }).start()), 2);
    for (const wrong of [here.join(), here.quit(), here.update(1, 2)]) assert.equal(await code(wrong), -1);
    client.failures = [new HongyanError(30002, 'client')];
    assert.equal(await code(here.start()), 6);
    assert.equal(here.state, 'idle');
    hear('RC:RLStart');
    assert.equal(await code(here.start()), 3);
    client.failures = [new HongyanError(30002, 'client')];
    assert.equal(await code(here.join()), 5);
    assert.equal(here.state, 'incoming');
    await here.join();
    assert.equal(await code(here.join()), 3);
    assert.equal(await code(here.update(1, 200)), -1);
    client.failures = [new HongyanError(31011, 'network')];
    assert.equal(await code(here.update(1, 20)), 7);
  });
});
