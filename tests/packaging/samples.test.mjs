// The samples of the 2.x documents run on the script file, built into a page by require.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { build } from 'esbuild';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { eventually } from '../e2e/lib/demo.mjs';
import { launch, newPage } from '../e2e/lib/browser.mjs';
import { Server } from '../e2e/lib/server.mjs';
import { Project } from './lib/project.mjs';
import { Site } from './lib/site.mjs';

let project;
let browser;
let server;
let site;

before(async () => {
  [project, browser, server] = await Promise.all([Project.create(), launch(), Server.start()]);
  await project.copy(project.path('node_modules', 'hongyan', 'script', 'rongimlib.global.js'), 'static/js/RongIMLib-2.5.6.js');
  // The codec that 2.x had to be given: here it may be anything.
  await project.write('static/js/protobuf-2.3.7.min.js', 'module.exports = function () {};');
  await project.copy(inRoot('tests', 'packaging', 'samples', 'sdk.js'), 'src/sdk/sdk.js');
  await build({ entryPoints: [project.path('src', 'sdk', 'sdk.js')], outfile: project.path('page.js'), bundle: true, logLevel: 'error' });
  await project.write('index.html', '<!doctype html><meta charset="utf-8"><script src="/settings.js"></script><script src="/page.js"></script>');
  site = await Site.serve(project.folder);
});
after(async () => {
  await browser?.close();
  await site?.close();
  await server?.stop();
  await project?.remove();
});

/** A page that ran the samples up to connect, with what they printed. */
class SamplePage {
  static async open(settings) {
    const made = new SamplePage();
    made.page = await newPage(browser);
    made.lines = [];
    made.requests = [];
    made.page.on('request', (request) => made.requests.push(request.url()));
    made.page.on('console', (message) => made.lines.push(message));
    const script = Object.entries(settings).map(([name, value]) => `var ${name} = ${JSON.stringify(value)};`).join('\n');
    await made.page.route('**/settings.js', (route) => route.fulfill({ contentType: 'text/javascript', body: script }));
    await made.page.goto(`${site.url}/index.html`);
    return made;
  }

  static async signIn(name) {
    const { appKey, token } = await server.signIn(name);
    const made = await SamplePage.open({ appkey: appKey, token, navi: server.url });
    await made.prints(`连接成功, 用户 id 为 ${name}`);
    return made;
  }

  /** Runs a sample and waits for the line that begins so; gives the value it printed last. */
  async run(sample, start) {
    const from = this.lines.length;
    await this.page.evaluate((name) => window.samples[name](), sample);
    return start === undefined ? undefined : this.prints(start, from);
  }

  async prints(start, from = 0) {
    const found = await eventually(
      () => this.lines.slice(from).find((line) => line.text().startsWith(start)) ?? null,
      Boolean,
      `the page should print "${start}", not ${JSON.stringify(this.lines.map((line) => line.text()))}`,
    );
    return found.args().at(-1)?.jsonValue();
  }

  texts() {
    return this.lines.map((line) => line.text());
  }

  async close() {
    assert.deepEqual(this.page.problems, []);
    await this.page.context().close();
  }
}

const TIME = { timeout: 60_000 };

describe('the samples', () => {
  test('connect, send a text, receive it', TIME, async () => {
    const [receiver, sender] = [await SamplePage.signIn('user1'), await SamplePage.signIn('user2')];
    const statuses = sender.texts().filter((line) => /^(链接|正在)/.test(line));
    assert.deepEqual(statuses, ['链接状态为 201', '链接状态为 202', '正在链接', '链接成功']);

    const sent = await sender.run('sendText', '发送文本消息成功');
    assert.match(sent.messageUId, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
    assert.ok(Math.abs(sent.sentTime - Date.now()) < 60_000);
    assert.deepEqual([sent.sentStatus, sent.targetId, sent.content.extra], [30, 'user1', '附加信息']);
    assert.equal(await receiver.prints('文字内容'), 'hello RongCloud!');
    await sender.close();
    await receiver.close();
  });

  test('conversations and unread counts', TIME, async () => {
    const user1 = await SamplePage.signIn('user1');
    const other = await SamplePage.signIn('user3');
    await other.run('sendText', '发送文本消息成功');
    const list = await other.run('conversationList', '获取会话列表成功');
    assert.deepEqual(list.map(({ targetId, latestMessage }) => [targetId, latestMessage.content.content]), [['user1', 'hello RongCloud!']]);
    const row = await other.run('conversation', '获取指定会话成功');
    assert.deepEqual([row.conversationType, row.targetId, row.unreadMessageCount, row.objectName], [1, 'user1', 0, 'RC:TxtMsg']);
    assert.equal(await other.run('unread', '获取指定会话未读消息数成功'), 0);
    await user1.prints('文字内容');
    const count = await user1.run('totalUnread', '获取所有会话未读消息数成功');
    assert.ok(count >= 1, `${count}`);
    assert.equal(await user1.run('typedUnread', '获取指定会话类型总未读消息数成功'), count);
    await other.run('clearUnread', '清除指定会话未读消息数成功');
    await user1.close();
    await other.close();
  });

  test('removing conversations', TIME, async () => {
    const page = await SamplePage.signIn('user4');
    await page.run('sendText', '发送文本消息成功');
    await page.run('removeConversation', '删除指定会话成功');
    assert.deepEqual(await page.run('conversationList', '获取会话列表成功'), []);
    await page.run('sendText', '发送文本消息成功');
    await page.run('clearConversations', '清除会话成功');
    assert.deepEqual(await page.run('conversationList', '获取会话列表成功'), []);
    await page.close();
  });

  test('disconnect, then reconnect without any probe', TIME, async () => {
    const page = await SamplePage.signIn('user5');
    await page.run('facts');
    assert.deepEqual(page.texts().slice(-2), ['user5', '0']);
    await page.run('disconnect', '断开连接');
    await page.run('facts');
    assert.equal(page.texts().at(-1), '2');
    await page.run('reconnect', 'reconnect success.user5');
    await page.run('sendText', '发送文本消息成功');
    assert.deepEqual(page.requests.filter((url) => url.includes('RongIMLib-2.2.6')), []);
    await page.close();
  });

  test('a wrong token and a wrong app key are told', TIME, async () => {
    const { appKey, token } = await server.signIn('user6');
    const wrongToken = await SamplePage.open({ appkey: appKey, token: 'nonsense', navi: server.url });
    await wrongToken.prints('连接失败, 失败原因: token 无效');
    const wrongKey = await SamplePage.open({ appkey: 'nobodys-key', token, navi: server.url });
    assert.equal(await wrongKey.prints('连接失败, 失败原因:'), 'appkey 不正确');
    await wrongKey.prints('链接状态为 20');
    await wrongToken.close();
    await wrongKey.close();
  });
});
