/** The plain objects that 2.x hands to a page. */

/** A message, sent or received. */
export class Message {
  constructor(content, conversationType, extra, objectName, messageDirection, messageId, receivedStatus,
    receivedTime, senderUserId, sentStatus, sentTime, targetId, messageType, messageUId, isLocalMessage,
    offLineMessage, receiptResponse) {
    Object.assign(this, {
      content, conversationType, extra, objectName, messageDirection, messageId, receivedStatus,
      receivedTime, senderUserId, sentStatus, sentTime, targetId, messageType, messageUId, isLocalMessage,
      offLineMessage, receiptResponse,
    });
  }
}

/** A row of the conversation list. */
export class Conversation {
  constructor(conversationTitle, conversationType, draft, isTop, latestMessage, latestMessageId,
    notificationStatus, objectName, receivedStatus, receivedTime, senderUserId, senderUserName, sentStatus,
    sentTime, targetId, unreadMessageCount, senderPortraitUri, isHidden, mentionedMsg, hasUnreadMention,
    _readTime) {
    Object.assign(this, {
      conversationTitle, conversationType, draft, isTop, latestMessage, latestMessageId,
      notificationStatus, objectName, receivedStatus, receivedTime, senderUserId, senderUserName, sentStatus,
      sentTime, targetId, unreadMessageCount, senderPortraitUri, isHidden, mentionedMsg, hasUnreadMention,
      _readTime,
    });
  }
}

/** Whom a message mentions; a member of its content. */
export class MentionedInfo {
  constructor(type, userIdList, mentionedContent) {
    this.type = type;
    this.userIdList = userIdList;
    this.mentionedContent = mentionedContent;
  }
}

/** Whether messages of a class count as unread and are kept. */
export class MessageTag {
  constructor(isCounted, isPersited) {
    this.isCounted = isCounted;
    // The spelling is that of 2.x.
    this.isPersited = isPersited;
  }

  /** 3 both, 2 counted only, 1 kept only, 0 neither. */
  getMessageTag() {
    return (this.isCounted ? 2 : 0) | (this.isPersited ? 1 : 0);
  }
}

export class UserInfo {
  constructor(id, name, portraitUri) {
    this.id = id;
    this.name = name;
    this.portraitUri = portraitUri;
  }
}

export class Group {
  constructor(id, name, portraitUri) {
    this.id = id;
    this.name = name;
    this.portraitUri = portraitUri;
  }
}
