import { answering, answeringOf, answerWith, answerWithAll, done } from '../answers.js';
import { lazilyFrom } from '../lazy.js';
import { refOf } from '../refs.js';

const lazily = lazilyFrom('local');

/** What this browser keeps. @param {() => import('../face.js').Face} faceNow */
export const localMethods = (faceNow) => {
  const method = answering(faceNow);
  const methodOf = answeringOf(faceNow);
  const changeMessage = lazily('changeMessage');
  const insertMessage = lazily('insertMessage');
  const searchMessages = lazily('searchMessages');
  const setContent = lazily('setContent');
  const change = (name) => method(2, (face, messageId, value) => changeMessage(face, messageId, { [name]: value }), done);
  return {
    getMessage: method(1, lazily('getMessage')),

    /** `(type, targetId, content, callback)`; the type files of 2.x have the sender before the content. */
    insertMessage(conversationType, targetId, ...given) {
      const face = faceNow();
      const senderUserId = typeof given[0] === 'string' ? given.shift() : undefined;
      const [content, callback] = given;
      answerWith(face, callback, () => insertMessage(face, refOf(conversationType, targetId), content, senderUserId));
    },

    updateMessage: method(1, lazily('updateMessage')),
    setMessageContent: method(3, setContent, done),
    setMessageSearchField: method(3, lazily('setSearchFields'), done),
    setMessageExtra: change('extra'),
    setMessageReceivedStatus: change('receivedStatus'),
    setMessageSentStatus: change('sentStatus'),
    /** The sent status of the user's messages in a conversation up to a time. */
    setMessageStatus: methodOf(4, lazily('setSentUpTo'), done),
    deleteLocalMessages: methodOf(3, lazily('deleteLocal'), done),
    clearMessages: methodOf(2, lazily('clearLocal'), done),

    searchMessageByContent(conversationType, targetId, keyword, timestamp, count, _total, callback) {
      const face = faceNow();
      const ask = () => searchMessages(face, refOf(conversationType, targetId), keyword, timestamp, count);
      answerWithAll(face, callback, ask, (found) => found);
    },

    searchConversationByContent: method(1, lazily('searchConversations')),

    /** Everything that this browser keeps of the user's messages goes. */
    clearData() {
      // There is no callback to tell; the archive's `error` event does.
      method(0, lazily('clearAll'))();
      return true;
    },

    /** The next list comes from the server. */
    clearCache() {
      const face = faceNow();
      face.listAsked = false;
      face.pages.clear();
    },
  };
};
