/** The plain objects that 2.x hands to a page. */
import { contentClass } from './message-classes.js';

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
  /** Puts it in front of the page's list; no member of the row. @type {((row: Conversation) => void) | null} */
  #toFront = null;

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

  /** @param {(row: Conversation) => void} toFront */
  static inListOf(toFront) {
    const made = new Conversation();
    made.#toFront = toFront;
    return made;
  }

  /** Puts it in front of the page's list. */
  setTop() {
    this.#toFront?.(this);
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

export class Discussion {
  constructor(creatorId, id, memberIdList, name, isOpen) {
    Object.assign(this, { creatorId, id, memberIdList, name, isOpen });
  }
}

/** One login of a user, or none. */
export class UserStatus {
  constructor(platform, online, status) {
    Object.assign(this, { platform, online, status });
  }
}

/** Names a message for `deleteMessages`. */
export class DeleteMessage {
  constructor(msgId, msgDataTime, direct) {
    this.msgId = msgId;
    this.msgDataTime = msgDataTime;
    this.direct = direct;
  }
}

/** Makes a class whose constructor takes the members in order. */
const model = (...names) => class {
  constructor(...values) {
    names.forEach((name, at) => {
      this[name] = values[at];
    });
  }
};

/** A public service; `hasFollowed`: the user follows it, `isGlobal`: everybody does who did not say otherwise. */
export const PublicServiceProfile = /* @__PURE__ */ model(
  'conversationType', 'introduction', 'menu', 'name', 'portraitUri', 'publicServiceId', 'hasFollowed', 'isGlobal',
);
/** An entry of its menu. The spelling is that of 2.x. */
export const PublicServiceMenuItem = /* @__PURE__ */ model('id', 'name', 'type', 'sunMenuItems', 'url');

/** What customer service said of itself, and of a talk. */
export const CustomServiceConfig = /* @__PURE__ */ model('isBlack', 'companyName', 'companyUrl');
export const CustomServiceSession = /* @__PURE__ */ model('uid', 'cid', 'pid', 'isQuited', 'type', 'adminHelloWord', 'adminOfflineWord');
/** Where the media of a call meet, and who is in a call room. */
export const ChannelInfo = /* @__PURE__ */ model('Id', 'Key');
export const User = /* @__PURE__ */ model('id', 'token');
export const Room = /* @__PURE__ */ model('id', 'user');

/** Bases of 2.x: only their names are known to pages, which make their own classes of them. */
export class MessageContent {
  constructor(members) {
    Object.assign(this, members);
  }
}
export class NotificationMessage extends MessageContent {}
export class StatusMessage extends MessageContent {}

export const ModelUtil = {
  /** A flat copy. */
  modelClone: (object) => ({ ...object }),
  /** A class of messages with these members (the spelling is that of 2.x). */
  modleCreate: (members, messageType) => contentClass(messageType, members.map(String)),
};
