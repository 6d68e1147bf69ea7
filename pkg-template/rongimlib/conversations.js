import { Refusal } from './answers.js';
import { ErrorCode } from './error-codes.js';
import { addedConversation, deliveredConversation } from './incoming.js';
import { refOf } from './refs.js';

/** The largest count that the core takes. */
const MOST = 0x7fffffff;

/**
 * The rows of the list. The first call asks the server; later ones answer from what events keep
 * current, unless `remote`.
 * @param {import('./face.js').Face} face
 * @param {{types?: number[] | null, count?: number, remote?: boolean, hidden?: boolean}} query
 */
export async function listedRows(face, { types, count, remote, hidden }) {
  const query = { remote: Boolean(remote) || !face.listAsked };
  if (Array.isArray(types) && types.length > 0) query.types = types.filter(Number.isInteger);
  if (count > 0) query.count = Math.min(count, MOST);
  if (hidden) query.hidden = true;
  const rows = await face.client.conversations(query);
  face.listAsked = true;
  return rows;
}

/** The list as 2.x delivers it, with what the page put into it. */
export async function conversationList(face, query) {
  const { count } = query;
  const rows = await listedRows(face, query);
  const list = rows.map((row) => deliveredConversation(face, row));
  if (!face.pageRows.moved) return list;
  const types = Array.isArray(query.types) && query.types.length > 0 ? query.types : null;
  list.push(...face.pageRows.added(rows, types).map((row) => addedConversation(face, row)));
  list.sort((a, b) => b.isTop - a.isTop || placeOf(face, b) - placeOf(face, a));
  return count > 0 ? list.slice(0, count) : list;
}

/** When a row came to its place: its newest message, or the page that put it in front. */
function placeOf(face, { conversationType, targetId, sentTime }) {
  return Math.max(sentTime, face.pageRows.of(refOf(conversationType, targetId))?.movedAt ?? 0);
}

export async function conversationAt(face, ref) {
  const row = await face.client.conversation(ref);
  if (row) return deliveredConversation(face, row);
  const own = face.pageRows.of(ref);
  return own?.movedAt > 0 ? addedConversation(face, own) : null;
}

export async function removeConversation(face, ref) {
  face.pageRows.remove(ref);
  await face.client.removeConversation(ref);
}

/** Removes every conversation of these types (all without types), and answers after the last. */
export async function clearConversations(face, types) {
  const rows = await listedRows(face, { types, hidden: true });
  const added = face.pageRows.added(rows, types.length > 0 ? types : null);
  for (const row of added) face.pageRows.remove(refOf(row.type, row.targetId));
  await Promise.all(rows.map((row) => removeConversation(face, row.conversation)));
}

/** The unread messages of all conversations of these types (all without types). */
export async function unreadTotal(face, types) {
  const rows = await listedRows(face, { types, hidden: true });
  return rows.reduce((sum, row) => sum + row.unreadCount, 0);
}

export async function unreadCount(face, ref) {
  const row = await face.client.conversation(ref);
  return row ? row.unreadCount : 0;
}

/** What is older than a time is read, here and on the user's other devices. */
export async function readUpTo(face, ref, upTo) {
  if (typeof upTo !== 'number') throw new Refusal(ErrorCode.PARAMETER_ERROR);
  await face.client.markRead(ref, { upTo, receipt: false });
}
