import { answerWith, answerWithAll, done, Refusal } from './answers.js';
import { SentStatus } from './enums.js';
import { ErrorCode } from './error-codes.js';
import { deliveredMessage } from './incoming.js';
import { lazilyFrom } from './lazy.js';
import { refOf } from './refs.js';

/** The largest page of 2.x, messages. */
const LARGEST = 20;
/** One question deletes so many messages. */
const DELETED_AT_ONCE = 100;
const archivedPage = lazilyFrom('local')('archivedPage');
/** Kinds whose history can be cleared. */
const CLEARABLE = [1, 2, 3, 5, 6];

/**
 * @typedef {object} LastPage where a page of a history ended
 * @property {import('../index.js').HistoryPlace} next
 * @property {boolean} hasMore
 */

/**
 * Both forms: `(type, targetId, timestamp, count, callback, …)`, where the order is the argument
 * at `orderAt` or a member of it, and the documents' `(params, callback)`.
 * @param {unknown[]} given
 * @param {number} orderAt
 */
export function historyQuery(given, orderAt) {
  const [params, second] = given;
  if (typeof params === 'object' && params !== null) {
    return { query: { count: LARGEST, ...params }, callback: second };
  }
  const [conversationType, targetId, timestamp, count, callback] = given;
  const order = given[orderAt]?.order ?? given[orderAt];
  return { query: { conversationType, targetId, timestamp, count, order }, callback };
}

/**
 * A page of history, oldest first. `order` 0: older than the time; 1: newer. Without a time it goes
 * on from the last page; so it does with the time at which the last page ended, which is how a page
 * of 2.x asks for the next: messages of that very time would be lost otherwise.
 */
export function historyMessages(face, { conversationType, targetId, timestamp, count, order }, callback) {
  const code = refusalOf(conversationType, targetId, count);
  if (code !== null) {
    // In the same turn, as 2.x does.
    callback?.onError?.(code);
    return;
  }
  const key = `${conversationType}/${targetId}/${order ? 1 : 0}`;
  const last = face.pages.get(key);
  const goesOn = last?.next.sentTime > 0 && (typeof timestamp !== 'number' || timestamp === last.next.sentTime);
  const ask = () => {
    if (goesOn && !last.hasMore && !order) return { messages: [], hasMore: false, next: last.next };
    const place = goesOn ? last.next : typeof timestamp === 'number' ? timestamp : 0;
    return pageOf(face, refOf(conversationType, targetId), { [order ? 'after' : 'before']: place, count });
  };
  answerWithAll(face, callback, ask, ({ messages, hasMore, next }) => {
    face.pages.set(key, { next, hasMore });
    const list = messages.map((message) => deliveredMessage(face, message));
    for (const message of list) message.sentStatus = SentStatus.READ;
    return [list, hasMore];
  });
}

/** The codes of 2.x for what cannot be asked. */
function refusalOf(type, targetId, count) {
  if (!(count >= 1 && count <= LARGEST && Number.isInteger(count)) || type < 0) return ErrorCode.RC_CONN_PROTO_VERSION_ERROR;
  return Number.isInteger(type) && type > 0 && typeof targetId === 'string' ? null : ErrorCode.PARAMETER_ERROR;
}

/** Of the server; without a network of the archive, as far as it goes. */
async function pageOf(face, ref, query) {
  try {
    return await face.client.history(ref, query);
  } catch (error) {
    if (!error.retryable || !face.client.archive) throw error;
    // Whatever keeps the archive from answering: the server's failure is the one to tell.
    const page = await archivedPage(face, ref, query).catch(() => null);
    if (!page) throw error;
    return page;
  }
}

/** Deletes messages of the user's history, all of them however many they are. */
export async function deleteMessages(face, ref, messages) {
  if (!Array.isArray(messages) || messages.length === 0) throw new Refusal(ErrorCode.DELETE_MESSAGE_ID_IS_NULL);
  const named = messages.map((message) => ({
    messageUId: message?.messageUId ?? message?.msgId,
    sentTime: message?.sentTime ?? message?.msgDataTime,
    direction: (message?.messageDirection ?? message?.direct) === 1 ? 'sent' : 'received',
  }));
  // Before any leaves: half of a list must not be deleted because the rest cannot be.
  if (named.some(({ messageUId, sentTime }) => typeof messageUId !== 'string' || messageUId === '' || !Number.isSafeInteger(sentTime))) {
    throw new Refusal(ErrorCode.PARAMETER_ERROR);
  }
  for (let at = 0; at < named.length; at += DELETED_AT_ONCE) {
    await face.client.deleteMessages(ref, named.slice(at, at + DELETED_AT_ONCE));
  }
}

/** Clears the user's history up to a time. Refusals are told in the same turn, as 2.x does. */
export function clearHistory(face, params, callback) {
  const { conversationType, targetId, timestamp } = params ?? {};
  const code = !CLEARABLE.includes(conversationType) ? ErrorCode.CLEAR_HIS_TYPE_ERROR
    : !Number.isSafeInteger(timestamp) || timestamp < 0 ? ErrorCode.CLEAR_HIS_TIME_ERROR
      : null;
  if (code !== null) {
    callback?.onError?.(code);
    return;
  }
  answerWith(face, callback, () => clearUpTo(face, refOf(conversationType, targetId), timestamp), done);
}

async function clearUpTo(face, ref, upTo) {
  // Nothing is as old as that.
  if (upTo === 0) return;
  try {
    await face.client.clearHistory(ref, { upTo });
  } catch (error) {
    throw error.code === 1 ? new Refusal(ErrorCode.CLEAR_HIS_ERROR) : error;
  }
}
