// Long polling as a page does it: what the JSON form says of a frame and a frame of JSON, what an unmodified
// 2.5.3 client and its server were recorded to say, and which request comes next.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { inRoot } from '../../scripts/lib/paths.mjs';

const built = (path) => import(inRoot('dist', 'package', ...path.split('/')));
const { Codec } = await built('polling/json.js');
const { PollLink } = await built('polling/link.js');
const { open } = await built('polling.js');

const hex = (text) => Uint8Array.from(text.replaceAll(' ', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const printed = (bytes) => Buffer.from(bytes).toString('hex');
const utf8 = (text) => new Uint8Array(Buffer.from(text));
const same = (bytes, expected) => assert.equal(printed(bytes), expected.replaceAll(' ', ''));
const read = (codec, text) => codec.read(utf8(text));
/** The only frame of an answer. */
const frameOf = (codec, text) => {
  const { frames, malformed } = read(codec, text);
  assert.deepEqual([frames.length, malformed], [1, 0], text);
  return frames[0];
};

const TEXT_UP = '32 0006 70704d736750 0003 626f62 0002 0803 1209 52433a5478744d7367 1a10 7b22636f6e74656e74223a226869227d 4800';
const PULL = '52 0007 70756c6c4d7367 0002 6d65 0007 0800 1000';

describe('the JSON form', () => {
  it('posts a message', () => {
    assert.deepEqual(new Codec().post(hex(TEXT_UP)), {
      header: 50,
      id: 2,
      addressed: ['ppMsgP', 'bob'],
      body: '{"sessionId":3,"classname":"RC:TxtMsg","content":"{\\"content\\":\\"hi\\"}","configFlag":0}',
    });
  });

  it('posts acknowledgements with two quotes for a body', () => {
    for (const [header, frame] of [[64, '40 0102'], [112, '70 0102']]) {
      assert.deepEqual(new Codec().post(hex(frame)), { header, id: 258, addressed: null, body: '""' });
    }
  });

  it('has no words for pings, goodbyes and what is no frame', () => {
    for (const frame of ['c0', 'e0 00 04', '', '10', '20 00 00', '32 00', '32 0006 70704d7367']) {
      assert.equal(new Codec().post(hex(frame)), null, frame);
    }
  });

  it('reads a login and its session', () => {
    const codec = new Codec();
    const text = '{"headerCode":32,"status":0,"userId":"u1","sessionid":"S","timestamp":1644972474369,"messageId":0}';
    same(frameOf(codec, text), '20 00 00 0002 7531 0001 53 0000017f00000001');
    assert.equal(read(codec, text).session, 'S');
    const refused = read(codec, '{"headerCode":32,"status":4,"messageId":0}');
    same(refused.frames[0], '20 00 04');
    assert.equal(refused.session, null);
  });

  it('reads the end by either of its numbers', () => {
    for (const text of ['{"headerCode":-32,"status":1}', '{"headerCode":224,"status":1}']) same(frameOf(new Codec(), text), 'e0 00 01');
  });

  it('reads the time of an acknowledgement, and a place in the inbox', () => {
    const ack = '40 0005 61e5a000 0000 01f4 0004 41424344';
    const text = '{"headerCode":64,"messageId":5,"status":0,"date":1642438656,"timestamp":1642438656500,"messageUId":"ABCD"}';
    same(frameOf(new Codec(), text), ack);
    same(frameOf(new Codec(), text.replace('}', ',"inboxSeq":258}')), `${ack} 0000000000000102`);
    same(frameOf(new Codec(), text.replace('}', ',"inboxSeq":1152921504606846979}')), `${ack} 1000000000000003`);
    const replaced = text.replace('"status":0', '"status":21502').replace('}', ',"inboxSeq":258,"content":"é"}');
    same(frameOf(new Codec(), replaced), '40 0005 61e5a000 53fe 01f4 0004 41424344 0000000000000102 c3a9');
    same(frameOf(new Codec(), '{"headerCode":64,"messageId":5,"status":0,"date":1642438656}'), '40 0005 61e5a000 0000 0000 0000');
  });

  it('reads an answer by the question with its id, once', () => {
    const codec = new Codec();
    assert.equal(codec.post(hex(PULL)).body, '{"syncTime":0,"ispolling":false}');
    const text = '[{"headerCode":98,"messageId":7,"status":0,"date":5,"data":"{\\"list\\":[],\\"syncTime\\":9,\\"finished\\":true}"}]';
    same(frameOf(codec, text), '62 0007 00000005 0000 1009 1801');
    same(frameOf(codec, text), '62 0007 00000005 0000');
    codec.post(hex(PULL));
    same(frameOf(codec, text.replace('"{', '{').replace('}"', '}').replaceAll('\\', '')), '62 0007 00000005 0000 1009 1801');
  });

  it('reads a doorbell and a copy of an own message', () => {
    const bell = '{"headerCode":48,"messageId":0,"date":1642438656,"topic":"s_ntf","targetId":"me","data":"{\\"type\\":1,\\"time\\":5}"}';
    same(frameOf(new Codec(), bell), '30 61e5a000 0005 735f6e7466 0002 6d65 0000 0801 1005');
    const { body } = new Codec().post(hex(TEXT_UP));
    const copy = { headerCode: 58, messageId: 2, date: 1642438656, topic: 'ppMsgP', targetId: 'bob', data: body };
    same(frameOf(new Codec(), JSON.stringify(copy)), TEXT_UP.replace('32', '3a 61e5a000'));
  });

  it('reads long numbers in three forms and keeps their last digits', () => {
    const bell = (time) => frameOf(new Codec(), `{"headerCode":48,"date":1,"topic":"s_ntf","targetId":"me","data":{"type":1,"time":${time}}}`);
    const expected = '30 00000001 0005 735f6e7466 0002 6d65 0000 0801 10d885e4c7e62f';
    for (const time of ['1642438656728', '"1642438656728"', '{"low":1761149656,"high":382,"unsigned":false}', '{"low":-2533817640,"high":382}']) {
      same(bell(time), expected);
    }
    same(bell('1152921504606846979'), '30 00000001 0005 735f6e7466 0002 6d65 0000 0801 10838080808080808010');
    same(bell('-1'), '30 00000001 0005 735f6e7466 0002 6d65 0000 0801 10ffffffffffffffffff01');
    const content = JSON.stringify({ content: ': 12345678901234567890, "\\' });
    const message = { fromUserId: 'a', type: 1, classname: 'RC:TxtMsg', content, dataTime: 1, status: 0 };
    const object = { headerCode: 48, date: 1, topic: 's_msg', targetId: 'me', data: JSON.stringify(message) };
    assert.ok(Buffer.from(frameOf(new Codec(), JSON.stringify(object))).includes(content), 'digits in a text stay as they are');
  });

  it('D9: ends for what is no answer, and passes over what is no frame', () => {
    for (const text of ['lost params', '<html>', '[', '5', 'null', '""', '[{}', '{},{}']) assert.throws(() => read(new Codec(), text), SyntaxError, text);
    for (const text of ['', ' \n', '[]']) assert.deepEqual(read(new Codec(), text), { frames: [], malformed: 0, session: null });
    const { frames, malformed } = read(new Codec(), `[{}, 5, null, {"headerCode":300}, {"headerCode":64,"messageId":70000},
      {"headerCode":50,"topic":"s_msg","data":"{"}, {"headerCode":16}, {"headerCode":96,"data":5}, {"headerCode":-32,"status":1}]`);
    assert.deepEqual([malformed, frames.map(printed)], [8, ['e00001']]);
  });

  it('remembers only so many questions', () => {
    const codec = new Codec();
    const ask = (id) => codec.post(hex(PULL.replace('0007 0800', `${id.toString(16).padStart(4, '0')} 0800`)));
    for (let id = 1; id <= 600; id += 1) ask(id);
    const answer = (id) => frameOf(codec, `{"headerCode":98,"messageId":${id},"status":0,"date":5,"data":{"syncTime":9}}`);
    assert.equal(answer(1).length, 9, 'forgotten');
    assert.equal(answer(600).length, 11);
  });
});

describe('what 2.5.3 and its servers were recorded to say', () => {
  const records = readFileSync(inRoot('tests', 'vectors', 'polling-2.5.3.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));

  it('is read, every object of it', () => {
    let objects = 0;
    for (const { response } of records) {
      const answers = Array.isArray(response.body) ? response.body : [response.body];
      for (const object of answers.filter((one) => typeof one?.headerCode === 'number')) {
        objects += 1;
        const { malformed } = read(new Codec(), JSON.stringify(object));
        assert.equal(malformed, 0, JSON.stringify(object));
      }
    }
    assert.ok(objects > 50, `${objects}`);
  });
});

const URL = 'https://h:1/websocket?appId=k&token=t%2B&pid=77';
const CONNACK = '{"headerCode":32,"status":0,"userId":"u","sessionid":"hy1.S+","timestamp":5,"messageId":0}';
/** CONNACK of a session `hy1.S`. */
const OPENED = hex('00000015 20 00 00 0001 75 0005 6879312e53 0000000000000005');

function loggedIn(json) {
  const link = new PollLink(URL, json);
  assert.deepEqual([link.pull(), link.send()], [null, null], 'nobody is logged in');
  assert.equal(link.answered('open', 200, json ? utf8(CONNACK) : OPENED).length, 1);
  return link;
}

describe('a link', () => {
  it('in JSON is asked for by its URL', () => {
    assert.deepEqual(new PollLink(URL, true).open(), { url: URL, timeoutMs: 10_000, form: false });
    const link = loggedIn(true);
    const pull = (count, ack) => ({ url: `https://h:1/pullmsg.js?sessionid=hy1.S%2B&timestrap=${count}&pid=77&ack=${ack}`, timeoutMs: 45_000, form: false });
    assert.deepEqual(link.pull(), pull(1, 1));
    assert.deepEqual(link.answered('pull', 200, utf8('[{"headerCode":-32,"status":1},5]')).map(printed), ['e00001']);
    assert.deepEqual(link.pull(), pull(2, 3), 'what makes no sense arrived, too');
    assert.equal(link.answered('pull', 200, utf8('lost params')), null);
    assert.equal(link.answered('pull', 0, utf8('')), null);
  });

  it('tells other servers nothing that they do not know', () => {
    const link = new PollLink('http://h/websocket?appId=k', true);
    link.answered('open', 200, utf8(CONNACK.replace('hy1.', '')));
    assert.equal(link.pull().url, 'http://h/pullmsg.js?sessionid=S%2B&timestrap=1&pid=');
  });

  it('in JSON is sent to frame by frame', () => {
    const link = loggedIn(true);
    assert.deepEqual(link.push(hex('c0')), { answer: hex('d0') });
    assert.deepEqual(link.push(hex('40 0009')), {});
    assert.deepEqual(link.push(hex('50 0008 676574426c61636b 0003 612662 0002 0801')), {});
    const sent = (query, body) => ({ url: `https://h:1/websocket?${query}&pid=77`, timeoutMs: 20_000, body: utf8(body), form: true });
    assert.deepEqual(link.send(), sent('messageid=9&header=64&sessionid=hy1.S%2B', '""'));
    assert.deepEqual(link.send(), sent('messageid=2&header=80&sessionid=hy1.S%2B&topic=getBlack&targetid=a%26b', '{}'));
    assert.equal(link.send(), null);
    for (const answer of ['', '[]', 'ok', 'lost params']) assert.deepEqual(link.answered('send', 200, utf8(answer)), [], answer);
    assert.equal(link.answered('send', 200, utf8('{"headerCode":64,"messageId":5,"status":0,"date":1}')).length, 1);
    assert.equal(link.answered('send', 413, utf8('')), null);
  });

  it('in JSON says goodbye to servers that know the word', () => {
    const { last } = loggedIn(true).push(hex('e0 00 04'));
    assert.equal(last.url, 'https://h:1/websocket?messageid=0&header=224&sessionid=hy1.S%2B&pid=77');
    same(last.body, '2222');
    const other = new PollLink(URL, true);
    other.answered('open', 200, utf8(CONNACK.replace('hy1.', '')));
    assert.deepEqual([other.push(hex('e0 00 04')), other.send()], [{}, null]);
  });

  it('in frames sends them together and counts them', () => {
    assert.deepEqual(new PollLink(URL, false).open(), { url: 'https://h:1/hy/open?appId=k&token=t%2B&pid=77', timeoutMs: 10_000, body: new Uint8Array(), form: false });
    const link = loggedIn(false);
    for (const count of [0, 1, 2]) assert.deepEqual(link.push(Uint8Array.of(0x40, 0, count)), {});
    const { url, timeoutMs, body, form } = link.send();
    assert.deepEqual([url, timeoutMs, form], ['https://h:1/hy/send', 20_000, false]);
    same(body, '53 0000000000000000 00000003 400000 00000003 400001 00000003 400002');
    assert.equal(link.send(), null);
    link.push(hex('c0'));
    same(link.send().body, '53 0000000000000003 00000001 c0');
    const large = new Uint8Array(64 * 1024).fill(0x32);
    link.push(large);
    link.push(large);
    assert.ok(link.send() && link.send() && !link.send());
    same(link.push(hex('e0 00 04')).last.body, '53 0000000000000006 00000003 e00004');
  });

  it('in frames says goodbye with no more than browsers let leave behind a page', () => {
    const link = loggedIn(false);
    for (let count = 0; count < 10; count += 1) link.push(new Uint8Array(10_000).fill(0x32));
    same(link.push(hex('e0 00 04')).last.body, '53 0000000000000000 00000003 e00004');
  });

  it('in frames counts what arrived', () => {
    const link = loggedIn(false);
    const poll = (arrived) => same(link.pull().body, `53 00000000000000${arrived}`);
    assert.deepEqual([link.pull().url, link.pull().timeoutMs], ['https://h:1/hy/poll', 40_000]);
    poll('01');
    assert.equal(link.answered('pull', 200, hex('00000001 d0 00000001 d0')).length, 2);
    poll('03');
    assert.deepEqual(link.answered('pull', 200, hex('')), []);
    assert.deepEqual(link.answered('send', 204, hex('')), []);
    for (const [asked, status] of [['pull', 410], ['send', 503], ['pull', 0]]) assert.equal(link.answered(asked, status, hex('')), null);
    for (const body of ['3c68746d6c3e', '00000000', '00000002 d0', '000000', 'ffffffff d0']) assert.equal(link.answered('pull', 200, hex(body)), null, body);
  });

  it('asks nothing after a refusal', () => {
    for (const [json, body] of [[false, hex('00000003 200004')], [true, utf8('{"headerCode":32,"status":4,"messageId":0}')]]) {
      const link = new PollLink(URL, json);
      assert.deepEqual(link.answered('open', 200, body).map(printed), ['200004']);
      assert.equal(link.pull(), null);
    }
  });

  it('begins with a login and nothing else', () => {
    for (const json of [true, false]) {
      for (const body of ['', '[]', '<html>', '{"headerCode":-32,"status":1}', '\0\0\0\x01\r', '\0\0\0\x01\xd0']) {
        assert.equal(new PollLink(URL, json).answered('open', 200, utf8(body)), null, body);
      }
      for (const url of ['http://h/other?a', 'http://h/websocket']) assert.throws(() => new PollLink(url, json), TypeError);
    }
  });
});

/** HTTP that the test answers. */
class Http {
  asked = [];
  posted = [];

  ask = (url, timeoutMs, limit, done, delayMs, body, form, patient) => {
    const request = { url, delayMs, body, done, patient, stopped: false };
    this.asked.push(request);
    return () => (request.stopped = true);
  };

  post = (url, body) => this.posted.push([url, body]);

  begin(json = false) {
    const told = [];
    const link = open(URL, json, (what, _unused, frame) => told.push(frame.length > 0 ? [what, printed(frame)] : what), this);
    return { told, link };
  }

  answer(at, status, body = new Uint8Array()) {
    this.asked[at].done(status, undefined, body);
  }
}

describe('requests', () => {
  it('one waits and one sends; what comes is told in order', () => {
    const http = new Http();
    const { told, link } = http.begin();
    link.send(hex('400001'));
    assert.equal(http.asked.length, 1, 'nothing is sent before the login');
    http.answer(0, 200, OPENED);
    assert.deepEqual(told, [0, [1, printed(OPENED.subarray(4))]]);
    assert.deepEqual(http.asked.slice(1).map(({ url }) => url), ['https://h:1/hy/poll', 'https://h:1/hy/send']);
    link.send(hex('400002'));
    assert.equal(http.asked.length, 3, 'one sends');
    http.answer(2, 200);
    assert.equal(http.asked[3].url, 'https://h:1/hy/send');
    http.answer(1, 200, hex('00000001 d0 00000003 e00001'));
    assert.deepEqual(told.slice(2), [[1, 'd0'], [1, 'e00001']]);
    assert.deepEqual([http.asked[4].url, http.asked[4].delayMs], ['https://h:1/hy/poll', 0]);
    http.answer(4, 200);
    assert.equal(http.asked[5].delayMs, 1_000, 'a server that does not wait is not asked as fast as it answers');
  });

  for (const [asked, status, code] of [[0, 500, 2], [0, 429, 1013], [1, 410, 1006], [2, 413, 1009], [2, 503, 1013]]) {
    it(`request ${asked} answered ${status} ends the link once, as ${code}`, () => {
      const http = new Http();
      const { told, link } = http.begin();
      link.send(hex('400001'));
      if (asked > 0) http.answer(0, 200, OPENED);
      http.answer(asked, status);
      assert.equal(told.at(-1), code);
      const [before, requests] = [told.length, http.asked.length];
      for (const request of http.asked.slice(1)) assert.ok(request === http.asked[asked] || request.stopped);
      link.send(hex('400002'));
      assert.deepEqual([told.length, http.asked.length], [before, requests]);
    });
  }

  it('A20 none is given up while it moves', () => {
    for (const json of [true, false]) {
      const http = new Http();
      const { link } = http.begin(json);
      http.answer(0, 200, json ? utf8(CONNACK) : OPENED);
      link.send(hex('400001'));
      assert.deepEqual(http.asked.map(({ patient }) => patient), [true, true, true]);
    }
  });

  it('nothing is told or asked after it was closed, from within a frame either', () => {
    const http = new Http();
    const told = [];
    const link = open(URL, false, (what) => {
      told.push(what);
      if (what === 1) link.close();
    }, http);
    http.answer(0, 200, Uint8Array.of(...OPENED, 0, 0, 0, 1, 0xd0));
    assert.deepEqual(told, [0, 1]);
    assert.ok(http.asked.every(({ stopped }, at) => at === 0 || stopped));
  });

  it('a ping in JSON is answered here, a goodbye waits for nobody', () => {
    const http = new Http();
    const { told, link } = http.begin(true);
    http.answer(0, 200, utf8(CONNACK));
    link.send(hex('c0'));
    assert.deepEqual(told.at(-1), [1, 'd0']);
    link.send(hex('e00004'));
    assert.deepEqual(http.posted.map(([url]) => url), ['https://h:1/websocket?messageid=0&header=224&sessionid=hy1.S%2B&pid=77']);
    const frames = new Http();
    const other = frames.begin();
    frames.answer(0, 200, OPENED);
    other.link.send(hex('e00004'));
    assert.deepEqual(frames.posted.map(([url, body]) => [url, printed(body)]), [['https://h:1/hy/send', printed(hex('53 0000000000000000 00000003 e00004'))]]);
  });
});
