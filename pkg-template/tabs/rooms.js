/**
 * Chatrooms that pages are in: this one, so that it goes on in them whichever page holds the link; and, where this
 * page holds it, the others, so that a room is left with the last page that was in it.
 */

const CHATROOM = 4;
/** Places in `CHANGES` of `client.js`. */
const [JOIN, REJOIN, LEAVE] = [7, 8, 9];

export class Rooms {
  /** `since`: up to when this page has heard the room's messages. @type {Map<string, {pages: Set<string>, since?: number}>} */
  #rooms = new Map();

  /**
   * What a page does, if it concerns a room.
   * @param {string} page '' for this one
   * @param {unknown[]} args of the core's `change`
   * @returns {{stays?: boolean, known?: number}} whether others stay in a room that is left; up to when messages were
   *   heard of one that is new to this page alone
   */
  note(page, method, [, id, what, number]) {
    if (method !== 'change' || what < JOIN) return {};
    const room = this.#rooms.get(id) ?? { pages: new Set() };
    if (what === LEAVE) return { stays: room.pages.delete(page) && room.pages.size > 0 };
    this.#rooms.set(id, room);
    room.pages.add(page);
    if (what === JOIN) return { known: room.since };
    room.since ??= number;
    return {};
  }

  /** What all pages are told. */
  hear(name, what, change, value) {
    if (name === 'room' && change === 'left') this.#rooms.delete(what);
    const room = name === 'room' && change === 'joined' && this.#rooms.get(what);
    if (room) room.since = value;
    if (name === 'messages' && this.#rooms.size > 0) {
      for (const { conversation: { type, targetId }, sentTime } of what) {
        const heard = type === CHATROOM && this.#rooms.get(targetId);
        if (heard?.since < sentTime) heard.since = sentTime;
      }
    }
  }

  /** What this page says to whoever holds the link from now on (`what`: or at last), for each of its rooms. */
  mine(what = REJOIN) {
    const mine = [...this.#rooms].filter(([, { pages, since }]) => pages.has('') && since !== undefined);
    return mine.map(([id, { since }]) => [CHATROOM, id, what, since, '']);
  }

  /** What it says when it goes, for good: it may live on for a moment, and must not enter again. */
  leaveAll() {
    const last = this.mine(LEAVE);
    for (const { pages } of this.#rooms.values()) pages.delete('');
    return last;
  }

  /** Another page holds the link. */
  forgetOthers() {
    for (const { pages } of this.#rooms.values()) for (const page of pages) if (page !== '') pages.delete(page);
  }
}
