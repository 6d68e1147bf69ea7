import { answering, answeringOf, calling, done } from '../answers.js';
import { clearConversations, conversationAt, conversationList, removeConversation } from '../conversations.js';
import { newConversation } from '../incoming.js';

/** The conversation list. @param {() => import('../face.js').Face} faceNow */
export const conversationMethods = (faceNow) => {
  const method = answering(faceNow);
  const methodOf = answeringOf(faceNow);
  const list = (remote) => method(0, (face, _callback, types, count, hidden) => conversationList(face, { types, count, hidden, remote }));
  return {
    /** `(callback, types, count, hidden)` */
    getConversationList: list(false),
    getRemoteConversationList: list(true),
    getConversation: methodOf(2, conversationAt),
    createConversation: calling(faceNow)(newConversation),

    /** A row of what the wire says of a conversation (`type`, `userId`), put into this page's list. */
    pottingConversation(raw) {
      const face = faceNow();
      const { type, userId, conversationType = type, targetId = userId, conversationTitle, ...row } = raw ?? {};
      const conversation = Object.assign(newConversation(face, conversationType, targetId, conversationTitle), row);
      face.setRow(conversation, true);
      return conversation;
    },

    /** Puts a conversation in front of this page's list. */
    addConversation: method(1, (face, conversation) => face.setRow(conversation, true), done),

    /** Sets title, sender and newest message of a row of this page's list. */
    updateConversation(conversation) {
      faceNow().setRow(conversation);
      return conversation;
    },

    removeConversation: methodOf(2, removeConversation, done),
    /** Types as an array (the documents) or one by one (2.5.3). */
    clearConversations: method(0, (face, _callback, ...types) => clearConversations(face, types.flat().filter(Number.isInteger)), done),
  };
};
