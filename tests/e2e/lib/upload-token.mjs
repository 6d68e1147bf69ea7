// An upload token, asked for over a bare socket: QUERY qnTkn, as any client of the protocol asks.

/** Runs in a page. */
export function askForToken([url, { appKey, token, userId }, kind]) {
  const address = `${url.replace('http', 'ws')}/websocket?appId=${appKey}&token=${encodeURIComponent(token)}&sdkVer=2.5.3`;
  const socket = Object.assign(new WebSocket(address), { binaryType: 'arraybuffer' });
  const text = (value) => [0, new TextEncoder().encode(value).length, ...new TextEncoder().encode(value)];
  return new Promise((resolve, reject) => {
    socket.onerror = reject;
    socket.onmessage = ({ data }) => {
      const bytes = new Uint8Array(data);
      if (bytes[0] >> 4 === 2) socket.send(new Uint8Array([0x50, ...text('qnTkn'), ...text(userId), 0, 1, 8, kind]));
      if (bytes[0] >> 4 !== 6) return;
      // Header, id, date, status; then field 1, a varint, and field 2, the token.
      const body = bytes.subarray(9);
      const field = body.findIndex((byte, at) => at > 0 && byte < 0x80) + 2;
      const length = body[field] < 0x80 ? 1 : 2;
      resolve({ token: new TextDecoder().decode(body.subarray(field + length)), url: `${url}/file` });
      socket.close();
    };
  });
}
