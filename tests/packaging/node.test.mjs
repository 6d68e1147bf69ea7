// The tarball in a Node project: every door opens, nothing is done on the way in.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { Project } from './lib/project.mjs';

const execute = promisify(execFile);
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
    const files = await import('hongyan/upload');
    const accounts = await import('hongyan/account');
    console.log(JSON.stringify({
      added: Reflect.ownKeys(globalThis).length - before,
      modern: Object.keys(modern).sort(),
      same: face.RongIMLib.RongIMClient === face.RongIMClient && face.default === face.RongIMLib,
      files: typeof files.upload,
      accounts: typeof accounts.Account,
      sdkver: face.RongIMClient.sdkver,
      named: face.ConnectionStatus === face.RongIMLib.ConnectionStatus && face.TextMessage === face.RongIMLib.TextMessage,
    }));`);
  const { version } = JSON.parse(await readFile(inPackage('package.json'), 'utf8'));
  assert.equal(told.added, 0);
  for (const name of ['createClient', 'init', 'HongyanError', 'ConversationType']) assert.ok(told.modern.includes(name), name);
  assert.ok(told.same && told.named);
  assert.equal(told.files, 'function');
  assert.equal(told.accounts, 'function');
  assert.equal(told.sdkver, version);
});

test('every entry beside the main one can be imported in Node, and uses the class of errors that is there', async () => {
  const { exports } = JSON.parse(await readFile(inPackage('package.json'), 'utf8'));
  const entries = Object.entries(exports).filter(([, target]) => target.types && /^\.\/\w+\.js$/.test(target.default)).map(([name]) => name);
  for (const entry of entries) {
    const told = await project.node('entry.mjs', `
      const before = Reflect.ownKeys(globalThis).length;
      const names = Object.keys(await import('hongyan${entry.slice(1)}'));
      console.log(JSON.stringify({ added: Reflect.ownKeys(globalThis).length - before, names: names.length }));`);
    assert.equal(told.added, 0, entry);
    assert.ok(told.names > 0, entry);
    const code = await readFile(inPackage(exports[entry].default), 'utf8');
    if (!['.', './inline', './slim'].includes(entry)) assert.ok(!code.includes('hongyan_bg.wasm'), `${entry} carries a main module`);
  }
});

test('the lazily loaded calls of the 2.x face are files of their own, and inside the script', async () => {
  const names = await readdir(inPackage('rongimlib', 'lazy'));
  assert.ok(names.includes('local.js'));
  const [face, script] = [await readFile(inPackage('rongimlib', 'index.js'), 'utf8'), await readFile(inPackage('script', 'rongimlib.global.js'), 'utf8')];
  for (const name of names) {
    assert.ok(face.includes(`import("./lazy/${name}")`), name);
    assert.ok(!script.includes(`lazy/${name}`), name);
  }
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

test("the documents' lines for require run as they stand, with a stand-in for protobuf", async () => {
  await project.copy(inPackage('script', 'rongimlib.global.js'), 'static/js/RongIMLib-2.5.6.js');
  await project.copy(inPackage('script', 'protobuf.js'), 'static/js/protobuf-2.3.7.min.js');
  // A page has an address; the lines name no navigator.
  const told = await project.node('src/im/sample.cjs', `
    globalThis.location = { protocol: 'http:', host: '127.0.0.1:1', hostname: '127.0.0.1', port: '1' };

    var RongIMLib = require('../../static/js/RongIMLib-2.5.6.js')
    var Protobuf = require('../../static/js/protobuf-2.3.7.min.js')
    var RongIMClient = RongIMLib.RongIMClient

    var appkey = 'kj29chm026yyn'
    RongIMClient.init('appkey', null, {
      protobuf: Protobuf
    })

    console.log(JSON.stringify({
      app: RongIMClient.getInstance().getAppInfo(),
      status: RongIMClient.getInstance().getCurrentConnectionStatus(),
      protobuf: typeof Protobuf(),
      same: require('hongyan/protobuf')() instanceof Object && typeof require('hongyan/protobuf'),
    }));
    process.exit(0);`);
  assert.deepEqual(told, { app: { appKey: 'appkey' }, status: 4, protobuf: 'object', same: 'function' });
});

test('types are found by every way in', async () => {
  await project.write('types/module.mts', `
    import { RongIMLib, type Message } from 'hongyan/rongimlib';
    import { createClient } from 'hongyan';
    import { upload, type UploadedFile } from 'hongyan/upload';
    const numbers: [0, 1] = [RongIMLib.ConnectionStatus.CONNECTED, RongIMLib.ConversationType.PRIVATE];
    export const shown = (message: Message): string => message.messageUId;
    export const sent = (file: Blob): Promise<UploadedFile> => upload(() => ({ token: 't', url: 'https://x/file' }), file);
    export { createClient, numbers };`);
  await project.write('types/required.cts', `
    import RongIMLib = require('hongyan/rongimlib');
    const text = new RongIMLib.TextMessage({ content: 'hello' });
    RongIMLib.RongIMClient.getInstance().sendMessage(RongIMLib.ConversationType.PRIVATE, 'ada', text);
    // @ts-expect-error the target is text
    RongIMLib.RongIMClient.getInstance().sendMessage(1, 42, text);`);
  await project.write('types/tsconfig.json', JSON.stringify({
    compilerOptions: { strict: true, noEmit: true, module: 'nodenext', target: 'es2022', lib: ['es2022', 'dom'], types: [], skipLibCheck: false },
    include: ['*'],
  }));
  await execute(process.execPath, [inRoot('node_modules', 'typescript', 'bin', 'tsc'), '--project', project.path('types')]);
});

test('the module and the script offer the same names', async () => {
  const [byModule, byScript] = [
    await project.node('m.mjs', "import { RongIMLib } from 'hongyan/rongimlib'; console.log(JSON.stringify(Object.keys(RongIMLib)));"),
    await project.node('s.cjs', "console.log(JSON.stringify(Object.keys(require('hongyan/rongimlib'))));"),
  ];
  assert.deepEqual(byScript, byModule);
});
