// A TCP way to a server that can be cut and mended, and that can stand in the way of WebSockets: the
// network of a page, without the browser's help (its "offline" switch leaves open WebSockets alone).
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const page = '<!doctype html><title>Sign in</title>';
const refusal = (status, type, body) =>
  `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;

/** What may become of an upgrade to a WebSocket, by name: an answer in the server's place, or what is done to it. */
const REFUSALS = {
  403: refusal('403 Forbidden', 'text/plain', 'no'),
  426: refusal('426 Upgrade Required', 'text/plain', 'no'),
  html: refusal('200 OK', 'text/html', page),
};

export class Proxy {
  #sockets = new Set();
  #cut = false;
  /** Bytes that may still go to the server before the network breaks by itself. */
  #left = Infinity;
  /** WebSockets that came through. */
  upgrades = 0;
  /** `pass`, a name of {@link REFUSALS}, `swallow`: nothing is answered, `buffer`: no frame comes back. */
  webSockets = 'pass';

  static async to(port) {
    const proxy = new Proxy();
    proxy.listener = createServer((near) => proxy.#join(near, port)).listen(0, '127.0.0.1');
    await once(proxy.listener, 'listening');
    proxy.url = `http://127.0.0.1:${proxy.listener.address().port}`;
    return proxy;
  }

  #join(near, port) {
    if (this.#cut) return near.destroy();
    this.#sockets.add(near);
    near.on('error', () => {}).on('close', () => this.#sockets.delete(near));
    // The first bytes tell what it is: a browser begins a WebSocket on a connection of its own.
    near.once('data', (first) => {
      near.pause();
      near.unshift(first);
      const upgrade = /^upgrade: *websocket/im.test(first.toString('latin1'));
      if (!upgrade || this.webSockets === 'pass') this.upgrades += Number(upgrade);
      else if (this.webSockets === 'swallow') return;
      else if (this.webSockets !== 'buffer') return near.end(REFUSALS[this.webSockets]);
      this.#connect(near, port, upgrade && this.webSockets === 'buffer');
    });
  }

  #connect(near, port, buffered) {
    const far = connect(port, '127.0.0.1');
    for (const [one, other] of [[near, far], [far, near]]) {
      this.#sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      if (one === near || !buffered) one.pipe(other);
    }
    if (buffered) far.once('data', (head) => near.write(head.subarray(0, head.indexOf('\r\n\r\n') + 4)));
    near.on('data', ({ length }) => {
      this.#left -= length;
      if (this.#left < 0) this.cut();
    });
  }

  /** Drops every connection and refuses new ones. */
  cut() {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Cuts once so many more bytes have gone to the server. */
  cutAfter(bytes) {
    this.#left = bytes;
  }

  /** Connections that are open stay so and carry nothing any more; new ones work. */
  silence() {
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.pause();
    }
  }

  mend() {
    this.#left = Infinity;
    this.#cut = false;
  }

  async close() {
    this.cut();
    this.listener.close();
    await once(this.listener, 'close');
  }
}
