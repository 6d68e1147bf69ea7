/**
 * One link over long polling: which request comes next, and what an answer says. `json`: the form that 2.5.3's
 * servers speak; else frames, each behind its length, as ours take them when their navigator says so.
 */
import { bytesOf, joined, number, Reader } from '../words.js';
import { Codec, CONNACK, DISCONNECT, MAX_FRAME, PINGREQ, PINGRESP } from './json.js';

/**
 * Times that are waited for answers, ms, besides what large bodies take on their way: the server holds a poll for
 * 28 s in frames, for 30 s in JSON.
 */
const OPEN_MS = 10_000;
const FRAMES_PULL_MS = 40_000;
const JSON_PULL_MS = 45_000;
const SEND_MS = 20_000;
/** A POST takes frames up to about this, bytes; at least one. */
const MAX_BATCH = 64 * 1024;
/** A goodbye goes with no more than so many bytes of frames before it. */
const MAX_LAST = 32 * 1024;
/** Sessions of ours begin so in CONNACK. */
const EXTENDED = 'hy1.';
/** A POST that ends a session. */
const GOODBYE = { header: DISCONNECT << 4, id: 0, addressed: null, body: '""' };
const OPEN = 'open';
const SEND = 'send';

/** @typedef {{url: string, timeoutMs: number, body?: Uint8Array, form: boolean}} Request */

export class PollLink {
  #json;
  #codec = new Codec();
  #origin;
  #url;
  #query;
  #session = '';
  /** Frames that came, frames that left, polls that were asked. */
  #arrived = 0;
  #sent = 0;
  #pulls = 0;
  /** @type {Uint8Array[]} */
  #waiting = [];

  /**
   * @param {string} url of a login: `…/websocket?…`
   * @throws {TypeError} it is none
   */
  constructor(url, json) {
    const [, origin, query] = /^([^?]*)\/websocket\?(.*)$/s.exec(url) ?? [];
    if (origin === undefined) throw new TypeError('no URL of a login');
    this.#json = json;
    this.#url = url;
    this.#origin = origin;
    this.#query = query;
  }

  /** The login. @returns {Request} */
  open() {
    if (this.#json) return { url: this.#url, timeoutMs: OPEN_MS, form: false };
    return { url: `${this.#origin}/hy/open?${this.#query}`, timeoutMs: OPEN_MS, body: new Uint8Array(), form: false };
  }

  /**
   * The frames of an answer; null where it ends the link.
   * @param {'open' | 'pull' | 'send'} asked
   * @param {number} status of HTTP; 0 for none
   * @param {Uint8Array} body
   */
  answered(asked, status, body) {
    if (status < 200 || status > 204) return null;
    try {
      const frames = this.#json ? this.#said(asked, body) : asked === SEND ? [] : framesOf(body);
      this.#arrived += frames.length;
      if (asked === OPEN) this.#opened(frames[0]);
      return frames;
    } catch {
      return null;
    }
  }

  #said(asked, body) {
    let said;
    try {
      said = this.#codec.read(body);
    } catch (error) {
      // What a POST is answered with is nobody's business unless it is frames.
      if (asked === SEND) return [];
      throw error;
    }
    if (asked === OPEN) this.#session = said.session ?? '';
    this.#arrived += said.malformed;
    return said.frames;
  }

  #opened(frame) {
    const reader = new Reader(frame);
    if (reader.u8() >> 4 !== CONNACK) throw new RangeError('no CONNACK');
    reader.take(2);
    if (reader.left === 0 || this.#json) return;
    reader.text();
    const session = reader.text();
    this.#session = session.startsWith(EXTENDED) ? session.slice(EXTENDED.length) : session;
  }

  /** The request that waits for frames; null before a login. @returns {Request | null} */
  pull() {
    if (this.#session === '') return null;
    if (!this.#json) return { url: `${this.#origin}/hy/poll`, timeoutMs: FRAMES_PULL_MS, body: joined(this.#head(this.#arrived)), form: false };
    this.#pulls += 1;
    const ack = this.#session.startsWith(EXTENDED) ? `&ack=${this.#arrived}` : '';
    const url = `${this.#origin}/pullmsg.js?sessionid=${encodeURIComponent(this.#session)}&timestrap=${this.#pulls}${this.#pid}${ack}`;
    return { url, timeoutMs: JSON_PULL_MS, form: false };
  }

  get #pid() {
    return `&${this.#query.split('&').find((pair) => pair.startsWith('pid=')) ?? 'pid='}`;
  }

  #head(count) {
    return [bytesOf(this.#session), number(count, 8)];
  }

  /**
   * Takes a frame that is to be sent. `answer`: what stands for the server's answer to it; `last`: a request
   * that nobody waits for.
   * @param {Uint8Array} frame
   * @returns {{answer?: Uint8Array, last?: Request | null}}
   */
  push(frame) {
    const type = frame[0] >> 4;
    // 2.5.3 has words for neither. Servers of ours know a goodbye; others notice that nobody polls any more.
    if (this.#json && type === PINGREQ) return { answer: Uint8Array.of(PINGRESP << 4) };
    if (this.#json && type === DISCONNECT) return this.#session.startsWith(EXTENDED) ? { last: this.#posted(GOODBYE) } : {};
    this.#waiting.push(frame);
    if (type !== DISCONNECT) return {};
    // Browsers let no more than 64 KiB leave behind the page. What is left out ends the session just as well.
    if (this.#waiting.reduce((sum, { length }) => sum + length, 0) > MAX_LAST) this.#waiting = [frame];
    return { last: this.#frames(Infinity) };
  }

  /** The request that sends what waits; null for nothing. @returns {Request | null} */
  send() {
    if (this.#session === '') return null;
    return this.#json ? this.#post() : this.#frames(MAX_BATCH);
  }

  #frames(limit) {
    const parts = this.#head(this.#sent);
    let length = 0;
    while (this.#waiting.length > 0 && length < limit) {
      const frame = this.#waiting.shift();
      parts.push(number(frame.length, 4), frame);
      length += frame.length;
      this.#sent += 1;
    }
    return length > 0 ? { url: `${this.#origin}/hy/send`, timeoutMs: SEND_MS, body: joined(parts), form: false } : null;
  }

  #post() {
    let post = null;
    while (post === null) {
      const frame = this.#waiting.shift();
      if (frame === undefined) return null;
      post = this.#codec.post(frame);
    }
    return this.#posted(post);
  }

  #posted({ header, id, addressed, body }) {
    const [topic, target] = addressed?.map(encodeURIComponent) ?? [];
    const to = addressed ? `&topic=${topic}&targetid=${target}` : '';
    const url = `${this.#origin}/websocket?messageid=${id}&header=${header}&sessionid=${encodeURIComponent(this.#session)}${to}${this.#pid}`;
    return { url, timeoutMs: SEND_MS, body: bytesOf(body), form: true };
  }
}

/** Frames, each behind its length. */
function framesOf(body) {
  const reader = new Reader(body);
  const frames = [];
  while (reader.left > 0) {
    const length = reader.u32();
    if (length === 0 || length > MAX_FRAME) throw new RangeError('no frame has this length');
    frames.push(reader.take(length));
  }
  return frames;
}
