// Others send files through our server: imlib-v2 2.9.2 gets tokens and addresses and uploads by a
// form; tus-js-client 4.3.1 speaks to the upload endpoint.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Upload } from 'tus-js-client';
import { launch } from '../e2e/lib/browser.mjs';
import { Server } from '../e2e/lib/server.mjs';
import { RivalPages } from './lib/rival.mjs';

const FILE = 4;
const NAME = '报告 1.bin';
let browser;
let server;
let rivals;
let rival;

before(async () => {
  [browser, server, rivals] = await Promise.all([launch(), Server.start(), RivalPages.serve()]);
  rival = await rivals.login(browser, server, await server.signIn('rival-files'));
});
after(async () => {
  await browser?.close();
  await Promise.all([rivals?.close(), server?.stop()]);
});

/** Calls a method of the other client's instance: what it got, or `{ error }`. */
const call = (method, ...given) => rival.page.evaluate(([name, args]) => new Promise((resolve) => {
  const at = args.indexOf('callback');
  args[at] = { onSuccess: resolve, onError: (error) => resolve({ error }) };
  window.RongIMLib.RongIMClient.getInstance()[name](...args);
}), [method, given]);

const bytesAt = async (url) => Buffer.from(await (await fetch(url)).arrayBuffer());

describe('imlib-v2 2.9.2', { timeout: 60_000 }, () => {
  it('uploads a form with its token, and asks for the address', async () => {
    const { token, deadline } = await call('getFileToken', FILE, 'callback', NAME);
    assert.ok(token.length > 20 && deadline > Date.now());
    const answer = await rival.page.evaluate(async ([url, all]) => {
      const form = new FormData();
      form.append('token', all.token);
      form.append('key', all.name);
      form.append('file', new File([new Uint8Array(100_000).fill(7)], all.name));
      return (await fetch(url, { method: 'POST', body: form })).json();
    }, [`${server.url}/file`, { token, name: NAME }]);
    assert.deepEqual([answer.name, answer.size], [NAME, 100_000]);
    const { downloadUrl } = await call('getFileUrl', FILE, answer.key, NAME, 'callback');
    assert.equal(downloadUrl, answer.url);
    assert.deepEqual(await bytesAt(downloadUrl), Buffer.alloc(100_000, 7));
  });
});

describe('tus-js-client 4.3.1', { timeout: 60_000 }, () => {
  it('uploads in pieces, stops, and goes on', async () => {
    const { token } = await call('getFileToken', FILE, 'callback');
    const bytes = randomBytes(500_000);
    const run = (more) => new Promise((resolve, reject) => {
      const upload = new Upload(bytes, {
        endpoint: `${server.url}/file`,
        headers: { Authorization: `Bearer ${token}` },
        metadata: { filename: NAME },
        chunkSize: 100_000,
        retryDelays: null,
        onError: reject,
        onSuccess: ({ lastResponse }) => resolve(lastResponse.getHeader('Content-Location')),
        onChunkComplete: (_, sent) => {
          if (more.stopAt === undefined || sent < more.stopAt) return;
          upload.abort();
          resolve(upload.url);
        },
        ...more,
      });
      upload.start();
    });
    const uploadUrl = await run({ stopAt: 200_000 });
    const head = await fetch(uploadUrl, { method: 'HEAD', headers: { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0' } });
    assert.equal(head.headers.get('upload-offset'), '200000');
    const path = await run({ uploadUrl });
    assert.ok(path.endsWith(encodeURIComponent(NAME)), path);
    assert.ok(bytes.equals(await bytesAt(new URL(path, server.url))));
  });

  it('cancels what it began', async () => {
    const { token } = await call('getFileToken', FILE, 'callback');
    const headers = { Authorization: `Bearer ${token}` };
    const upload = new Upload(Buffer.alloc(10), { endpoint: `${server.url}/file`, headers, onError: () => {} });
    await new Promise((resolve) => {
      upload.options.onUploadUrlAvailable = resolve;
      upload.options.onSuccess = () => {};
      upload.options.chunkSize = 5;
      upload.start();
    });
    await upload.abort(true);
    const head = await fetch(upload.url, { method: 'HEAD', headers: { ...headers, 'tus-resumable': '1.0.0' } });
    assert.equal(head.status, 404);
  });
});
