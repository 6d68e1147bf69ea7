// A TCP way to a server that can be cut and mended: the network of a page, without the browser's
// help (its "offline" switch leaves open WebSockets alone).
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

export class Proxy {
  #sockets = new Set();
  #cut = false;
  /** Bytes that may still go to the server before the network breaks by itself. */
  #left = Infinity;

  static async to(port) {
    const proxy = new Proxy();
    proxy.listener = createServer((near) => proxy.#join(near, port)).listen(0, '127.0.0.1');
    await once(proxy.listener, 'listening');
    proxy.url = `http://127.0.0.1:${proxy.listener.address().port}`;
    return proxy;
  }

  #join(near, port) {
    if (this.#cut) return near.destroy();
    const far = connect(port, '127.0.0.1');
    for (const [one, other] of [[near, far], [far, near]]) {
      this.#sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
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
