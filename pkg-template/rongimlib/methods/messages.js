import { answering, calling } from '../answers.js';
import { messageClasses } from '../message-classes.js';
import { unreadMentions } from '../mentions.js';
import { answerReceipts, recall, sendAgain, sendStatus, sendTyping } from '../notices.js';
import { hasUnread } from '../questions.js';
import { sendMessage } from '../sending.js';

/** What leaves. @param {() => import('../face.js').Face} faceNow */
export const messageMethods = (faceNow) => {
  const call = calling(faceNow);
  return {
    sendMessage(conversationType, targetId, messageContent, sendCallback, mentiondMsg, pushText, appData, methodType, params) {
      sendMessage(faceNow(), {
        conversationType, targetId, content: messageContent, callback: sendCallback, mentioned: mentiondMsg, pushText, appData, methodType, params,
      });
    },

    sendTextMessage(conversationType, targetId, content, sendCallback) {
      this.sendMessage(conversationType, targetId, messageClasses.TextMessage.obtain(content), sendCallback);
    },

    sendRecallMessage: call(recall),
    sendTypingStatusMessage: call(sendTyping),
    sendReceiptResponse: call(answerReceipts),
    sendStatusMessage: call(sendStatus),
    sendLocalMessage: call((face, message, callback) => sendAgain(face, message, callback)),
    getUnreadMentionedMessages: call(unreadMentions),
    hasRemoteUnreadMessages: answering(faceNow)(1, hasUnread),
    registerMessageTypes: call((face, types) => face.registry.registerAll(types)),
  };
};
