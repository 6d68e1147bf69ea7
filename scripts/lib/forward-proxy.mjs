// An HTTP proxy that holds no connection open. The web server inside wasm-bindgen-test-runner reads
// each connection in a thread of a small pool and sometimes counts on a thread that is just being
// taken: a request then waits behind connections that a browser keeps open and idle, for ever.
import { once } from 'node:events';
import { createServer, request } from 'node:http';

/** Starts it on a free port of this machine. */
export async function forwardProxy() {
  const proxy = createServer((asked, answer) => {
    const { hostname, port, pathname, search } = new URL(asked.url, 'http://127.0.0.1');
    const headers = { ...asked.headers, connection: 'close' };
    const fail = () => answer.destroy();
    const onward = request({ hostname, port, path: pathname + search, method: asked.method, headers, agent: false });
    onward.on('error', fail).on('response', (found) => {
      answer.writeHead(found.statusCode, { ...found.headers, connection: 'keep-alive' });
      found.on('error', fail).pipe(answer);
    });
    asked.pipe(onward);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    address: `127.0.0.1:${proxy.address().port}`,
    close() {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}
