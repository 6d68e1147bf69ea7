/**
 * Reads what `src/bindings/pack` writes: rows of numbers, and texts that are decoded in one piece.
 * Places and bits are those of that module.
 */
const ROW = 15;
const MARK = 6;
const SLOTS = 1024;

/** Bits of a conversation's mark. */
const [HAS_MESSAGE, PINNED, MUTED, HIDDEN] = [1, 2, 4, 8];

const [SENT, PERSISTED, COUNTED, MENTIONED, OFFLINE, SILENT] = [1, 2, 4, 8, 16, 32];

/** Texts up to here are put together from characters: quicker than a decoder's call. */
const SHORT = 48;

export class Unpacker {
  #memory;
  #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** The core's table of strings that repeat, and the conversation last named by each. */
  #names = new Array(SLOTS).fill('');
  #refs = new Array(SLOTS).fill(null);
  #bytes = new Uint8Array(0);
  #words;
  #numbers;

  /** @param {WebAssembly.Memory} memory */
  constructor(memory) {
    this.#memory = memory;
  }

  /** @param {number} head @returns {import('./index.js').Message[]} */
  messages(head) {
    return this.#batch(head, (numbers, at, text, uid) => this.#message(numbers, at, text, uid));
  }

  /** @param {number} head @returns {import('./index.js').Conversation[]} */
  conversations(head) {
    const place = this.#open(head);
    let mark = (this.#words[place + 10] >>> 3) - MARK;
    return this.#batch(head, (numbers, at, text, uid) => {
      mark += MARK;
      const bits = numbers[mark + 2];
      return {
        conversation: this.#ref(numbers[at], numbers[at + 1]),
        latestMessage: bits & HAS_MESSAGE ? this.#message(numbers, at, text, uid) : null,
        unreadCount: numbers[mark],
        mentionCount: numbers[mark + 3],
        time: numbers[mark + 1],
        peerReadTime: numbers[mark + 4],
        pinned: (bits & PINNED) !== 0,
        muted: (bits & MUTED) !== 0,
        hidden: (bits & HIDDEN) !== 0,
        draft: this.#names[numbers[mark + 5]],
      };
    });
  }

  /** @param {number} head @returns {import('./index.js').ConversationRef[]} */
  refs(head) {
    return this.#batch(head, (numbers, at) => this.#ref(numbers[at], numbers[at + 1]));
  }

  /**
   * Takes in the strings that were not seen before, where nobody wants what is packed.
   * @param {number} head
   */
  skip(head) {
    this.#learn(this.#open(head));
  }

  /** Where the head's numbers begin, after making sure that the views are of today's memory. */
  #open(head) {
    const { buffer } = this.#memory;
    if (this.#bytes.buffer !== buffer) {
      this.#bytes = new Uint8Array(buffer);
      this.#words = new Uint32Array(buffer);
      this.#numbers = new Float64Array(buffer);
    }
    return head >>> 2;
  }

  #batch(head, read) {
    const place = this.#open(head);
    const words = this.#words;
    const count = words[place];
    this.#learn(place);
    const texts = this.#text(words[place + 6], words[place + 7]);
    const uids = this.#ascii(words[place + 8], words[place + 9]);
    const numbers = this.#numbers;
    const made = new Array(count);
    for (let index = 0, at = words[place + 1] >>> 3, text = 0, uid = 0; index < count; index += 1, at += ROW) {
      const textEnd = numbers[at + 9];
      const uidEnd = numbers[at + 6];
      made[index] = read(numbers, at, texts.substring(text, textEnd), uidEnd < 0 ? this.#names[-1 - uidEnd] : uids.substring(uid, uidEnd));
      text = textEnd;
      if (uidEnd >= 0) uid = uidEnd;
    }
    this.#forgetBeyond();
    return made;
  }

  #message(numbers, at, text, uid) {
    const names = this.#names;
    const bits = numbers[at + 4];
    return {
      conversation: this.#ref(numbers[at], numbers[at + 1]),
      senderUserId: names[numbers[at + 2]],
      direction: bits & SENT ? 'sent' : 'received',
      objectName: names[numbers[at + 3]],
      content: this.#content(numbers, at, text),
      sentTime: numbers[at + 5],
      messageUId: uid,
      clientId: clientId(numbers[at + 7], numbers[at + 8]),
      persisted: (bits & PERSISTED) !== 0,
      counted: (bits & COUNTED) !== 0,
      mentioned: (bits & MENTIONED) !== 0,
      silent: (bits & SILENT) !== 0,
      offline: (bits & OFFLINE) !== 0,
    };
  }

  #content(numbers, at, text) {
    const names = this.#names;
    switch (numbers[at + 10]) {
      case 1:
        return { content: text };
      case 2:
        return { content: text, extra: names[numbers[at + 11]] };
      case 3: {
        const user = { id: names[numbers[at + 12]], name: names[numbers[at + 13]], portraitUri: names[numbers[at + 14]] };
        return { content: text, extra: names[numbers[at + 11]], user };
      }
      default:
        return parsed(text);
    }
  }

  /** One object per conversation for as long as its slot holds: equal refs are mostly the same. */
  #ref(type, slot) {
    const known = this.#refs[slot];
    if (known?.type === type) return known;
    const ref = Object.freeze({ type, targetId: this.#names[slot] });
    this.#refs[slot] = ref;
    return ref;
  }

  #learn(place) {
    const words = this.#words;
    const text = this.#text(words[place + 4], words[place + 5]);
    const count = words[place + 3];
    for (let index = 0, start = 0, at = words[place + 2] >>> 2; index < count; index += 1, at += 2) {
      const slot = words[at];
      const end = words[at + 1];
      this.#names[slot] = text.substring(start, end);
      this.#refs[slot] = null;
      start = end;
    }
  }

  /** Numbers above the slots are good for one batch. */
  #forgetBeyond() {
    if (this.#names.length > SLOTS) this.#names.length = SLOTS;
    if (this.#refs.length > SLOTS) this.#refs.length = SLOTS;
  }

  #text(at, length) {
    return length === 0 ? '' : this.#decoder.decode(this.#bytes.subarray(at, at + length));
  }

  #ascii(at, length) {
    if (length > SHORT) return this.#text(at, length);
    let text = '';
    for (let end = at + length; at < end; at += 1) text += String.fromCharCode(this.#bytes[at]);
    return text;
  }
}

function clientId(high, low) {
  return high === 0 && low === 0 ? '' : String((BigInt(high) << 32n) | BigInt(low));
}

/** A JSON object's members, or the text as it came. */
export function parsed(text) {
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Shown as it came: nobody's content is lost for not being JSON.
  }
  return { raw: text };
}
