import { answerWith, clearConversations, conversationAt, conversationList, unreadCount, unreadTotal } from './conversations.js';
import { newConversation } from './incoming.js';
import { sendMessage } from './sending.js';

/**
 * Makes the class behind `RongIMClient`: the methods of `RongIMClient.getInstance()`. Callbacks are
 * `{onSuccess, onError}`, called in a later turn; `onError` gets a number.
 * @param {() => import('./face.js').Face} faceNow what `init` made; throws before it
 * @param {{version: string, TextMessage: new (members: object) => object}} given
 */
export function instanceClass(faceNow, { version, TextMessage }) {
  return class RongIMClient {
    // ---- connection and identity

    disconnect() {
      faceNow().end();
    }

    logout() {
      faceNow().logOut();
    }

    getCurrentUserId() {
      return faceNow().client.userId;
    }

    getCurrentConnectionStatus() {
      return faceNow().status;
    }

    /** The local clock minus the server's, milliseconds. */
    getDeltaTime() {
      const offset = faceNow().client.serverTimeOffset;
      return offset === 0 ? 0 : -offset;
    }

    getAppInfo() {
      return { appKey: faceNow().appKey };
    }

    getSDKInfo() {
      return { version };
    }

    // ---- messages

    sendMessage(conversationType, targetId, messageContent, sendCallback, mentiondMsg, pushText, appData, methodType, params) {
      sendMessage(faceNow(), {
        conversationType, targetId, content: messageContent, callback: sendCallback, mentioned: mentiondMsg, pushText, appData, methodType, params,
      });
    }

    sendTextMessage(conversationType, targetId, content, sendCallback) {
      this.sendMessage(conversationType, targetId, TextMessage.obtain(content), sendCallback);
    }

    // ---- conversations

    getConversationList(callback, conversationTypes, count) {
      const face = faceNow();
      answerWith(face, callback, () => conversationList(face, { types: conversationTypes, count }));
    }

    getRemoteConversationList(callback, conversationTypes, count) {
      const face = faceNow();
      answerWith(face, callback, () => conversationList(face, { types: conversationTypes, count, remote: true }));
    }

    getConversation(conversationType, targetId, callback) {
      const face = faceNow();
      answerWith(face, callback, () => conversationAt(face, conversationType, targetId));
    }

    createConversation(conversationType, targetId, title) {
      return newConversation(conversationType, targetId, title);
    }

    removeConversation(conversationType, targetId, callback) {
      const face = faceNow();
      answerWith(face, callback, () => face.client.removeConversation({ type: conversationType, targetId }), () => true);
    }

    /** Types as an array (the documents) or one by one (2.5.3). */
    clearConversations(callback, ...conversationTypes) {
      const face = faceNow();
      const types = conversationTypes.flat().filter((type) => typeof type === 'number');
      answerWith(face, callback, () => clearConversations(face, types), () => true);
    }

    // ---- unread counts

    getUnreadCount(conversationType, targetId, callback) {
      const face = faceNow();
      answerWith(face, callback, () => unreadCount(face, conversationType, targetId));
    }

    getTotalUnreadCount(callback, conversationTypes) {
      const face = faceNow();
      answerWith(face, callback, () => unreadTotal(face, conversationTypes));
    }

    getConversationUnreadCount(conversationTypes, callback) {
      const face = faceNow();
      answerWith(face, callback, () => unreadTotal(face, conversationTypes));
    }

    clearUnreadCount(conversationType, targetId, callback) {
      const face = faceNow();
      answerWith(face, callback, () => face.client.clearUnread({ type: conversationType, targetId }), () => true);
    }

    clearTotalUnreadCount(callback) {
      const face = faceNow();
      answerWith(face, callback, () => face.client.clearUnread(), () => true);
    }

    setUnreadCount(conversationType, targetId, count) {
      const face = faceNow();
      // There is no callback to tell; the client's `error` event does.
      answerWith(face, null, () => face.client.setUnread({ type: conversationType, targetId }, count));
    }
  };
}
