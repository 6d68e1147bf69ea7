// What pages of 2.x ask of the library itself, and what an earlier RongIMLib left in the origin.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { freshNamespace, initialised, settled } from './fake-client.mjs';

/** What a page's localStorage keeps. */
function storage(entries = {}) {
  const map = new Map(Object.entries(entries));
  globalThis.localStorage = {
    map,
    get length() { return map.size; },
    key: (index) => [...map.keys()][index] ?? null,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, String(value)),
    removeItem: (key) => void map.delete(key),
  };
  return map;
}

afterEach(() => {
  delete globalThis.localStorage;
});

test('getConnectionChannel tells a WebSocket from long polling', () => {
  const { im, client } = initialised();
  assert.equal(im.getConnectionChannel(), 1);
  client.status(7);
  assert.equal(im.getConnectionChannel(), 0);
  for (const [polling, channel] of [[true, 0], [false, 1], [true, 0]]) {
    client.polling = polling;
    assert.equal(im.getConnectionChannel(), channel, 'it moves over to a WebSocket that works without a status');
  }
  const { RongIMClient } = freshNamespace();
  RongIMClient.init('app', null, { navi: 'a.test', isPolling: true });
  assert.equal(RongIMClient.getInstance().getConnectionChannel(), 0);
});

test('getStorageProvider, getNavi and setDeviceInfo answer as pages expect', () => {
  const { im, client } = initialised();
  assert.equal(im.getStorageProvider(), 'ServerDataProvider');
  assert.deepEqual(im.getNavi(), {}, 'without storage, before anything was answered');
  const map = storage();
  const navi = { code: 200, server: 'a.test:80', openMp: 1, voipCallInfo: '{"strategy":1}' };
  client.emit('navigation', navi);
  assert.deepEqual([im.getNavi(), JSON.parse(map.get('rong_fullnavi'))], [navi, navi]);
  assert.deepEqual(initialised().im.getNavi(), navi, 'another tab, which was told nothing');
  map.set('rong_fullnavi', '{');
  assert.deepEqual(initialised().im.getNavi(), {});
  delete globalThis.localStorage;
  assert.equal(im.setDeviceInfo({ id: 'x' }), undefined);
});

test('clearListeners takes all listeners away', () => {
  const { im, RongIMClient, client } = initialised();
  const seen = [];
  RongIMClient.statusWatch((status) => seen.push(status));
  RongIMClient.setOnReceiveMessageListener({ onReceived: () => seen.push('message') });
  assert.deepEqual([RongIMClient.statusListeners.length, RongIMClient.messageListeners.length], [1, 1]);
  im.clearListeners();
  client.status(1);
  assert.deepEqual([seen, RongIMClient.statusListeners.length], [[], 0]);
});

test('clearLocalStorage removes the keys of 2.x and nothing else, then calls back', async () => {
  const map = storage({ rong_appId: 'app', rong_cuXY: '1', mine: 'x', 'hy1/app/a/device': 'd' });
  const { im } = initialised();
  let called = 0;
  im.clearLocalStorage(() => {
    called += 1;
  });
  assert.equal(called, 0, 'in a later turn');
  await settled();
  assert.deepEqual([called, [...map.keys()]], [1, ['mine', 'hy1/app/a/device']]);
  im.clearLocalStorage();
  delete globalThis.localStorage;
  im.clearLocalStorage(() => {});
});

test('the log helpers write what is wrong, unless showError is false', () => {
  const written = [];
  const { error } = console;
  console.error = (text) => written.push(JSON.parse(text));
  try {
    const { RongIMClient } = initialised();
    assert.deepEqual(RongIMClient.LogFactory[30002], { code: '30002', msg: 'RC_NET_UNAVAILABLE' });
    assert.equal(RongIMClient.LogFactory['-1'].msg, 'TIMEOUT');
    const told = [];
    const callback = RongIMClient.logCallback({ onSuccess: (value) => told.push(value), onError: (code) => told.push(code) }, 'getX');
    callback.onSuccess(1);
    callback.onError(30002);
    RongIMClient.logSendCallback({}, 'send').onError(-1);
    assert.deepEqual(told, [1, 30002]);
    assert.deepEqual(written.map(({ code, funcName, msg }) => [code, funcName, msg]), [[30002, 'getX', 'RC_NET_UNAVAILABLE'], [-1, 'send', 'TIMEOUT']]);
    const quiet = freshNamespace().RongIMClient;
    quiet.init('app', null, { navi: 'a.test', showError: false });
    quiet.logger({ code: 1, funcName: 'x' });
    assert.equal(written.length, 2);
  } finally {
    console.error = error;
  }
});

test('Protobuf, _memoryStore, _storageProvider and _dataAccessProvider are found', () => {
  const { RongIMClient } = freshNamespace();
  assert.equal(RongIMClient._storageProvider.getItem('x'), null, 'without storage');
  const map = storage();
  RongIMClient._storageProvider.setItem('x', 1);
  assert.deepEqual([RongIMClient._storageProvider.getItem('x'), [...map]], ['1', [['rong_x', '1']]]);
  RongIMClient._storageProvider.removeItem('x');
  assert.equal(map.size, 0);
  assert.equal(RongIMClient._dataAccessProvider, null);
  const { im, RongIMClient: ready } = initialised();
  assert.equal(ready._dataAccessProvider, im);
  assert.equal(typeof RongIMClient.Protobuf, 'object');
  RongIMClient._memoryStore.depend = {};
  assert.deepEqual(RongIMClient._memoryStore, { depend: {} });
});

const LEFT = {
  rong_appId: 'app',
  rong_current_user: 'me',
  rong_app_me_receivebox: '1700000000000',
  rong_app_me_sendbox: '1700000000500',
  rong_cume1ada: '3_1699999999000',
  'rong_cume3雁|%': '2',
};

const OWN = 'hy1/app/u/me/';

test('what an earlier RongIMLib left is read once: the place in the inbox and unread counts', () => {
  const map = storage(LEFT);
  initialised();
  assert.equal(map.get(`${OWN}cursor`), '1||0|0|1700000000000|1700000000500');
  assert.equal(map.get(`${OWN}conv:1:ada`), '2|3|0|1699999999000|0|0|0|0||1700000000000|0|0|0');
  assert.equal(map.get(`${OWN}conv:3:雁|%`), '2|2|0|1700000000000|0|0|0|0||1700000000000|0|0|0');
  for (const [name, value] of Object.entries(LEFT)) assert.equal(map.get(name), value, 'left as it was');
  map.set('rong_app_me_receivebox', '1800000000000');
  map.set('rong_cume1ada', '9');
  const before = [...map];
  initialised();
  assert.deepEqual([...map], before, 'not a second time');
});

test('a user that is known here, another app key and a user with an unusual id', () => {
  let map = storage({ ...LEFT, [`${OWN}cursor`]: '1|e|7|7|0|0' });
  initialised();
  assert.equal(map.get(`${OWN}cursor`), '1|e|7|7|0|0');
  assert.equal(map.has(`${OWN}conv:1:ada`), false);
  map = storage({ ...LEFT, rong_appId: 'another' });
  initialised();
  assert.equal(map.size, Object.keys(LEFT).length);
  map = storage({ rong_appId: 'app', 'rong_app_王/a.b_receivebox': '1700000000000' });
  initialised();
  assert.equal(map.get('hy1/app/u/%E7%8E%8B%2Fa%2Eb/cursor'), '1||0|0|1700000000000|0');
});

test('garbage of an earlier RongIMLib does no harm', () => {
  const map = storage({
    rong_appId: 'app',
    rong_app_me_receivebox: '1700000000000',
    rong_app_me_sendbox: 'NaN',
    rong_app__receivebox: '1700000000000',
    rong_app_eve_receivebox: '{"a":1}',
    rong_app_eve_sendbox: '',
    rong_cume1a: 'NaN_1700000000000',
    rong_cume1b: '-3',
    rong_cume1c: '1e9',
    rong_cume1d: '0_1699999999000',
    rong_cume1e: '5_soon',
    rong_cume9f: '5',
    rong_cume1: '5',
    rong_cume: '5',
    rong_cu: '5',
    rong_mentioneds_me_1_a: '{',
  });
  initialised();
  assert.deepEqual([...map].filter(([name]) => name.startsWith('hy1/')), [[`${OWN}cursor`, '1||0|0|1700000000000|0']]);
});

test('a storage that throws, is full or is not there does no harm', () => {
  initialised();
  const map = storage(LEFT);
  globalThis.localStorage.setItem = () => {
    throw new Error('full');
  };
  initialised();
  assert.equal(map.size, Object.keys(LEFT).length);
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get() {
      throw new Error('forbidden');
    },
  });
  initialised();
});
