// Servers that fail in their own ways.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { createServer as createTcp } from 'node:net';

async function listening(listener) {
  const sockets = new Set();
  listener.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    listener.close();
    await once(listener, 'close');
  };
  return { url: `http://127.0.0.1:${listener.address().port}`, close };
}

/** Takes connections and never says a word. */
export const silentNavigator = () => listening(createTcp(() => {}));

/** Navigates to itself, opens the WebSocket, and then never sends a frame. */
export async function silentGateway() {
  const listener = createHttp((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    if (!request.url.startsWith('/navi.js')) return response.end();
    const answer = { code: 200, userId: 'u', server: request.headers.host, backupServer: '' };
    response.end(`getServerEndpoint(${JSON.stringify(answer)});`);
  });
  listener.on('upgrade', (request, socket) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.on('error', () => {});
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  });
  return listening(listener);
}
