/** History, page by page. */
import { parameterError } from './errors.js';

/** So many messages make the largest page. */
const LARGEST = 100;

/**
 * @typedef {object} Place
 * @property {number} sentTime 0 for the end of the history, or its beginning on the way up
 * @property {string} messageUId '' for a mere time
 * @property {readonly string[]} known messages of this time that were given already: some servers page by time alone
 */

/** The order of messages: by time, and among equal times by uid. */
export const later = (a, b) => a.sentTime - b.sentTime || (a.messageUId < b.messageUId ? -1 : 1);

/** @param {unknown} place @returns {Place} */
function checkedPlace(place) {
  const { sentTime, messageUId = '', known = messageUId === '' ? [] : [messageUId] } = typeof place === 'number' ? { sentTime: place } : place ?? {};
  if (!Number.isSafeInteger(sentTime) || sentTime < 0 || typeof messageUId !== 'string' || !Array.isArray(known)) {
    throw parameterError('a place in the history is a time, a message, or the next of a page');
  }
  return { sentTime, messageUId, known };
}

/** @param {import('./index.js').HistoryQuery | null} [query] */
export function checkedHistory(query) {
  const { before, after, count = 20 } = query ?? {};
  if (before !== undefined && after !== undefined) throw parameterError('history is read before a place or after one, not both');
  if (!Number.isInteger(count) || count < 1 || count > LARGEST) throw parameterError(`a page of history has 1 to ${LARGEST} messages`);
  return { up: after !== undefined, place: checkedPlace(after ?? before ?? 0), count };
}

/**
 * A page without what is known. Where a whole page of a server that pages by time is known, a larger
 * one is asked for, and beyond the largest the step is taken to other times.
 * @param {(up: boolean, sentTime: number, messageUId: string, count: number) => Promise<{messages: import('./index.js').Message[], hasMore: boolean}>} ask
 */
export async function historyPage(ask, { up, place, count }) {
  const isNew = ({ messageUId }) => !place.known.includes(messageUId);
  let [asked, uid] = [count, place.messageUId];
  for (;;) {
    const page = await ask(up, place.sentTime, uid, asked);
    const fresh = page.messages.filter(isNew);
    if (fresh.length > 0 || !page.hasMore || uid === '') {
      const messages = up ? fresh.slice(0, count) : fresh.slice(-count);
      return { messages, hasMore: page.hasMore || messages.length < fresh.length, next: nextPlace(up, place, messages) };
    }
    if (asked >= LARGEST) uid = '';
    asked = Math.min(LARGEST, asked * 2);
  }
}

/** Behind the last message on the way. @returns {Place} */
function nextPlace(up, place, messages) {
  const last = messages.at(up ? -1 : 0);
  if (last === undefined) return place;
  const { sentTime, messageUId } = last;
  const known = messages.filter((message) => message.sentTime === sentTime).map((message) => message.messageUId);
  if (sentTime === place.sentTime) known.push(...place.known);
  return { sentTime, messageUId, known };
}
