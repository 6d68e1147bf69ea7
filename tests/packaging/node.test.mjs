// The tarball in a Node project: every door opens, nothing is done on the way in.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Project } from './lib/project.mjs';

let project;
const inPackage = (...parts) => project.path('node_modules', 'hongyan', ...parts);

before(async () => {
  project = await Project.create();
});
after(() => project?.remove());

test('every target of the exports map is in the package', async () => {
  const { exports, types } = JSON.parse(await readFile(inPackage('package.json'), 'utf8'));
  const targets = (value) => (typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(targets));
  const all = [...targets(exports), ...targets(types)];
  assert.ok(all.length > 0);
  for (const target of all.filter((path) => !path.includes('*'))) assert.ok(existsSync(inPackage(target)), target);
});

test('what only the build needs stays out', async () => {
  assert.ok(!existsSync(inPackage('rongimlib', 'global.js')));
  const names = await readdir(inPackage(), { recursive: true });
  assert.deepEqual(names.filter((name) => /\.rs$|node_modules|\.tgz$/.test(name)), []);
});

test('shipped scripts evaluate no text', async () => {
  const names = (await readdir(inPackage(), { recursive: true })).filter((name) => name.endsWith('.js'));
  for (const name of names) {
    const text = await readFile(inPackage(name), 'utf8');
    assert.doesNotMatch(text, /new Function|\beval\(|innerHTML|document\.write/, name);
  }
});

test('imports in Node touch no global and throw nothing', async () => {
  const told = await project.node('import.mjs', `
    const before = Reflect.ownKeys(globalThis).length;
    const modern = await import('hongyan');
    const face = await import('hongyan/rongimlib');
    const { version } = (await import('hongyan/package.json', { with: { type: 'json' } }).catch(() => ({ default: {} }))).default;
    console.log(JSON.stringify({
      added: Reflect.ownKeys(globalThis).length - before,
      modern: Object.keys(modern).sort(),
      same: face.RongIMLib.RongIMClient === face.RongIMClient && face.default === face.RongIMLib,
      sdkver: face.RongIMClient.sdkver,
      named: face.ConnectionStatus === face.RongIMLib.ConnectionStatus && face.TextMessage === face.RongIMLib.TextMessage,
    }));`);
  const { version } = JSON.parse(await readFile(inPackage('package.json'), 'utf8'));
  assert.equal(told.added, 0);
  for (const name of ['createClient', 'init', 'HongyanError', 'ConversationType']) assert.ok(told.modern.includes(name), name);
  assert.ok(told.same && told.named);
  assert.equal(told.sdkver, version);
});

test('every name of the namespace can be imported by itself', async () => {
  const missing = await project.node('names.mjs', `
    import * as names from 'hongyan/rongimlib';
    console.log(JSON.stringify(Object.keys(names.RongIMLib).filter((name) => names[name] !== names.RongIMLib[name])));`);
  assert.deepEqual(missing, []);
});

test('require gives the namespace and sets no global', async () => {
  const told = await project.node('require.cjs', `
    const before = Reflect.ownKeys(globalThis).length;
    const RongIMLib = require('hongyan/rongimlib');
    console.log(JSON.stringify({
      added: Reflect.ownKeys(globalThis).length - before,
      client: typeof RongIMLib.RongIMClient.init,
      private: RongIMLib.ConversationType.PRIVATE,
    }));`);
  assert.deepEqual(told, { added: 0, client: 'function', private: 1 });
});

test('a copy of the script can be required by a relative path', async () => {
  await project.copy(inPackage('script', 'rongimlib.global.js'), 'static/js/RongIMLib.js');
  const told = await project.node('src/page/copy.cjs', `
    var RongIMLib = require('../../static/js/RongIMLib.js')
    var RongIMClient = RongIMLib.RongIMClient
    console.log(JSON.stringify(RongIMClient.MessageType.TextMessage))`);
  assert.equal(told, 'TextMessage');
});

test('the module and the script offer the same names', async () => {
  const [byModule, byScript] = [
    await project.node('m.mjs', "import { RongIMLib } from 'hongyan/rongimlib'; console.log(JSON.stringify(Object.keys(RongIMLib)));"),
    await project.node('s.cjs', "console.log(JSON.stringify(Object.keys(require('hongyan/rongimlib'))));"),
  ];
  assert.deepEqual(byScript, byModule);
});
