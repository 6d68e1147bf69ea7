import { answering, answeringOf, done } from '../answers.js';
import { readUpTo, unreadCount, unreadTotal } from '../conversations.js';

/** Unread counts. @param {() => import('../face.js').Face} faceNow */
export const unreadMethods = (faceNow) => {
  const method = answering(faceNow);
  const methodOf = answeringOf(faceNow);
  const clear = methodOf(2, (face, ref) => face.client.clearUnread(ref), done);
  return {
    getUnreadCount: methodOf(2, unreadCount),
    getTotalUnreadCount: method(0, (face, _callback, types) => unreadTotal(face, types)),
    getConversationUnreadCount: method(1, unreadTotal),
    clearUnreadCount: clear,
    clearMessagesUnreadStatus: clear,
    clearTotalUnreadCount: method(0, (face) => face.client.clearUnread(), done),
    clearUnreadCountByTimestamp: methodOf(3, readUpTo, done),
    /** There is no callback to tell a failure; the client's `error` event does. */
    setUnreadCount: methodOf(3, (face, ref, count) => face.client.setUnread(ref, count)),
  };
};
