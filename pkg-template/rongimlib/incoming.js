import { ConversationType, MessageDirection, ReceivedStatus, SentStatus } from './enums.js';
import { Conversation, Message } from './models.js';
import { receiptResponse } from './receipts.js';
import { refOf } from './refs.js';

/**
 * A message of the modern face as 2.x delivers it.
 * @param {import('./face.js').Face} face
 * @param {import('../index.js').Message} message
 */
export function deliveredMessage(face, message) {
  const { type, targetId } = message.conversation;
  const { messageType, content } = face.registry.fromWire(message.objectName, message.content);
  // To oneself counts as received.
  const toOneself = type === ConversationType.PRIVATE && targetId === message.senderUserId;
  const sent = message.direction === 'sent' && !toOneself;
  return Object.assign(new Message(), {
    content,
    conversationType: type,
    targetId,
    objectName: message.objectName,
    messageType,
    messageDirection: sent ? MessageDirection.SEND : MessageDirection.RECEIVE,
    messageId: face.messageIds.of(message),
    messageUId: message.messageUId,
    receivedStatus: ReceivedStatus.READ,
    receivedTime: Date.now(),
    senderUserId: message.senderUserId,
    sentStatus: sent ? SentStatus.SENT : SentStatus.RECEIVED,
    sentTime: message.sentTime,
    offLineMessage: message.offline,
    extra: typeof content.extra === 'string' ? content.extra : '',
    isLocalMessage: false,
    receiptResponse: receiptResponse(face, message),
  });
}

/**
 * A row of the modern face's list as 2.x delivers it.
 * @param {import('./face.js').Face} face
 * @param {import('../index.js').Conversation} row
 */
export function deliveredConversation(face, row) {
  const { type, targetId } = row.conversation;
  const latest = row.latestMessage ? deliveredMessage(face, row.latestMessage) : null;
  // The other side has read up to a time, and so what is older, too.
  if (latest?.sentStatus === SentStatus.SENT && latest.sentTime <= row.peerReadTime) latest.sentStatus = SentStatus.READ;
  const shown = Object.assign(newConversation(face, type, targetId, ''), {
    ...ofMessage(latest),
    sentTime: latest?.sentTime ?? row.time,
    unreadMessageCount: row.unreadCount,
    isTop: Boolean(row.pinned),
    isHidden: Boolean(row.hidden),
    notificationStatus: row.muted ? 1 : 0,
    draft: face.drafts.get(row.conversation) ?? row.draft ?? '',
    mentionedMsg: face.mentions.shown(row),
    hasUnreadMention: row.mentionCount > 0,
  });
  return withPageRow(face, shown);
}

/** What the page says of a conversation stands above the rest; of two messages the newer is shown. */
function withPageRow(face, shown) {
  const { latestMessage, ...members } = face.pageRows.of(refOf(shown.conversationType, shown.targetId))?.members ?? {};
  Object.assign(shown, members);
  if (latestMessage && latestMessage.sentTime >= shown.sentTime) Object.assign(shown, ofMessage(latestMessage), { sentTime: latestMessage.sentTime });
  return shown;
}

/** The members of a row that come from its newest message. */
function ofMessage(message) {
  return {
    latestMessage: message ?? null,
    latestMessageId: message?.messageId ?? '',
    objectName: message?.objectName ?? '',
    receivedStatus: message?.receivedStatus,
    receivedTime: message?.receivedTime ?? 0,
    senderUserId: message?.senderUserId ?? '',
    sentStatus: message?.sentStatus,
  };
}

/** A conversation that is in no list yet. */
export function newConversation(face, conversationType, targetId, title) {
  return Object.assign(Conversation.inListOf(face.toFront), {
    ...ofMessage(null),
    conversationTitle: title,
    conversationType,
    targetId,
    isTop: false,
    isHidden: false,
    notificationStatus: 0,
    draft: '',
    mentionedMsg: null,
    hasUnreadMention: false,
    sentTime: 0,
    unreadMessageCount: 0,
  });
}

/** A conversation that the page put into the list and the client does not know. */
export function addedConversation(face, { type, targetId }) {
  const made = newConversation(face, type, targetId, '');
  made.draft = face.drafts.get(refOf(type, targetId)) ?? '';
  return withPageRow(face, made);
}
