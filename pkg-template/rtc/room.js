/** A call room: who is in it, and what its members share to find each other's media. */

/** Between two pings, ms; who is silent for 60 s has left. */
const PING_MS = 10_000;
/** Kind of conversation that the room's messages have. */
export const CALL_ROOM = 12;
const OWNERS = { room: 1, own: 2 };

const isText = (text) => typeof text === 'string' && text !== '';
/** Lists of `{key, value}` as an object. */
export const objectOf = (list = []) => Object.fromEntries(list.map(({ key, value }) => [key, value]));
/** Members as an object: their values by user. */
export const membersOf = (list = []) => Object.fromEntries(list.map(({ userId, userData }) => [userId, objectOf(userData)]));

export class BareRoom {
  static failure = (code, origin, detail, cause) => Object.assign(new Error(detail, { cause }), { code, origin });
  static named = (error) => error;

  #client;
  #id;
  #timer = null;
  #kind = { roomType: 1 };

  /** @param {import('../index.js').Client} client @param {string} id */
  constructor(client, id) {
    if (typeof client?.ask !== 'function' || !isText(id)) this.#refuse('a call room needs a client and an id');
    this.#client = client;
    this.#id = id;
  }

  get id() {
    return this.#id;
  }

  /** Joins, and says every ten seconds that this page is still there. */
  async join({ mode = 1, broadcastType } = {}) {
    this.#kind = { roomType: mode, ...(broadcastType === undefined ? {} : { broadcastType }) };
    const { list, token, sessionId } = await this.#ask('rtcRJoin_data', this.#kind);
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#ping(), PING_MS);
    // In Node a room does not keep the program running.
    this.#timer.unref?.();
    return { members: membersOf(list), token: token ?? null, sessionId: sessionId ?? null };
  }

  async leave() {
    clearInterval(this.#timer);
    this.#timer = null;
    await this.#ask('rtcRExit');
  }

  async members() {
    return membersOf((await this.#ask('rtcUData', { order: 2 })).list);
  }

  async info() {
    const { roomData, list } = await this.#ask('rtcRInfo', { order: 2 });
    return { values: objectOf(roomData), members: membersOf(list) };
  }

  async token() {
    return (await this.#ask('rtcToken', this.#kind)).rtcToken;
  }

  /** Puts a value, of the room or one's own. `notice`: a content that the others get with it. */
  async set(key, value, { owner = 'own', interior = true, notice } = {}) {
    if (!isText(key) || typeof value !== 'string') this.#refuse('a value and its key are texts');
    await this.#ask('rtcSetData', { interior, target: this.#owner(owner), key, value, ...noticeOf(notice) });
  }

  /** Those of these keys; all for none. */
  async get(keys = [], { owner = 'own', interior = true } = {}) {
    return objectOf((await this.#ask('rtcQryData', { interior, target: this.#owner(owner), key: this.#keys(keys) })).outInfo);
  }

  async remove(keys = [], { owner = 'own', interior = true, notice } = {}) {
    await this.#ask('rtcDelData', { interior, target: this.#owner(owner), key: this.#keys(keys), ...noticeOf(notice) });
  }

  /** A content to the others who are in the room now. */
  async send(content, options) {
    return this.#client.send({ type: CALL_ROOM, targetId: this.#id }, content, { ...options, keep: false });
  }

  #ping() {
    // Without a link there is nobody to hear it; the room waits for a minute.
    this.#ask('rtcPing', this.#kind).catch((error) => {
      if (error?.code === 40001) clearInterval(this.#timer);
    });
  }

  #owner(owner) {
    return OWNERS[owner] ?? this.#refuse("values are the room's or one's own: 'room' or 'own'");
  }

  #keys(keys) {
    return Array.isArray(keys) && keys.every(isText) ? keys : this.#refuse('keys are a list of texts');
  }

  /** @returns {never} */
  #refuse(detail) {
    throw this.constructor.failure(-3, 'caller', detail);
  }

  async #ask(topic, body) {
    try {
      return await this.#client.ask(topic, this.#id, body);
    } catch (error) {
      throw this.constructor.named(error);
    }
  }
}

/** The members of a question for a content that goes with it. */
export function noticeOf(notice) {
  if (!notice) return {};
  const { objectName, body } = notice;
  return { objectName, content: JSON.stringify(body) };
}
