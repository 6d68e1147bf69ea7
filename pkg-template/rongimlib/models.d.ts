/** The plain objects that 2.x hands to a page, and those that it takes. */
import type { MentionedInfo, MessageContent } from './messages.js';

/** A message, sent or received. */
export declare class Message<C = MessageContent> {
  content: C;
  conversationType: number;
  targetId: string;
  objectName: string;
  /** Name of the content's class; `UnknownMessage` for one that nobody registered. */
  messageType: string;
  /** 1 sent, 2 received. */
  messageDirection: number;
  messageId: string;
  /** The server's name for it; '' while it is sent, and for classes that are not kept. */
  messageUId: string;
  receivedStatus: number;
  receivedTime: number;
  senderUserId: string;
  sentStatus: number;
  /** Unix milliseconds, the server's clock. */
  sentTime: number;
  /** Sent before this login. */
  offLineMessage: boolean;
  extra: string;
  /** Only in this browser's archive. */
  isLocalMessage: boolean;
  /** By message: how many have read it, for messages that the user asked a group about. */
  receiptResponse: Record<string, number>;
}

/** A row of the conversation list. */
export declare class Conversation {
  conversationType: number;
  targetId: string;
  conversationTitle: string;
  unreadMessageCount: number;
  latestMessage: Message | null;
  latestMessageId: string;
  objectName: string;
  sentStatus?: number;
  sentTime: number;
  receivedStatus?: number;
  receivedTime?: number;
  senderUserId?: string;
  senderUserName?: string;
  senderPortraitUri?: string;
  isTop: boolean;
  isHidden: boolean;
  /** 1 without notifications, 0 with. */
  notificationStatus: number;
  /** '' for none. */
  draft: string;
  /** The newest unread message that mentions the user, as far as this page knows it. */
  mentionedMsg: { uid: string; time: number; mentionedInfo?: MentionedInfo } | null;
  hasUnreadMention: boolean;
  /** Puts it in front of the page's list. */
  setTop(): void;
}

/** Names a message for `deleteMessages`. */
export declare class DeleteMessage {
  constructor(msgId: string, msgDataTime: number, direct: number);
  msgId: string;
  msgDataTime: number;
  direct: number;
}

export declare const ModelUtil: {
  /** A flat copy. */
  modelClone<T extends object>(object: T): T;
  /** A class of messages with these members (the spelling is that of 2.x). */
  modleCreate(members: readonly string[], messageType: string): new (members?: any) => MessageContent;
};

/** A message to delete: one that was delivered, or its name. */
export type DeletedMessage = Pick<Message, 'messageUId' | 'sentTime' | 'messageDirection'> | DeleteMessage;

/** Whether messages of a class count as unread and are kept. */
export declare class MessageTag {
  constructor(isCounted: boolean, isPersited: boolean);
  isCounted: boolean;
  /** The spelling is that of 2.x. */
  isPersited: boolean;
  /** 3 both, 2 counted only, 1 kept only, 0 neither. */
  getMessageTag(): 0 | 1 | 2 | 3;
}

export declare class UserInfo {
  constructor(id: string, name: string, portraitUri: string);
  id: string;
  name: string;
  portraitUri: string;
}

/** An entry of a public service's menu. The spelling of `sunMenuItems` is that of 2.x. */
export declare class PublicServiceMenuItem {
  constructor(id?: string, name?: string, type?: number, sunMenuItems?: PublicServiceMenuItem[], url?: string);
  id: string;
  name: string;
  /** 1 a list of entries, 2 a link, 3 an entry that is answered. */
  type: number;
  sunMenuItems: PublicServiceMenuItem[];
  url: string;
}

/** What a customer service says of itself. */
export declare class CustomServiceConfig {
  constructor(isBlack?: boolean, companyName?: string, companyUrl?: string);
  isBlack: boolean;
  companyName: string;
  companyUrl: string;
}

/** A talk with a customer service. */
export declare class CustomServiceSession {
  constructor(uid?: string, cid?: string, pid?: string, isQuited?: boolean, type?: number, adminHelloWord?: string, adminOfflineWord?: string);
  uid: string;
  cid: string;
  pid: string;
  isQuited: boolean;
  type: number;
  adminHelloWord: string;
  adminOfflineWord: string;
}

/** Where the media of a call meet. */
export declare class ChannelInfo {
  constructor(Id?: string, Key?: string);
  Id: string;
  Key: string;
}

/** A member of a call room. */
export declare class User {
  constructor(id?: string, token?: string);
  id: string;
  token: string;
}

/** A call room. */
export declare class Room {
  constructor(id?: string, user?: User);
  id: string;
  user: User;
}

/** A public service as the user sees it. */
export declare class PublicServiceProfile {
  constructor(
    conversationType?: number, introduction?: string, menu?: PublicServiceMenuItem[], name?: string, portraitUri?: string,
    publicServiceId?: string, hasFollowed?: boolean, isGlobal?: boolean,
  );
  conversationType: number;
  introduction: string;
  menu: PublicServiceMenuItem[];
  name: string;
  portraitUri: string;
  publicServiceId: string;
  hasFollowed: boolean;
  isGlobal: boolean;
}

/** A discussion. `memberIdList`: the owner and the longest-standing members, at most ten. */
export declare class Discussion {
  constructor(creatorId: string, id: string, memberIdList: string[], name: string, isOpen: boolean);
  creatorId: string;
  id: string;
  memberIdList: string[];
  name: string;
  isOpen: boolean;
}

/** One login of a user; one that is not online for a user without any. */
export declare class UserStatus {
  constructor(platform: string, online: boolean, status: number);
  platform: string;
  online: boolean;
  status: number;
}

export declare class Group {
  constructor(id: string, name: string, portraitUri: string);
  id: string;
  name: string;
  portraitUri: string;
}
