// A page without Playwright's hand on it, which keeps every page visible: this one can be hidden,
// frozen and thawed as a browser does it to a tab in the background.
export class RawPage {
  #session;
  #target;
  #windowId;
  #lastId = 0;
  #waiting = new Map();

  static async open(browser, url) {
    const page = new RawPage();
    const session = await browser.newBrowserCDPSession();
    page.#session = session;
    const { browserContextId } = await session.send('Target.createBrowserContext');
    const { targetId } = await session.send('Target.createTarget', { url, browserContextId });
    page.contextId = browserContextId;
    page.#target = (await session.send('Target.attachToTarget', { targetId, flatten: false })).sessionId;
    session.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
      if (sessionId !== page.#target) return;
      const answer = JSON.parse(message);
      page.#waiting.get(answer.id)?.(answer);
      page.#waiting.delete(answer.id);
    });
    page.#windowId = (await page.send('Browser.getWindowForTarget')).windowId;
    return page;
  }

  /** Any command of the DevTools protocol. */
  async send(method, params = {}) {
    this.#lastId += 1;
    const id = this.#lastId;
    const answered = new Promise((resolve) => this.#waiting.set(id, resolve));
    await this.#session.send('Target.sendMessageToTarget', { sessionId: this.#target, message: JSON.stringify({ id, method, params }) });
    const { result, error } = await answered;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** Runs `work(argument)` in the page. */
  async evaluate(work, argument) {
    const expression = `(${work})(${JSON.stringify(argument) ?? ''})`;
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async hide() {
    await this.send('Browser.setWindowBounds', { windowId: this.#windowId, bounds: { windowState: 'minimized' } });
  }

  async show() {
    await this.send('Browser.setWindowBounds', { windowId: this.#windowId, bounds: { windowState: 'normal' } });
  }

  /** Only a hidden page freezes. */
  async freeze() {
    await this.send('Page.setWebLifecycleState', { state: 'frozen' });
  }

  async resume() {
    await this.send('Page.setWebLifecycleState', { state: 'active' });
  }

  /** The network is gone for this page, and the browser says so; or it is back. */
  async offline(on) {
    await this.send('Network.emulateNetworkConditions', { offline: on, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  }

  async close() {
    await this.#session.send('Target.disposeBrowserContext', { browserContextId: this.contextId });
    await this.#session.detach();
  }
}
