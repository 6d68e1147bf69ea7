// An upload endpoint in memory that fails as it is told.
import { once } from 'node:events';
import { createServer } from 'node:http';

export class Tus {
  /** What was asked, in order: 'POST', 'PATCH 0', … */
  asked = [];
  /** @type {Map<string, {size: number, name: string, bytes: Buffer}>} */
  uploads = new Map();
  token = 'good';
  /** Called before each request; what it returns ({ status, code }, or 'cut') is the answer. */
  fail = () => undefined;
  /** So many bytes more are kept before the connection breaks. */
  breakAfter = Infinity;

  static async start() {
    const tus = new Tus();
    tus.listener = createServer((request, response) => tus.#serve(request, response)).listen(0, '127.0.0.1');
    await once(tus.listener, 'listening');
    tus.url = `http://127.0.0.1:${tus.listener.address().port}/file`;
    return tus;
  }

  async stop() {
    this.listener.closeAllConnections();
    this.listener.close();
    await once(this.listener, 'close');
  }

  async #serve(request, response) {
    const { method, url, headers } = request;
    const offset = headers['upload-offset'];
    this.asked.push(offset === undefined ? method : `${method} ${offset}`);
    const failure = this.fail(method, this.asked.length);
    if (failure === 'cut') return request.socket.destroy();
    if (failure) return refuse(response, failure.status, failure.code);
    if (headers.authorization !== `Bearer ${this.token}`) return refuse(response, 401, 33086);
    if (method === 'POST') return this.#begin(headers, response);
    const upload = this.uploads.get(url);
    if (!upload) return refuse(response, 404, 33083);
    if (method === 'DELETE') this.uploads.delete(url);
    if (method === 'PATCH' && !(await this.#receive(upload, request))) return undefined;
    response.setHeader('upload-offset', upload.bytes.length);
    if (upload.bytes.length === upload.size) response.setHeader('content-location', `${url}/${encodeURIComponent(upload.name)}`);
    return response.writeHead(204).end();
  }

  #begin(headers, response) {
    const name = Buffer.from(headers['upload-metadata'].replace('filename ', ''), 'base64').toString();
    const place = `/file/${this.uploads.size + 1}`;
    this.uploads.set(place, { size: Number(headers['upload-length']), name, bytes: Buffer.alloc(0) });
    response.writeHead(201, { location: place }).end();
  }

  async #receive(upload, request) {
    if (Number(request.headers['upload-offset']) !== upload.bytes.length) throw new Error('a piece at the wrong place');
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    const kept = Math.min(this.breakAfter, bytes.length);
    upload.bytes = Buffer.concat([upload.bytes, bytes.subarray(0, kept)]);
    this.breakAfter = kept < bytes.length ? Infinity : this.breakAfter - kept;
    if (kept < bytes.length) request.socket.destroy();
    return kept === bytes.length;
  }
}

function refuse(response, status, code) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ code, errorMessage: `refused with ${code}` }));
}
