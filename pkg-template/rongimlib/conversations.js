import { ErrorCode } from './error-codes.js';
import { deliveredConversation } from './incoming.js';

/**
 * Answers a callback with what a promise brings.
 * @template T
 * @param {import('./face.js').Face} face
 * @param {object} callback
 * @param {() => Promise<T>} ask
 * @param {(value: T) => unknown} [shown] what of it 2.x delivers
 */
export async function answerWith(face, callback, ask, shown = (value) => value) {
  try {
    const value = shown(await ask());
    face.deferral.answer(callback, 'onSuccess', value);
  } catch (error) {
    face.deferral.answer(callback, 'onError', error.code ?? ErrorCode.UNKNOWN);
  }
}

/**
 * The rows of the list. The first call asks the server; later ones answer from what events keep
 * current, unless `remote`.
 * @param {import('./face.js').Face} face
 * @param {{types?: number[] | null, count?: number, remote?: boolean}} query
 */
export async function listedRows(face, { types, count, remote }) {
  const query = { remote: Boolean(remote) || !face.listAsked };
  if (Array.isArray(types) && types.length > 0) query.types = types;
  if (count > 0) query.count = count;
  const rows = await face.client.conversations(query);
  face.listAsked = true;
  return rows;
}

export async function conversationList(face, query) {
  const rows = await listedRows(face, query);
  return rows.map((row) => deliveredConversation(face, row));
}

export async function conversationAt(face, type, targetId) {
  const row = await face.client.conversation({ type, targetId });
  return row && deliveredConversation(face, row);
}

/** Removes every conversation of these types (all without types), and answers after the last. */
export async function clearConversations(face, types) {
  const rows = await listedRows(face, { types });
  await Promise.all(rows.map((row) => face.client.removeConversation(row.conversation)));
}

/** The unread messages of all conversations of these types (all without types). */
export async function unreadTotal(face, types) {
  const rows = await listedRows(face, { types });
  return rows.reduce((sum, row) => sum + row.unreadCount, 0);
}

export async function unreadCount(face, type, targetId) {
  const row = await face.client.conversation({ type, targetId });
  return row ? row.unreadCount : 0;
}
