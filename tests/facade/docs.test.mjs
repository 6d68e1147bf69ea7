// The tables of docs/rongimlib.md are true: each method is there, and each test that is named.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { freshNamespace } from './fake-client.mjs';

const text = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const rows = [...text('../../docs/rongimlib.md').matchAll(/^\| (`\w+`(?: `\w+`)*) \| (.+) \| `(\w+): (.+?)` \|$/gm)]
  .map(([, methods, how, file, name]) => ({ methods: methods.replaceAll('`', '').split(' '), how, file, name }));

/** Messages, conversations, unread counts and drafts of 2.x. */
const METHODS = `
  sendMessage sendTextMessage sendRecallMessage sendTypingStatusMessage sendReceiptResponse sendLocalMessage sendStatusMessage
  insertMessage getMessage updateMessage setMessageContent setMessageSearchField setMessageExtra setMessageReceivedStatus
  setMessageStatus setMessageSentStatus deleteLocalMessages deleteMessages deleteRemoteMessages clearMessages
  clearMessagesUnreadStatus getHistoryMessages getRemoteHistoryMessages clearHistoryMessages clearRemoteHistoryMessages
  hasRemoteUnreadMessages searchMessageByContent getUnreadMentionedMessages
  getConversationList getRemoteConversationList getConversation createConversation addConversation updateConversation
  removeConversation clearConversations setConversationToTop setConversationHidden searchConversationByContent
  getTotalUnreadCount getConversationUnreadCount getUnreadCount setUnreadCount clearUnreadCount clearTotalUnreadCount
  clearUnreadCountByTimestamp saveTextMessageDraft getTextMessageDraft clearTextMessageDraft
  getConversationNotificationStatus setConversationNotificationStatus
  joinChatRoom quitChatRoom getChatRoomInfo getChatRoomHistoryMessages setChatroomHisMessageTimestamp setChatroomEntry
  forceSetChatroomEntry removeChatroomEntry forceRemoveChatroomEntry getChatroomEntry getAllChatroomEntries setFilterMessages
  createDiscussion addMemberToDiscussion getDiscussion quitDiscussion removeMemberFromDiscussion setDiscussionInviteStatus
  setDiscussionName addToBlacklist removeFromBlacklist getBlacklist getBlacklistStatus getUserStatus setUserStatus
  setUserStatusListener getNotificationQuietHours setNotificationQuietHours removeNotificationQuietHours
  startCall joinCall hungupCall changeMediaType getAgoraDynamicKey getRTCUserInfoList getRTCUserList setRTCUserInfo
  removeRTCUserInfo getRTCRoomInfo setRTCRoomInfo removeRTCRoomInfo joinRTCRoom quitRTCRoom RTCPing setRTCUserData getRTCUserData
  removeRTCUserData setRTCRoomData getRTCRoomData removeRTCRoomData setRTCOutData getRTCOutData getRTCToken setRTCState`.trim().split(/\s+/);

test('every method of messages and conversations has a row', () => {
  const documented = new Set(rows.flatMap(({ methods }) => methods));
  assert.deepEqual(METHODS.filter((method) => !documented.has(method)), []);
});

test('every row is of a method, and of a test', () => {
  const { RongIMClient } = freshNamespace();
  for (const { methods, file, name } of rows) {
    for (const method of methods) assert.equal(typeof RongIMClient.prototype[method], 'function', method);
    assert.ok(text(`./${file}.test.mjs`).includes(name), `${file}: ${name}`);
  }
});

/** What the study notes list for RongIMClient, in their order, and their chapter on accounts. */
const FUNCTIONS = `
  connect init initApp reconnect registerMessageType setConnectionStatusListener setOnReceiveMessageListener logout
  disconnect startCustomService stopCustomeService switchToHumanMode evaluateRebotCustomService
  evaluateHumanCustomService getCurrentConnectionStatus getConnectionChannel getStorageProvider setFilterMessages
  getAgoraDynamicKey getCurrentUserId getDeltaTime getMessage deleteLocalMessages updateMessage clearData clearMessages
  clearMessagesUnreadStatus deleteMessages sendLocalMessage getPullSetting setOfflineMessageDuration sendMessage
  sendReceiptResponse sendTypingStatusMessage sendTextMessage sendRecallMessage insertMessage setMessageContent
  setMessageSearchField getHistoryMessages getRemoteHistoryMessages clearHistoryMessages clearRemoteHistoryMessages
  deleteRemoteMessages hasRemoteUnreadMessages getTotalUnreadCount getConversationUnreadCount getUnreadCount
  setUnreadCount clearUnreadCountByTimestamp clearUnreadCount clearTotalUnreadCount clearLocalStorage setMessageExtra
  setMessageReceivedStatus setMessageStatus setMessageSentStatus clearTextMessageDraft getTextMessageDraft
  saveTextMessageDraft searchConversationByContent searchMessageByContent clearCache clearConversations getConversation
  pottingConversation addConversation getConversationList getRemoteConversationList updateConversation
  createConversation removeConversation setConversationHidden setConversationToTop getConversationNotificationStatus
  setConversationNotificationStatus getNotificationQuietHours addMemberToDiscussion createDiscussion getDiscussion
  quitDiscussion removeMemberFromDiscussion setDiscussionInviteStatus setDiscussionName joinChatRoom setDeviceInfo
  setChatroomHisMessageTimestamp getChatRoomHistoryMessages getChatRoomInfo quitChatRoom setChatroomEntry
  forceSetChatroomEntry getChatroomEntry getAllChatroomEntries removeChatroomEntry forceRemoveChatroomEntry
  addToBlacklist getBlacklist getBlacklistStatus removeFromBlacklist getFileToken getFileUrl getUserStatus setUserStatus
  setUserStatusListener getAppInfo getSDKInfo login getUserInfo updateUser revoked getInstance`.trim().split(/\s+/);

test('every function of the notes has its row in rongimclient.md, and each row is of a function and of a test', () => {
  const { RongIMClient } = freshNamespace();
  const holders = { static: RongIMClient, instance: RongIMClient.prototype };
  const listed = [...text('../../docs/rongimclient.md').matchAll(/^\| `(\w+)` \| (static|instance) \| `(\w[\w-]*): (.+?)` \| works \|$/gm)];
  for (const [, name, on, file, title] of listed) {
    assert.equal(typeof holders[on][name], 'function', name);
    assert.ok(text(`./${file}.test.mjs`).replaceAll("\\'", "'").includes(title.replaceAll("\\'", "'")), `${name}: ${file}: ${title}`);
  }
  const rowsOf = new Set(listed.map(([, name]) => name));
  assert.deepEqual(FUNCTIONS.filter((name) => !rowsOf.has(name)), [], 'none is missing');
  assert.deepEqual([...rowsOf].filter((name) => !FUNCTIONS.includes(name)), []);
});
