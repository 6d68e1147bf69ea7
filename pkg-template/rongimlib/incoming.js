import { ConversationType, MessageDirection, ReceivedStatus, SentStatus } from './enums.js';
import { Conversation, Message } from './models.js';

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
    messageId: `${type}_${face.nextMessageId()}`,
    messageUId: message.messageUId,
    receivedStatus: ReceivedStatus.READ,
    receivedTime: Date.now(),
    senderUserId: message.senderUserId,
    sentStatus: sent ? SentStatus.SENT : SentStatus.RECEIVED,
    sentTime: message.sentTime,
    offLineMessage: message.offline,
    extra: typeof content.extra === 'string' ? content.extra : '',
    isLocalMessage: false,
    receiptResponse: {},
  });
}

/**
 * A row of the modern face's list as 2.x delivers it.
 * @param {import('./face.js').Face} face
 * @param {import('../index.js').Conversation} row
 */
export function deliveredConversation(face, row) {
  const latest = row.latestMessage ? deliveredMessage(face, row.latestMessage) : null;
  return Object.assign(newConversation(row.conversation.type, row.conversation.targetId, ''), {
    latestMessage: latest,
    latestMessageId: latest?.messageId ?? '',
    objectName: latest?.objectName ?? '',
    receivedStatus: latest?.receivedStatus,
    receivedTime: latest?.receivedTime ?? 0,
    senderUserId: latest?.senderUserId ?? '',
    sentStatus: latest?.sentStatus,
    sentTime: latest?.sentTime ?? row.time,
    unreadMessageCount: row.unreadCount,
  });
}

/** A conversation that is in no list yet. */
export function newConversation(conversationType, targetId, title) {
  return Object.assign(new Conversation(), {
    conversationTitle: title,
    conversationType,
    targetId,
    isTop: false,
    isHidden: false,
    latestMessage: null,
    latestMessageId: '',
    objectName: '',
    sentTime: 0,
    unreadMessageCount: 0,
  });
}
