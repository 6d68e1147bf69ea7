// The package itself in a page, with the few calls that talking to a rival takes.
export class Ours {
  static async login(pages, browser, server, { token, appKey }) {
    const page = await pages.open(browser);
    const userId = await page.evaluate(async ([options, text]) => {
      window.seen = [];
      window.client = window.hongyan.createClient(options);
      window.client.on('message', ({ content, ...message }) => window.seen.push({ ...message, text: content.content }));
      return (await window.client.connect(text)).userId;
    }, [{ appKey, navigators: server.url }, token]);
    return Object.assign(new Ours(), { page, userId });
  }

  send(to, text) {
    return this.page.evaluate(
      ([targetId, content]) => window.client.send({ type: 1, targetId }, content).then(({ messageUId, sentTime }) => ({ messageUId, sentTime })),
      [to, text],
    );
  }

  messages() {
    return this.page.evaluate(() => window.seen);
  }

  conversations() {
    return this.page.evaluate(async () =>
      (await window.client.conversations({ remote: true })).map((row) => ({
        targetId: row.conversation.targetId,
        unread: row.unreadCount,
        text: row.latestMessage?.content?.content,
      })),
    );
  }
}
