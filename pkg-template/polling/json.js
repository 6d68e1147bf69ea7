/**
 * The JSON form of long polling, as 2.5.3 and its servers speak it: frames ⇄ objects. Names are those of the
 * protobuf fields, 64-bit numbers plain or (above 2^53) texts, a header byte is a signed number. An answer does
 * not name its question's topic, so what was asked is remembered.
 */
import { joined, number, read, Reader, shapeOf, short, textOf, whole, write } from '../words.js';

/** So many questions are remembered: nobody asks so many at once. */
const MAX_ASKED = 512;
/** A longer frame is none, bytes. */
export const MAX_FRAME = 132_096;

/** Types of frames. */
export const [CONNACK, PUBLISH, PUBACK, QUERY, QUERYACK, QUERYCON, PINGREQ, PINGRESP, DISCONNECT] = [2, 3, 4, 5, 6, 7, 12, 13, 14];

export class Codec {
  /** By a question's id: what its answer holds. @type {Map<number, import('../words/schema.js').Field[]>} */
  #asked = new Map();

  /**
   * A frame on its way up, as a POST says it; null for one without words in this form.
   * @param {Uint8Array} frame
   * @returns {{header: number, id: number, addressed: [string, string] | null, body: string} | null}
   */
  post(frame) {
    try {
      return this.#posted(new Reader(frame));
    } catch {
      return null;
    }
  }

  #posted(reader) {
    const header = reader.u8();
    switch (header >> 4) {
      case PUBLISH:
      case QUERY: {
        const addressed = [reader.text(), reader.text()];
        const id = reader.u16();
        const { body, answer } = shapeOf(addressed[0]);
        if (header >> 4 === QUERY) this.#note(id, answer);
        return { header, id, addressed, body: JSON.stringify(read(body, reader.take(), false)) };
      }
      case PUBACK:
      case QUERYCON:
        return { header, id: reader.u16(), addressed: null, body: '""' };
      default:
        return null;
    }
  }

  #note(id, answer) {
    this.#asked.delete(id);
    if (this.#asked.size >= MAX_ASKED) this.#asked.delete(this.#asked.keys().next().value);
    this.#asked.set(id, answer);
  }

  /**
   * The frames of an answer: objects, one by one or in a list. An object that is no frame ends only itself.
   * @param {Uint8Array} answer
   * @returns {{frames: Uint8Array[], malformed: number, session: string | null}}
   * @throws {SyntaxError} it is no answer
   */
  read(answer) {
    const found = { frames: [], malformed: 0, session: null };
    const text = textOf(answer).trim();
    const value = text === '' ? [] : parsed(text);
    if (typeof value !== 'object' || value === null) throw new SyntaxError('no answer');
    for (const object of Array.isArray(value) ? value : [value]) {
      try {
        const frame = joined(this.#frame(object, found));
        if (frame.length > MAX_FRAME) throw new RangeError('a frame is too long');
        found.frames.push(frame);
      } catch {
        found.malformed += 1;
      }
    }
    return found;
  }

  #frame(object, found) {
    const code = Number(whole(object.headerCode));
    const header = bounded(code, -128, 255) & 255;
    const id = number(bounded(integer(object.messageId), 0, 0xffff), 2);
    const status = integer(object.status);
    const date = number(bounded(integer(object.date), 0, 0xffffffff), 4);
    switch (header >> 4) {
      case CONNACK:
        return [[header & 0xf0, 0, bounded(status, 0, 255)], ...connected(object, found)];
      case PUBLISH: {
        const { topic, targetId } = object;
        const body = bodyOf(shapeOf(text(topic)).body, object.data);
        return [[header & 0xfe], date, short(topic), short(typeof targetId === 'string' ? targetId : ''), id, body];
      }
      case PUBACK:
        return acknowledged(object, id, number(bounded(status, 0, 0xffff), 2));
      case QUERYACK: {
        const asked = Number(integer(object.messageId));
        const answer = this.#asked.get(asked) ?? [];
        this.#asked.delete(asked);
        return [[header & 0xf6], id, date, number(bounded(status, 0, 0xffff), 2), bodyOf(answer, object.data)];
      }
      case DISCONNECT:
        return [[header & 0xf0, 0, bounded(status, 0, 255)]];
      case PINGRESP:
        return [[header & 0xf0]];
      default:
        throw new RangeError('no such frame comes down');
    }
  }
}

/** Whose session begins, if that is said. */
function connected({ userId, sessionid, timestamp }, found) {
  if (typeof userId !== 'string' || typeof sessionid !== 'string') return [];
  found.session = sessionid;
  const time = integer(timestamp);
  return [short(userId), short(sessionid), number(time < 0 ? 0 : time, 8)];
}

/** A PUBACK: its time is one number, or whole seconds in `date`. */
function acknowledged({ date, timestamp, messageUId, inboxSeq, content }, id, status) {
  const time = BigInt(integer(timestamp, BigInt(integer(date)) * 1000n));
  const seconds = number(bounded(time / 1000n, 0, 0xffffffff), 4);
  const seq = integer(inboxSeq, -1);
  return [[PUBACK << 4], id, seconds, status, number(bounded(time % 1000n, 0, 999), 2), short(typeof messageUId === 'string' ? messageUId : ''), seq < 0 ? [] : number(seq, 8), typeof content === 'string' ? new TextEncoder().encode(content) : []];
}

/** The message that a member `data` stands for: an object, the text of one, or nothing. */
function bodyOf(fields, data = null) {
  if (typeof data !== 'string') return data === null ? [] : write(fields, data, false);
  const trimmed = data.trim();
  return ['', '""', 'null'].includes(trimmed) ? [] : write(fields, parsed(trimmed), false);
}

/**
 * What JSON text says; whole numbers that would lose their last digits stay texts. Only what is JSON is searched for
 * them: of a text without an end every quote would be taken for the beginning of one.
 */
function parsed(json) {
  const value = JSON.parse(json);
  if (!/\d{16}/.test(json)) return value;
  return JSON.parse(json.replace(/"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g, (token) => (token[0] === '"' ? token : `"${token}"`)));
}

/** A whole number, or `otherwise`. */
function integer(value, otherwise = 0) {
  try {
    return whole(value);
  } catch {
    return otherwise;
  }
}

function text(value) {
  if (typeof value !== 'string') throw new TypeError('a text is missing');
  return value;
}

function bounded(value, least, most) {
  if (value < least || value > most) throw new RangeError('a number is out of range');
  return Number(value);
}
