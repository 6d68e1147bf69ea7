/** The chatrooms of a client. */
import { Room } from './room.js';

const CHATROOM = 4;

export class BareRooms {
  /** How failures are made; `hongyan/rooms` makes them {@link HongyanError}s. */
  static failure = (code, origin, detail, cause) => Object.assign(new Error(detail, { cause }), { code, origin });

  /** What the server refused, by its name where it has one in chatrooms. */
  static named = (error) => error;

  #kit;
  /** @type {Map<string, Room>} */
  #rooms = new Map();
  #without = new Set();
  #off;

  /** @param {import('../index.js').Client} client */
  constructor(client) {
    const { failure: fail, named } = this.constructor;
    this.#kit = { client, fail, named };
    if (typeof client?.joinRoom !== 'function') throw fail(-3, 'caller', 'Rooms needs a client');
    this.#off = [
      client.on('room', (change) => this.#rooms.get(change.roomId)?.changed(change)),
      client.on('message', (message, info) => this.#heard(message, info)),
      client.on('send', (change) => this.#roomOf(change.conversation)?.sent(change)),
    ];
  }

  /** The rooms that the page is in. */
  get joined() {
    return [...this.#rooms.values()].filter(({ joined }) => joined);
  }

  /** A room by its id, whether the page is in it or not: always the same object. */
  room(id) {
    if (typeof id !== 'string' || id === '') throw this.#kit.fail(-3, 'caller', 'a chatroom is named by a text');
    const known = this.#rooms.get(id) ?? new Room(id, this.#kit);
    this.#rooms.set(id, known);
    return known;
  }

  /** Joins a room; messages are heard by those who listen before. */
  async join(id, options) {
    return this.room(id).join(options);
  }

  /** Leaves messages of these classes out, in all rooms. @param {readonly string[]} objectNames */
  leaveOut(objectNames) {
    this.#without = new Set(objectNames);
  }

  destroy() {
    for (const off of this.#off) off();
    this.#rooms.clear();
  }

  #heard(message, info) {
    if (!this.#without.has(message.objectName)) this.#roomOf(message.conversation)?.heard(message, info);
  }

  #roomOf({ type, targetId }) {
    return type === CHATROOM ? this.#rooms.get(targetId) : undefined;
  }
}
