import { answerWith } from '../answers.js';
import { messageClasses } from '../message-classes.js';
import { refOf, keyOf } from '../refs.js';
import { deliveredMessage } from '../incoming.js';
import { answerReceipts, recall, sendStatus, sendTyping } from '../notices.js';
import { hasUnread } from '../questions.js';
import { sendMessage } from '../sending.js';

/** What leaves. @param {() => import('../face.js').Face} faceNow */
export const messageMethods = (faceNow) => ({
  sendMessage(conversationType, targetId, messageContent, sendCallback, mentiondMsg, pushText, appData, methodType, params) {
    sendMessage(faceNow(), {
      conversationType, targetId, content: messageContent, callback: sendCallback, mentioned: mentiondMsg, pushText, appData, methodType, params,
    });
  },

  sendTextMessage(conversationType, targetId, content, sendCallback) {
    this.sendMessage(conversationType, targetId, messageClasses.TextMessage.obtain(content), sendCallback);
  },

  sendRecallMessage(message, sendCallback, options) {
    recall(faceNow(), message, sendCallback, options);
  },

  sendTypingStatusMessage(conversationType, targetId, messageName, sendCallback) {
    sendTyping(faceNow(), { conversationType, targetId, named: messageName, callback: sendCallback });
  },

  sendReceiptResponse(conversationType, targetId, sendCallback) {
    void answerReceipts(faceNow(), conversationType, targetId, sendCallback);
  },

  sendStatusMessage(message, sendCallback, resultCallback) {
    sendStatus(faceNow(), message, sendCallback, resultCallback);
  },

  /** Sends a message's content again, to its conversation. */
  sendLocalMessage(message, sendCallback) {
    const { conversationType, targetId, content } = message ?? {};
    this.sendMessage(conversationType, targetId, content, sendCallback);
  },

  /** Unread messages that mention the user, oldest first, as far as this page has heard them. */
  getUnreadMentionedMessages(conversationType, targetId) {
    const face = faceNow();
    return face.mentions.of(keyOf(refOf(conversationType, targetId))).map((message) => deliveredMessage(face, message));
  },

  hasRemoteUnreadMessages(token, callback) {
    const face = faceNow();
    answerWith(face, callback, () => hasUnread(face, token));
  },

  /** Several classes at once: {name: {name, flag, proto}}. */
  registerMessageTypes(types) {
    faceNow().registry.registerAll(types);
  },
});
