/** Chatrooms, with the answers of 2.x. */
import { BareRooms } from '../../rooms/rooms.js';

/** @type {typeof import('../lazy.js').shared} */
let shared;

/** @param {typeof import('../lazy.js').shared} given */
export function share(given) {
  shared = given;
}

/** A page of history has at most so many. */
const LARGEST = 100;
const ORDERS = ['none', 'oldest', 'newest'];

/** One for each `init`. @type {WeakMap<object, BareRooms>} */
const all = new WeakMap();

function roomOf(face, id) {
  if (typeof id !== 'string' || id === '') throw new shared.Refusal(shared.ErrorCode.CHATROOM_ID_ISNULL);
  const rooms = all.get(face) ?? new BareRooms(face.client);
  all.set(face, rooms);
  return rooms.room(id);
}

/** Without messages of before for a count of 0 or less. */
export async function join(face, id, count) {
  const room = roomOf(face, id);
  await room.join({ history: Number.isInteger(count) && count > 0 ? count : 0 });
  // In the room all the same; they follow by themselves.
  if (room.incomplete) throw new shared.Refusal(shared.ErrorCode.CHATROOM_HISMESSAGE_ERROR);
}

export const leave = (face, id) => roomOf(face, id).leave();

/** `order`: a number of `GetChatRoomType`. */
export async function info(face, id, count, order) {
  const { total, members } = await roomOf(face, id).info({ count, order: ORDERS[order ?? 0] });
  return { userInfos: members.map(({ userId, joinTime }) => ({ id: userId, time: joinTime })), userTotalNums: total };
}

/** Goes on where the last page of this order ended, unless a time is given. `order` 0: older, 1: newer. */
export async function history(face, id, count, order, timestamp) {
  const room = roomOf(face, id);
  if (!Number.isInteger(count) || count < 1 || count > LARGEST) throw new shared.Refusal(shared.ErrorCode.RC_CHATROOM_PATAMETER_INVALID);
  const key = `room/${id}/${order ? 1 : 0}`;
  const place = Number.isSafeInteger(timestamp) ? timestamp : face.pages.get(key) ?? 0;
  const { messages, hasMore, next } = await room.history({ [order ? 'after' : 'before']: place, count });
  face.pages.set(key, next);
  return [messages.map((message) => shared.deliveredMessage(face, message)), hasMore];
}

const optionsOf = ({ isOverwrite, isAutoDelete, isSendNotification, notificationExtra }) => ({
  force: Boolean(isOverwrite), autoDelete: Boolean(isAutoDelete), notify: Boolean(isSendNotification), extra: notificationExtra,
});

export const setEntry = async (face, id, entry) => roomOf(face, id).setEntry(entry?.key, entry?.value, optionsOf(entry ?? {}));
export const removeEntry = async (face, id, entry) => roomOf(face, id).removeEntry(entry?.key, optionsOf(entry ?? {}));

export async function entry(face, id, key) {
  const value = roomOf(face, id).entry(key);
  if (value === undefined) throw new shared.Refusal(shared.ErrorCode.CHATROOM_KEY_NOT_EXIST);
  return value;
}

export const entries = async (face, id) => roomOf(face, id).entries;
