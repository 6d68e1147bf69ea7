// Uploads from a page, against an endpoint that fails in every way.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { HongyanError } from '../../pkg/index.js';
import { FileKind, fileMessage, upload, voiceMessage } from '../../pkg/upload.js';
import { Tus } from './lib/tus.mjs';

const KIB = 1024;
let tus;
let kept;
let asks;
const source = () => ({ token: 'good', url: tus.url });
const fails = (promise) => promise.then(() => assert.fail('it did not fail'), (error) => error);
const content = (size) => Uint8Array.from({ length: size }, (_, index) => (index * 31) % 251);
const chosen = (size, name = '报告.pdf') => new File([content(size)], name, { lastModified: 1_700_000_000_000 });
const only = () => [...tus.uploads.values()][0];

/** What a page's localStorage keeps. */
function storage(map) {
  return {
    get length() { return map.size; },
    key: (index) => [...map.keys()][index] ?? null,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, String(value)),
    removeItem: (key) => void map.delete(key),
  };
}

before(() => {
  Object.defineProperty(globalThis, 'localStorage', { configurable: true, get: () => storage(kept) });
});
beforeEach(async () => {
  tus = await Tus.start();
  kept = new Map();
  asks = [];
});
afterEach(() => tus.stop());
after(() => delete globalThis.localStorage);

describe('an upload', () => {
  test('goes in pieces, tells its progress and where the file is', async () => {
    const progress = [];
    const file = chosen(1500 * KIB);
    const done = await upload(source, file, { onProgress: (step) => progress.push(step) });
    assert.deepEqual(done, { url: `${tus.url}/1/${encodeURIComponent('报告.pdf')}`, name: '报告.pdf', size: file.size, type: '' });
    assert.ok(Buffer.compare(only().bytes, Buffer.from(content(file.size))) === 0);
    assert.equal(only().name, '报告.pdf');
    assert.ok(progress.length > 2 && progress.every(({ total }) => total === file.size));
    const sent = progress.map((step) => step.sent);
    assert.deepEqual(sent, [...sent].sort((a, b) => a - b));
    assert.deepEqual([sent[0], sent.at(-1)], [0, file.size]);
    assert.equal(kept.size, 0, 'nothing is kept of what is over');
  });

  test('asks a client for its token, with the kind of the file', async () => {
    const client = { ask: async (...question) => asks.push(question) && { token: 'good', deadline: 1, hyUpload: tus.url } };
    await upload(client, new Blob(['x'], { type: 'image/png' }));
    await upload(client, new Blob(['x'], { type: 'image/svg+xml' }));
    await upload(client, new Blob(['x'], { type: 'audio/webm;codecs=opus' }));
    await upload(client, new Blob(['x'], { type: 'video/mp4' }), { kind: FileKind.FILE });
    assert.deepEqual(asks.map(([topic, target, { type }]) => [topic, target, type]),
      [['qnTkn', null, 1], ['qnTkn', null, 4], ['qnTkn', null, 2], ['qnTkn', null, 4]]);
  });

  test('goes on behind what arrived when the network breaks', async () => {
    const file = chosen(600 * KIB);
    tus.breakAfter = 100 * KIB;
    await upload(source, file);
    assert.deepEqual(tus.asked.slice(0, 4), ['POST', 'PATCH 0', 'HEAD', `PATCH ${100 * KIB}`]);
    assert.ok(Buffer.compare(only().bytes, Buffer.from(content(file.size))) === 0);
  });

  test('whose last answer was lost is whole', async () => {
    tus.fail = (method) => {
      if (method !== 'PATCH') return undefined;
      only().bytes = Buffer.from(content(10));
      return 'cut';
    };
    const { url } = await upload(source, chosen(10));
    assert.ok(url.startsWith(`${tus.url}/1/`));
    assert.deepEqual(tus.asked, ['POST', 'PATCH 0', 'HEAD']);
  });

  test('outlives the page', async () => {
    tus.breakAfter = 300 * KIB;
    tus.fail = (method) => (method === 'HEAD' ? 'cut' : undefined);
    const error = await fails(upload(source, chosen(2000 * KIB), { giveUpAfterMs: 200 }));
    assert.deepEqual([error.code, error.retryable, error.origin], [-1, true, 'network']);
    assert.ok(error instanceof HongyanError);
    tus.fail = () => undefined;
    const progress = [];
    await upload(source, chosen(2000 * KIB), { onProgress: ({ sent }) => progress.push(sent) });
    assert.equal(tus.asked.filter((asked) => asked === 'POST').length, 1);
    assert.ok(progress[0] > 0, 'it goes on where it stopped');
    assert.ok(Buffer.compare(only().bytes, Buffer.from(content(2000 * KIB))) === 0);
  });

  test('of a changed file begins anew, and so does one that the server forgot', async () => {
    tus.fail = (method) => (method === 'PATCH' ? 'cut' : undefined);
    await fails(upload(source, chosen(100), { giveUpAfterMs: 50 }));
    tus.fail = () => undefined;
    const changed = new File([new Uint8Array(100)], '报告.pdf', { lastModified: 1_700_000_000_000 });
    await upload(source, changed);
    assert.equal(tus.uploads.size, 2);
    tus.uploads.delete('/file/1');
    await upload(source, chosen(100));
    assert.deepEqual(tus.asked.slice(-3), ['HEAD', 'POST', 'PATCH 0']);
  });

  test('works without storage, and sweeps out what is old or odd', async () => {
    kept.set('hongyan-upload:old', JSON.stringify({ url: 'x', at: 1 }));
    kept.set('hongyan-upload:odd', '{');
    kept.set('other', 'stays');
    await upload(source, chosen(10));
    assert.deepEqual([...kept.keys()], ['other']);
    const blocked = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, get: () => { throw new Error('blocked'); } });
    await upload(source, chosen(10));
    Object.defineProperty(globalThis, 'localStorage', blocked);
    assert.equal(tus.uploads.size, 2);
  });

  test('of the same file twice at the same time is two uploads', async () => {
    const both = await Promise.all([upload(source, chosen(500 * KIB)), upload(source, chosen(500 * KIB))]);
    assert.notEqual(both[0].url, both[1].url);
    for (const { bytes } of tus.uploads.values()) assert.equal(bytes.length, 500 * KIB);
  });
});

describe('cancel', () => {
  test('in the middle: 33099, and the server forgets', async () => {
    const stop = new AbortController();
    const progress = ({ sent }) => sent > 0 && stop.abort();
    const error = await fails(upload(source, chosen(2000 * KIB), { signal: stop.signal, onProgress: progress }));
    assert.deepEqual([error.code, error.name, error.origin], [33099, 'Cancelled', 'caller']);
    for (let tries = 0; tus.uploads.size > 0 && tries < 100; tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(tus.uploads.size, 0);
    assert.equal(kept.size, 0);
  });

  test('before it began asks nothing', async () => {
    assert.equal((await fails(upload(source, chosen(1), { signal: AbortSignal.abort() }))).code, 33099);
    assert.deepEqual(tus.asked, []);
  });

  test('while it waits for the network', async () => {
    const stop = new AbortController();
    tus.fail = () => 'cut';
    setTimeout(() => stop.abort(), 100);
    assert.equal((await fails(upload(source, chosen(1), { signal: stop.signal }))).code, 33099);
  });
});

describe('tokens', () => {
  test('an expired one is replaced on the way', async () => {
    let given = 0;
    const renewing = () => {
      given += 1;
      return { token: `token ${given}`, url: tus.url };
    };
    tus.token = 'token 1';
    tus.fail = (_, count) => void (count === 3 && (tus.token = 'token 2'));
    await upload(renewing, chosen(2000 * KIB));
    assert.equal(given, 2);
  });

  test('one that is refused again is told', async () => {
    const error = await fails(upload(() => ({ token: 'bad', url: tus.url }), chosen(1)));
    assert.deepEqual([error.code, error.retryable], [33086, false]);
    assert.equal(tus.asked.length, 2);
  });

  for (const [what, given, code] of [
    ['a client of another server', { ask: async () => ({ token: 't' }) }, 33087],
    ['a function that fails', () => { throw new Error('no'); }, 41002],
    ['a refusal of the server', { ask: async () => { throw new HongyanError(41002, 'server'); } }, 41002],
    ['no token', () => ({ url: 'http://x/' }), -3],
    ['no address', () => ({ token: 't', url: 'nowhere' }), 33087],
    ['no source', null, -3],
  ]) {
    test(`${what}: ${code}`, async () => {
      const error = await fails(upload(given, chosen(1)));
      assert.equal(error.code, code);
      assert.doesNotMatch(error.name, /\d/, 'it has a name');
    });
  }
});

describe('refusals', () => {
  for (const [status, code, retryable] of [[413, 26106, false], [415, 33081, false], [429, 33082, true], [400, 33003, false]]) {
    test(`HTTP ${status} is ${code} at once`, async () => {
      tus.fail = (method) => (method === 'PATCH' ? { status, code } : undefined);
      const error = await fails(upload(source, chosen(10)));
      assert.deepEqual([error.code, error.retryable, error.origin], [code, retryable, 'server']);
      assert.equal(kept.size, 0);
    });
  }

  test('a full disk is tried again, and then told', async () => {
    let full = 0;
    tus.fail = (method) => (method === 'PATCH' && (full += 1) < 3 ? { status: 507, code: 33085 } : undefined);
    await upload(source, chosen(10));
    tus.fail = (method) => (method === 'PATCH' ? { status: 507, code: 33085 } : undefined);
    const error = await fails(upload(source, chosen(11), { giveUpAfterMs: 100 }));
    assert.deepEqual([error.code, error.retryable], [33085, true]);
  });

  test('what some proxy answers has a number, too', async () => {
    tus.fail = () => ({ status: 502 });
    const error = await fails(upload(source, chosen(10), { giveUpAfterMs: 100 }));
    assert.deepEqual([error.code, error.retryable], [25104, true]);
  });

  test('a file that cannot be read any more', async () => {
    class Moved extends File {
      slice() {
        return { arrayBuffer: () => Promise.reject(new Error('NotReadableError')) };
      }
    }
    assert.equal((await fails(upload(source, new Moved(['x'], 'x')))).code, 33088);
  });
});

describe('arguments', () => {
  for (const [what, file, options, code] of [
    ['no file', 'text', {}, -3],
    ['an empty file', new Blob([]), {}, 33003],
    ['an unknown kind', new Blob(['x']), { kind: 5 }, 41001],
    ['a name that is no text', new Blob(['x']), { name: 7 }, -3],
    ['progress that is no function', new Blob(['x']), { onProgress: true }, -3],
    ['a patience of nothing', new Blob(['x']), { giveUpAfterMs: 0 }, -3],
  ]) {
    test(`${what}: ${code}`, async () => {
      assert.equal((await fails(upload(source, file, options))).code, code);
      assert.deepEqual(tus.asked, []);
    });
  }

  test('a listener that throws stops nothing', async () => {
    const { reportError } = globalThis;
    const told = [];
    globalThis.reportError = (error) => told.push(error.message);
    await upload(source, chosen(10), { onProgress: () => { throw new Error('mine'); } });
    globalThis.reportError = reportError;
    assert.deepEqual(told, ['mine', 'mine']);
  });
});

describe('contents', () => {
  test('of a file', async () => {
    const { objectName, body } = await fileMessage(source, chosen(10), { extra: 'e' });
    assert.equal(objectName, 'RC:FileMsg');
    assert.deepEqual(body, { name: '报告.pdf', size: 10, type: 'pdf', fileUrl: `${tus.url}/1/${encodeURIComponent('报告.pdf')}`, extra: 'e' });
  });

  test('of a voice message', async () => {
    const spoken = new Blob(['x'], { type: 'audio/webm;codecs=opus' });
    const { objectName, body } = await voiceMessage(source, spoken, { duration: 2.6 });
    assert.equal(objectName, 'RC:HQVCMsg');
    assert.deepEqual({ ...body, remoteUrl: '' }, { type: 'webm', remoteUrl: '', duration: 3 });
    assert.equal((await voiceMessage(source, new Blob(['x'], { type: 'audio/mp4' }))).body.type, 'aac');
  });
});
