// A server inside the page: what the client asks is answered by function calls, so that nothing of
// a network is measured. It speaks as much of the protocol as a login and a pull need.

const ACCEPTED = 0;
const [PUBLISH, QUERY] = [3, 5];

/** Texts in frames have a length of two bytes. */
function text(value) {
  const bytes = new TextEncoder().encode(value);
  return [bytes.length >> 8, bytes.length & 255, ...bytes];
}

function number(value, bytes) {
  const all = [];
  for (let rest = BigInt(value), at = 0; at < bytes; at += 1, rest >>= 8n) all.unshift(Number(rest & 255n));
  return all;
}

const frame = (head, body = []) => {
  const made = new Uint8Array(head.length + body.length);
  made.set(head);
  made.set(body, head.length);
  return made.buffer;
};

const connAck = () => frame([0x20, 0, ACCEPTED, ...text('me'), ...text('hy1.bench'), ...number(Date.now(), 8)]);
const pingResp = () => frame([0xd0]);
const queryAck = (id, status, body) => frame([0x60, ...number(id, 2), ...number(0, 4), ...number(status, 2)], body);
const publish = (topic, body) => frame([0x30, ...number(0, 4), ...text(topic), ...text('me'), ...number(0, 2)], body);

/** Replaces the page's WebSocket and fetch. */
export class Peer {
  /** The pull that waits for its page: the id of its QUERY, or null. */
  pull = null;
  #socket = null;

  constructor() {
    const peer = this;
    globalThis.fetch = async (url) => {
      const answer = { code: 200, userId: 'me', server: 'bench.invalid', hongyan: { version: 1, sendRate: 0 } };
      return new Response(String(url).includes('/navi.js') ? `getServerEndpoint(${JSON.stringify(answer)});` : '');
    };
    globalThis.WebSocket = class {
      constructor() {
        peer.#socket = this;
        setTimeout(() => {
          this.onopen({});
          peer.say(connAck());
        });
      }

      send(bytes) {
        peer.#heard(bytes);
      }

      close() {}
    };
  }

  /** Hands a frame to the client; it has done with it when this returns. */
  say(buffer) {
    this.#socket.onmessage({ data: buffer });
  }

  /** Rings, so that the client pulls. */
  ring(body) {
    this.say(publish('s_ntf', body));
  }

  /** The page that answers the pull under way. */
  page(body) {
    const id = this.pull;
    this.pull = null;
    return queryAck(id, 0, body);
  }

  /** `bytes` are the core's memory: good during this call. */
  #heard(bytes) {
    const type = bytes[0] >> 4;
    if (type === 12) queueMicrotask(() => this.say(pingResp()));
    if (type !== QUERY && type !== PUBLISH) return;
    let at = 1;
    const next = () => {
      const length = (bytes[at] << 8) | bytes[at + 1];
      at += 2 + length;
      return new TextDecoder().decode(bytes.subarray(at - length, at));
    };
    const topic = next();
    next();
    const id = (bytes[at] << 8) | bytes[at + 1];
    if (topic === 'pullMsg') this.pull = id;
    else if (type === QUERY) queueMicrotask(() => this.say(queryAck(id, 1, [])));
  }
}
