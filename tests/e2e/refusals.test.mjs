// A connect that cannot succeed ends in a typed error and the documented status, in time.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch } from './lib/browser.mjs';
import { SdkPages } from './lib/sdk-page.mjs';
import { freePort, Server } from './lib/server.mjs';
import { silentGateway, silentNavigator } from './lib/silent.mjs';

/** The promise settles after one full round of navigators and hosts: at most 15 s. */
const ROUND = 15_000;
/** What a busy machine may add. */
const SLACK = 1_500;

let browser;
let server;
let pages;
let page;

before(async () => {
  [browser, server, pages] = await Promise.all([launch(), Server.start(), SdkPages.serve()]);
  page = await pages.open(browser);
});
after(async () => {
  await browser?.close();
  await pages?.close();
  await server?.stop();
});

/** How a connect ended: its error, the statuses on the way, the status after, the time it took. */
function connect(options, token) {
  return page.evaluate(async ([given, text]) => {
    const client = window.hongyan.createClient({ persist: false, ...given });
    const statuses = [];
    client.on('status', (status) => statuses.push(status.name));
    const started = performance.now();
    const error = await client.connect(text).then(() => null, (failure) => failure);
    const took = performance.now() - started;
    const typed = error instanceof window.hongyan.HongyanError;
    const result = { typed, statuses, took, status: client.status.name };
    if (error) Object.assign(result, { code: error.code, origin: error.origin, retryable: error.retryable, remedy: error.remedy });
    client.destroy();
    return result;
  }, [options, token]);
}

function assertRefusal(result, { code, origin, retryable }) {
  assert.equal(result.typed, true, `the error should be a HongyanError: ${JSON.stringify(result)}`);
  assert.deepEqual(
    { code: result.code, origin: result.origin, retryable: result.retryable },
    { code, origin, retryable },
    JSON.stringify(result),
  );
  assert.ok(result.took < ROUND + SLACK, `took ${result.took} ms`);
}

describe('connect', { timeout: 60_000 }, () => {
  it('to a navigator that is not there: 203', async () => {
    const result = await connect({ appKey: 'hongyan', navigators: `http://127.0.0.1:${await freePort()}` }, 't');
    assertRefusal(result, { code: 203, origin: 'network', retryable: true });
    assert.ok(result.statuses.includes('navigationFailed'), result.statuses.join());
  });

  it('to a navigator that stays silent: 203 after its time', async () => {
    const silent = await silentNavigator();
    const result = await connect({ appKey: 'hongyan', navigators: silent.url, navigationTimeoutMs: 2_000 }, 't');
    await silent.close();
    assertRefusal(result, { code: 203, origin: 'network', retryable: true });
    assert.ok(result.statuses.includes('navigationTimedOut'), result.statuses.join());
  });

  it('with a wrong app key: 31002, status appKeyFake', async () => {
    const { token } = await server.signIn('Ada');
    const result = await connect({ appKey: 'somebody-else', navigators: server.url }, token);
    assertRefusal(result, { code: 31002, origin: 'server', retryable: false });
    assert.equal(result.status, 'appKeyFake');
  });

  it('with a wrong token: 31004, and says what to do', async () => {
    const { appKey } = await server.signIn('Ada');
    const result = await connect({ appKey, navigators: server.url }, 'nonsense');
    assertRefusal(result, { code: 31004, origin: 'server', retryable: false });
    assert.equal(typeof result.remedy, 'string');
  });

  it('to a server that opens the socket and stays silent: 31000', async () => {
    const silent = await silentGateway();
    const result = await connect({ appKey: 'hongyan', navigators: silent.url }, 't');
    await silent.close();
    assertRefusal(result, { code: 31000, origin: 'network', retryable: true });
  });

  it('to the right server with the right token: signed in', async () => {
    const { token, appKey, userId } = await server.signIn('Ada');
    const answer = await page.evaluate(async ([options, text]) => {
      const client = window.hongyan.createClient(options);
      const signedIn = await client.connect(text);
      const { status } = client;
      client.destroy();
      return { signedIn, status };
    }, [{ appKey, navigators: server.url }, token]);
    assert.deepEqual(answer, { signedIn: { userId }, status: { name: 'connected', code: 0 } });
  });
});
