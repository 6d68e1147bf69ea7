// Files from real pages through the real server: progress, cancel, a broken network, a reload, a
// killed server; what is sent is what the other one sees.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { launch } from './lib/browser.mjs';
import { eventually } from './lib/demo.mjs';
import { Proxy } from './lib/proxy.mjs';
import { SdkPages } from './lib/sdk-page.mjs';
import { Server } from './lib/server.mjs';
import { askForToken } from './lib/upload-token.mjs';

const MIB = 1024 * 1024;
const SIZE = 6 * MIB;

let browser;
let server;
let pages;
let proxy;
let folder;
/** A file that a person chooses. */
let chosen;
let digest;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hongyan-files-'));
  const uploads = { send_rate: 0, upload_directory: join(folder, 'files') };
  [browser, server, pages] = await Promise.all([launch(), Server.start(uploads), SdkPages.serve()]);
  proxy = await Proxy.to(server.port);
  const bytes = randomBytes(SIZE);
  digest = createHash('sha256').update(bytes).digest('hex');
  chosen = join(folder, '一个 file.bin');
  await writeFile(chosen, bytes);
});
after(async () => {
  await browser?.close();
  await pages?.close();
  await proxy?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A page with `window.files`, and `window.source`, which asks `url` for tokens. */
async function open(name, url = server.url) {
  const page = await pages.open(browser);
  page.session = await server.signIn(name);
  await ready(page, url);
  return page;
}

async function ready(page, url) {
  await page.waitForFunction(() => window.hongyan);
  const sources = {};
  for (const kind of [1, 2, 3, 4]) sources[kind] = await page.evaluate(askForToken, [server.url, page.session, kind]);
  await page.evaluate(async ([all, address]) => {
    window.files = await import('/upload.js');
    window.source = (kind) => ({ token: all[kind].token, url: `${address}/file` });
    document.body.append(Object.assign(document.createElement('input'), { type: 'file' }));
  }, [sources, url]);
}

/** Uploads the chosen file: what came of it, and every progress that was told. */
async function uploadChosen(page) {
  await page.locator('input').setInputFiles(chosen);
  await page.evaluate(() => {
    window.sent = [];
    const [file] = document.querySelector('input').files;
    window.run = window.files.upload(window.source, file, { onProgress: ({ sent }) => window.sent.push(sent) });
    window.run.catch(() => {});
  });
}

const finished = (page) => page.evaluate(async () => ({ ...(await window.run), sent: window.sent }));
const unfinished = () => readdir(join(folder, 'files', 'unfinished'));

async function assertWhole(page, url) {
  const answer = await fetch(url.replace(proxy.url, server.url));
  const bytes = Buffer.from(await answer.arrayBuffer());
  assert.equal(createHash('sha256').update(bytes).digest('hex'), digest, 'not a byte is missing, doubled or mixed up');
  assert.deepEqual(await unfinished(), []);
  assert.deepEqual(page.problems, []);
  await page.context().close();
}

it('a picture goes from page to page, with a thumbnail and progress', async () => {
  const [ann, bob] = await Promise.all([open('ann'), open('bob')]);
  const join = (page) => page.evaluate(async ([url, { appKey, token }]) => {
    window.client = window.hongyan.createClient({ appKey, navigators: url });
    window.got = new Promise((resolve) => window.client.on('message', resolve));
    await window.client.connect(token);
  }, [server.url, page.session]);
  await Promise.all([join(ann), join(bob)]);
  const sent = await ann.evaluate(async () => {
    const canvas = new OffscreenCanvas(1200, 800);
    const context = canvas.getContext('2d');
    const noise = context.createImageData(1200, 800);
    for (let index = 0; index < noise.data.length; index += 1) noise.data[index] = index % 4 === 3 ? 255 : Math.random() * 256;
    context.putImageData(noise, 0, 0);
    const picture = new File([await canvas.convertToBlob()], '照片.png', { type: 'image/png' });
    const steps = [];
    const content = await window.files.imageMessage(window.source, picture, { onProgress: (step) => steps.push(step) });
    await window.client.send({ type: 1, targetId: 'bob' }, content);
    return { content, steps, size: picture.size };
  });
  assert.equal(sent.content.objectName, 'RC:ImgMsg');
  assert.ok(sent.steps.length > 3 && sent.steps.at(-1).sent === sent.size);
  const thumbnail = Buffer.from(sent.content.body.content, 'base64');
  assert.ok(sent.content.body.content.length <= 10_240 && thumbnail[0] === 0xff && thumbnail[1] === 0xd8, 'a small JPEG');
  const seen = await bob.evaluate(async () => {
    const { content, objectName } = await window.got;
    const load = async (src) => {
      const image = Object.assign(new Image(), { src });
      await image.decode();
      return [image.naturalWidth, image.naturalHeight];
    };
    return { objectName, small: await load(`data:image/jpeg;base64,${content.content}`), large: await load(content.imageUri) };
  });
  assert.deepEqual([seen.objectName, seen.large], ['RC:ImgMsg', [1200, 800]]);
  assert.ok(seen.small[0] <= 240 && seen.small[0] / seen.small[1] > 1.4);
  for (const page of [ann, bob]) {
    assert.deepEqual(page.problems, []);
    await page.context().close();
  }
});

it('a cancelled upload is forgotten by the server', async () => {
  const page = await open('cid');
  const error = await page.evaluate(async (size) => {
    const stop = new AbortController();
    const cancel = ({ sent }) => sent > 0 && stop.abort();
    const file = new File([new Uint8Array(size)], 'x.bin');
    return window.files.upload(window.source, file, { signal: stop.signal, onProgress: cancel }).catch(({ code, name }) => ({ code, name }));
  }, SIZE);
  assert.deepEqual(error, { code: 33099, name: 'Cancelled' });
  await eventually(unfinished, (left) => left.length === 0, 'the server should forget the upload');
  await page.context().close();
});

it('an upload goes on where the network broke', async () => {
  const page = await open('dan', proxy.url);
  proxy.cutAfter(2 * MIB);
  await uploadChosen(page);
  await eventually(unfinished, (left) => left.length === 1, 'half of it should be there');
  await new Promise((resolve) => setTimeout(resolve, 700));
  proxy.mend();
  const { url, sent, name } = await finished(page);
  assert.deepEqual([name, sent[0], sent.at(-1)], ['一个 file.bin', 0, SIZE]);
  assert.deepEqual(sent, [...sent].sort((a, b) => a - b), 'nothing that arrived is sent again');
  await assertWhole(page, url);
});

it('an upload goes on after a reload of the page', async () => {
  const page = await open('eve', proxy.url);
  proxy.cutAfter(3 * MIB);
  await uploadChosen(page);
  await page.waitForFunction(() => window.sent.length > 1);
  await eventually(() => fetch(`${proxy.url}/ping`).then(() => false, () => true), Boolean, 'the network should be cut');
  await page.reload();
  proxy.mend();
  await ready(page, proxy.url);
  await uploadChosen(page);
  const { url, sent } = await finished(page);
  assert.ok(sent[0] > 0, 'it does not begin anew');
  await assertWhole(page, url);
});

it('an upload outlives the server', async () => {
  const page = await open('fay', proxy.url);
  proxy.cutAfter(2 * MIB);
  await uploadChosen(page);
  await eventually(unfinished, (left) => left.length === 1, 'half of it should be there');
  await server.kill();
  await server.up();
  proxy.mend();
  const { url } = await finished(page);
  await assertWhole(page, url);
});

it('a recording tells how long it is and how it looks', async () => {
  const page = await open('gus');
  const told = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
    const context = canvas.getContext('2d');
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm' });
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    for (let frame = 0; frame < 30; frame += 1) {
      context.fillStyle = `hsl(${frame * 12} 80% 50%)`;
      context.fillRect(0, 0, 320, 180);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    recorder.stop();
    await stopped;
    const video = new Blob(parts, { type: 'video/webm' });
    const rate = 8_000;
    const head = new DataView(new ArrayBuffer(44));
    const words = [[0, 'RIFF'], [8, 'WAVE'], [12, 'fmt '], [36, 'data']];
    for (const [at, word] of words) [...word].forEach((letter, index) => head.setUint8(at + index, letter.charCodeAt(0)));
    for (const [at, size, value] of [[4, 4, 36 + 2 * rate], [16, 4, 16], [20, 2, 1], [22, 2, 1], [24, 4, rate], [28, 4, rate], [32, 2, 1], [34, 2, 8], [40, 4, 2 * rate]]) {
      if (size === 4) head.setUint32(at, value, true);
      else head.setUint16(at, value, true);
    }
    const voice = new Blob([head, new Uint8Array(2 * rate).fill(128)], { type: 'audio/wav' });
    return {
      facts: await window.files.mediaFacts(video),
      sight: await window.files.sightMessage(window.source, video, { name: 'a.webm' }),
      voice: await window.files.voiceMessage(window.source, voice),
      nothing: await window.files.mediaFacts(new Blob(['x'], { type: 'video/mp4' })),
    };
  });
  assert.ok(told.facts.duration > 0.5 && told.facts.duration < 10, String(told.facts.duration));
  assert.deepEqual([told.facts.width, told.facts.height], [320, 180]);
  assert.equal(told.sight.objectName, 'RC:SightMsg');
  assert.ok(told.sight.body.content.length > 100 && told.sight.body.duration >= 1);
  assert.deepEqual([told.voice.body.type, told.voice.body.duration], ['wav', 2]);
  assert.deepEqual(told.nothing, { duration: 0, width: 0, height: 0, content: '' });
  for (const [url, type] of [[told.sight.body.sightUrl, 'video/webm'], [told.voice.body.remoteUrl, 'audio/x-wav']]) {
    assert.equal((await fetch(url)).headers.get('content-type'), type);
  }
  await page.context().close();
});

it('what is no picture is refused in the page, and by the server', async () => {
  const page = await open('hal');
  const codes = await page.evaluate(() => {
    const page = new File(['<script>alert(1)</script>'], 'x.png', { type: 'image/png' });
    const code = (promise) => promise.then(() => 0, (error) => error.code);
    return Promise.all([code(window.files.imageMessage(window.source, page)), code(window.files.upload(window.source, page))]);
  });
  assert.deepEqual(codes, [33081, 33081]);
  await page.context().close();
});

it('a page that was uploaded is saved, never shown', async () => {
  const page = await open('ida');
  const { url } = await page.evaluate(() => window.files.upload(window.source, new File(['<script>window.ran = 1</script>'], 'evil.html', { type: 'text/html' })));
  const download = page.waitForEvent('download');
  await page.goto(url).catch(() => {});
  assert.equal((await download).suggestedFilename(), 'evil.html');
  await page.context().close();
});
