// The published client of another maker (imlib-v2 on engine 4.4.2), unmodified, in a page.
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { inRoot } from '../../../scripts/lib/paths.mjs';
import { newPage } from '../../e2e/lib/browser.mjs';

const FILES = new Map([
  ['/engine.js', inRoot('node_modules/@rongcloud/engine/dist/index.umd.js')],
  ['/imlib.js', inRoot('node_modules/@rongcloud/imlib-v2/dist/index.umd.js')],
]);
const HTML = '<!doctype html><meta charset="utf-8"><script src="engine.js"></script><script src="imlib.js"></script>';

/** Serves the pages; each `login` opens one. */
export class RivalPages {
  /** @param {Record<string, string>} headers of the documents */
  static async serve(headers = {}) {
    const pages = new RivalPages();
    pages.listener = createServer((request, response) => {
      const file = FILES.get(request.url);
      if (file) return createReadStream(file).pipe(response.setHeader('content-type', 'text/javascript'));
      if (request.url !== '/') return response.writeHead(404).end();
      response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(HTML);
    }).listen(0, '127.0.0.1');
    await once(pages.listener, 'listening');
    pages.url = `http://127.0.0.1:${pages.listener.address().port}/`;
    return pages;
  }

  /** A page that is signed in; a fresh profile unless `page` is given. `options` are those of `init`. */
  async login(browser, server, { token, appKey }, page, options = {}) {
    page ??= await newPage(browser);
    await page.goto(this.url);
    const rival = new Rival(page);
    await page.evaluate(start, { appKey, options: { navi: server.url, ...options } });
    await rival.connect(token);
    return rival;
  }

  async close() {
    this.listener.closeAllConnections();
    this.listener.close();
    await once(this.listener, 'close');
  }
}

// These run in the page.
function start({ appKey, options }) {
  const { RongIMClient } = window.RongIMLib;
  window.seen = { messages: [], statuses: [] };
  RongIMClient.init(appKey, null, options);
  RongIMClient.setConnectionStatusListener({ onChanged: (status) => window.seen.statuses.push(status) });
  RongIMClient.setOnReceiveMessageListener({
    onReceived: ({ content, senderUserId, targetId, conversationType, messageUId, sentTime, messageDirection, objectName }) =>
      window.seen.messages.push({ text: content.content, recalled: content.messageUId, senderUserId, targetId, conversationType, messageUId, sentTime, messageDirection, objectName }),
  });
}

const connect = (token) =>
  new Promise((resolve) => {
    window.RongIMLib.RongIMClient.connect(token, {
      onSuccess: (userId) => resolve({ userId }),
      onTokenIncorrect: () => resolve({ error: 'token' }),
      onError: (error) => resolve({ error }),
    });
  });

const send = ([targetId, text, type, mentioned]) =>
  new Promise((resolve) => {
    const { TextMessage, MentionedInfo } = window.RongIMLib;
    const message = new TextMessage({ content: text, extra: '' });
    if (mentioned) Object.assign(message, { mentionedInfo: Object.assign(new MentionedInfo(), { type: 2, userIdList: mentioned }) });
    window.RongIMLib.RongIMClient.getInstance().sendMessage(type, targetId, message, {
      onSuccess: (sent) => {
        (window.sent ??= new Map()).set(sent.messageUId, sent);
        resolve({ messageUId: sent.messageUId, sentTime: sent.sentTime });
      },
      onError: (error) => resolve({ error }),
    });
  });

const recall = (uid) =>
  new Promise((resolve) => {
    window.RongIMLib.RongIMClient.getInstance().sendRecallMessage(window.sent.get(uid), {
      onSuccess: () => resolve({}),
      onError: (error) => resolve({ error }),
    });
  });

const inRoom = ([method, ...given]) =>
  new Promise((resolve) => {
    window.RongIMLib.RongIMClient.getInstance()[method](...given, {
      onSuccess: (value, more) => resolve({ value: JSON.parse(JSON.stringify(value ?? null)), more }),
      onError: (error) => resolve({ error }),
    });
  });

const list = () =>
  new Promise((resolve) => {
    window.RongIMLib.RongIMClient.getInstance().getConversationList({
      onSuccess: (rows) =>
        resolve(rows.map((row) => ({ targetId: row.targetId, text: row.latestMessage?.content?.content }))),
      onError: (error) => resolve({ error }),
    }, null, 100);
  });

const history = ([type, targetId]) =>
  new Promise((resolve) => {
    window.RongIMLib.RongIMClient.getInstance().getHistoryMessages(type, targetId, 0, 20, {
      onSuccess: (messages, hasMore) => resolve({ texts: messages.map(({ content }) => content.content), hasMore }),
      onError: (error) => resolve({ error }),
    });
  });

class Rival {
  constructor(page) {
    this.page = page;
  }

  async connect(token) {
    this.login = await this.page.evaluate(connect, token);
    return this.login;
  }

  send(to, text, type = 1, mentioned) {
    return this.page.evaluate(send, [to, text, type, mentioned]);
  }

  /** Takes back what this page sent. */
  recall(uid) {
    return this.page.evaluate(recall, uid);
  }

  /** The newest messages of a private conversation, oldest first. */
  history(targetId) {
    return this.page.evaluate(history, [1, targetId]);
  }

  /** Calls a method about chatrooms: `{ value, more }` or `{ error }`. */
  inRoom(method, ...given) {
    return this.page.evaluate(inRoom, [method, ...given]);
  }

  conversations() {
    return this.page.evaluate(list);
  }

  messages() {
    return this.page.evaluate(() => window.seen.messages);
  }

  statuses() {
    return this.page.evaluate(() => window.seen.statuses);
  }

  disconnect() {
    return this.page.evaluate(() => window.RongIMLib.RongIMClient.getInstance().disconnect());
  }
}
