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
  createDiscussion addMemberToDiscussion getDiscussion quitDiscussion removeMemberFromDiscussion setDiscussionInviteStatus
  setDiscussionName addToBlacklist removeFromBlacklist getBlacklist getBlacklistStatus getUserStatus setUserStatus
  setUserStatusListener getNotificationQuietHours setNotificationQuietHours removeNotificationQuietHours`.trim().split(/\s+/);

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
