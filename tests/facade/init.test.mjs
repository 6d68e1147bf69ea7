import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { freshNamespace, initialised, settled } from './fake-client.mjs';

afterEach(() => {
  delete globalThis.location;
});

const optionsOf = (...args) => {
  const { RongIMClient, clients } = freshNamespace();
  RongIMClient.init(...args);
  return clients[0].options;
};

test('both argument forms reach the client', () => {
  const expected = { appKey: 'key', navigators: ['https://navi.test'] };
  for (const args of [
    ['key', null, { navi: 'navi.test' }],
    ['key', undefined, { navi: 'navi.test' }],
    ['key', { navi: 'navi.test' }],
    ['key', { connect() {}, sendMessage() {} }, { navi: 'navi.test' }],
  ]) {
    const { log, ...options } = optionsOf(...args);
    assert.deepEqual(options, expected);
    assert.equal(typeof log, 'function');
  }
});

test('navi replaces navigaters; only host and port of a navigator count', () => {
  assert.deepEqual(optionsOf('k', { navi: 'http://a.test:8080/navi.js?x=1', navigaters: ['b.test'] }).navigators, ['http://a.test:8080']);
  assert.deepEqual(optionsOf('k', { navigaters: ['a.test', 'https://b.test/'] }).navigators, ['https://a.test', 'https://b.test']);
  assert.deepEqual(optionsOf('k', { navi: 'a.test', protocol: 'http://' }).navigators, ['http://a.test']);
});

test('a navigator without a scheme gets the page\'s, and a secure page never asks an insecure one', () => {
  globalThis.location = { protocol: 'http:', host: 'page.test:81' };
  assert.deepEqual(optionsOf('k', { navi: 'a.test' }).navigators, ['http://a.test']);
  globalThis.location = { protocol: 'https:', host: 'page.test' };
  assert.deepEqual(optionsOf('k', { navi: 'http://a.test' }).navigators, ['https://a.test']);
});

test('without a navigator the page\'s own host is asked', () => {
  globalThis.location = { protocol: 'http:', host: 'page.test:81' };
  assert.deepEqual(optionsOf('k').navigators, ['http://page.test:81']);
  delete globalThis.location;
  assert.throws(() => optionsOf('k'), /navi/);
});

test('naviTimeout and showError are passed on; what means nothing here is not', () => {
  const options = optionsOf('k', null, { navi: 'a.test', naviTimeout: 1234, showError: false, protobuf() {}, isPolling: false, openMp: true });
  assert.deepEqual(options, { appKey: 'k', navigators: ['https://a.test'], navigationTimeoutMs: 1234 });
});

test('isPolling and allowedHosts are passed on', () => {
  const options = optionsOf('k', null, { navi: 'a.test', isPolling: true, allowedHosts: ['*.test'], showError: false });
  assert.deepEqual(options, { appKey: 'k', navigators: ['https://a.test'], transport: 'polling', allowedHosts: ['*.test'] });
});

test('init answers its callback in a later turn', async () => {
  const { RongIMClient } = freshNamespace();
  let calls = 0;
  RongIMClient.init('k', null, { navi: 'a.test' }, () => { calls += 1; });
  assert.equal(calls, 0);
  await settled();
  assert.equal(calls, 1);
});

test('initApp hands over the instance', async () => {
  const { RongIMClient } = freshNamespace();
  const got = await new Promise((resolve) => {
    RongIMClient.initApp({ appkey: 'k', opts: { navi: 'a.test' } }, (...args) => resolve(args));
  });
  assert.deepEqual(got, [null, RongIMClient.getInstance()]);
});

test('a second init with the same app key keeps the client and takes the listeners away', async () => {
  const { RongIMClient, clients, client, im } = initialised();
  const heard = [];
  RongIMClient.statusWatch((status) => heard.push(status));
  RongIMClient.init('app', null, { navi: 'http://navi.test' });
  assert.equal(clients.length, 1);
  assert.equal(RongIMClient.getInstance(), im);
  client.status(1);
  await settled();
  assert.deepEqual(heard, []);
});

test('an init with another app key ends the former session', () => {
  const { RongIMClient, clients } = initialised();
  RongIMClient.init('other', null, { navi: 'http://navi.test' });
  assert.equal(clients.length, 2);
  assert.ok(clients[0].destroyed);
  assert.deepEqual(RongIMClient.getInstance().getAppInfo(), { appKey: 'other' });
});

test('an init that throws leaves the former session alone', () => {
  const { RongIMClient, clients } = initialised();
  assert.throws(() => RongIMClient.init('other'), /navi/);
  assert.equal(clients[0].destroyed, false);
  assert.deepEqual(RongIMClient.getInstance().getAppInfo(), { appKey: 'app' });
});

test('getInstance throws before init, and is one object after it', () => {
  const { RongIMClient } = freshNamespace();
  assert.throws(() => RongIMClient.getInstance(), /init/);
  RongIMClient.init('k', { navi: 'a.test' });
  assert.equal(RongIMClient.getInstance(), RongIMClient.getInstance());
  assert.ok(RongIMClient.getInstance() instanceof RongIMClient);
});

test('facts about the session are there at once', () => {
  const { im, client } = initialised();
  assert.equal(im.getCurrentConnectionStatus(), 4);
  assert.equal(im.getCurrentUserId(), '');
  assert.equal(im.getDeltaTime(), 0);
  assert.deepEqual(im.getSDKInfo(), { version: '9.9.9' });
  client.userId = 'me';
  client.serverTimeOffset = 250;
  assert.equal(im.getCurrentUserId(), 'me');
  assert.equal(im.getDeltaTime(), -250);
});
