import { answering, answerWithAll, done } from '../answers.js';
import { lazilyFrom } from '../lazy.js';

const lazily = lazilyFrom('rooms');

/** Chatrooms. @param {() => import('../face.js').Face} faceNow */
export const roomMethods = (faceNow) => {
  const method = answering(faceNow);
  const history = lazily('history');
  const setEntry = lazily('setEntry');
  const removeEntry = lazily('removeEntry');
  const forced = (change) => (face, id, entry) => change(face, id, { ...entry, isOverwrite: true });
  return {
    joinChatRoom: method(2, lazily('join'), done),
    quitChatRoom: method(1, lazily('leave'), done),
    getChatRoomInfo: method(3, lazily('info')),

    /** Where the next page of history begins. */
    setChatroomHisMessageTimestamp(id, timestamp) {
      const { pages } = faceNow();
      for (const order of [0, 1]) pages.set(`room/${id}/${order}`, timestamp);
    },

    /** `(id, count, order, callback, timestamp)`; delivers `(list, hasMore)`, oldest first. */
    getChatRoomHistoryMessages(id, count, order, callback, timestamp) {
      const face = faceNow();
      answerWithAll(face, callback, () => history(face, id, count, order, timestamp), (page) => page);
    },

    setChatroomEntry: method(2, setEntry, done),
    forceSetChatroomEntry: method(2, forced(setEntry), done),
    removeChatroomEntry: method(2, removeEntry, done),
    forceRemoveChatroomEntry: method(2, forced(removeEntry), done),
    getChatroomEntry: method(2, lazily('entry')),
    getAllChatroomEntries: method(1, lazily('entries')),

    /** Types of messages (`TextMessage`) that no chatroom delivers. */
    setFilterMessages(names) {
      if (Array.isArray(names)) faceNow().filtered = new Set(names);
    },
  };
};
