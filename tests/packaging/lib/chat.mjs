// Two pages that have the package, each in a profile of its own, write to each other.
import assert from 'node:assert/strict';
import { newPage } from '../../e2e/lib/browser.mjs';

/** Opens `url` and waits until its script has set `window[name]`. */
export async function open(browser, url, name) {
  const page = await newPage(browser);
  await page.goto(url);
  await page.waitForFunction((wanted) => window[wanted], name);
  return page;
}

/** Signs in through `window.hongyan` and collects the texts that arrive in `window.heard`. */
export async function joinModern(page, server, name) {
  return page.evaluate(async ([navigators, { appKey, token }]) => {
    window.heard = [];
    window.client = window.hongyan.createClient({ appKey, navigators });
    window.client.on('message', (message) => window.heard.push(message.content.content));
    return (await window.client.connect(token)).userId;
  }, [server.url, await server.signIn(name)]);
}

export async function sendModern(page, targetId, text) {
  return page.evaluate(async ([to, content]) => {
    const { messageUId } = await window.client.send({ type: 1, targetId: to }, content);
    return messageUId;
  }, [targetId, text]);
}

/** The same through `window.RongIMLib`. */
export async function joinCallbacks(page, server, name) {
  return page.evaluate(([navi, { appKey, token }]) => new Promise((resolve, reject) => {
    const { RongIMClient } = window.RongIMLib;
    window.heard = [];
    RongIMClient.init(appKey, null, { navi });
    RongIMClient.setConnectionStatusListener({ onChanged() {} });
    RongIMClient.setOnReceiveMessageListener({ onReceived: (message) => window.heard.push(message.content.content) });
    RongIMClient.connect(token, {
      onSuccess: resolve,
      onTokenIncorrect: () => reject(new Error('the token was refused')),
      onError: (code) => reject(new Error(`connect answered ${code}`)),
    });
  }), [server.url, await server.signIn(name)]);
}

export async function sendCallbacks(page, targetId, text) {
  return page.evaluate(([to, content]) => new Promise((resolve, reject) => {
    const { RongIMClient, TextMessage, ConversationType } = window.RongIMLib;
    RongIMClient.getInstance().sendMessage(ConversationType.PRIVATE, to, new TextMessage({ content }), {
      onSuccess: (message) => resolve(message.messageUId),
      onError: (code) => reject(new Error(`sendMessage answered ${code}`)),
    });
  }), [targetId, text]);
}

export async function hears(page, text) {
  await page.waitForFunction((wanted) => window.heard.includes(wanted), text);
}

/** Both pages sign in and each hears the other. The second talks with callbacks if it can. */
export async function talk(server, [first, second], names, { join, send }) {
  assert.equal(await join(first, server, names[0]), names[0]);
  assert.equal(await join(second, server, names[1]), names[1]);
  assert.match(await send(first, names[1], '你好 👋'), /^[0-9A-Z-]{19}$/);
  await hears(second, '你好 👋');
  await send(second, names[0], 'and back');
  await hears(first, 'and back');
  assert.deepEqual([...first.problems, ...second.problems], []);
}

export const MODERN = { join: joinModern, send: sendModern };
export const CALLBACKS = { join: joinCallbacks, send: sendCallbacks };
