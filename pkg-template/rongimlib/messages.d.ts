/** Who sent a message, as its content may carry it. */
export interface ContentUser {
  id?: string;
  name?: string;
  portraitUri?: string;
  portrait?: string;
}

/** Members that any content may have. */
export interface CommonMembers {
  extra?: string;
  user?: ContentUser;
  mentionedInfo?: MentionedInfo;
}

/** The content of a message; as a value the base class of 2.x. */
export declare class MessageContent {
  constructor(members?: object);
  readonly messageName: string;
}
export declare class NotificationMessage extends MessageContent {}
export declare class StatusMessage extends MessageContent {}

/** A content of a class with members `T`. */
export type Content<T> = MessageContent & CommonMembers & T & {
  /** The content as it travels: JSON text. */
  encode(): string;
};

/** A class whose contents are made from their members. */
export interface ContentClass<T> {
  new (members: T & CommonMembers): Content<T>;
}
/** A class whose contents may also be made from nothing. */
export interface BareContentClass<T> {
  new (members?: T & CommonMembers): Content<T>;
}
/** A class with 2.x's helper that takes its members in order. */
export interface ObtainableClass<T, A extends unknown[]> extends ContentClass<T> {
  obtain(...values: A): Content<T>;
}
/** A class that takes the whole object into one member. */
export interface WrappingClass<K extends string, V = unknown> {
  new (whole?: V): MessageContent & Record<K, V>;
}

/** Whom a message mentions. */
export declare class MentionedInfo {
  constructor(type?: number, userIdList?: string[], mentionedContent?: string);
  /** 1 everybody, 2 those listed. */
  type?: number;
  userIdList?: string[];
  mentionedContent?: string;
}

interface Text { content: string }
interface Voice { content: string; duration: number }
interface HQVoice { type?: string; localPath?: string; remoteUrl?: string; duration?: number }
interface Image { content: string; imageUri: string }
interface GIF { gifDataSize?: number; width?: number; height?: number; remoteUrl?: string; localPath?: string; [member: string]: unknown }
interface RichContent { title: string; content: string; imageUri?: string; url?: string }
interface File { name?: string; size?: number; type?: string; fileUrl?: string }
interface Location { latitude: number; longitude: number; poi?: string; content?: string }
interface Sight { sightUrl?: string; content?: string; duration?: number; size?: number; name?: string; [member: string]: unknown }
interface Reference { referMsgUserId?: string; referMsg?: unknown; content?: string; objName?: string; [member: string]: unknown }
interface Combine { remoteUrl?: string; nameList?: string[]; summaryList?: string[] }
interface DiscussionNotification { extension?: string; type?: number; isHasReceived?: boolean; operation?: string }
interface InformationNotification { message: string }
interface ContactNotification { operation: string; sourceUserId: string; targetUserId: string; message?: string }
interface ProfileNotification { operation?: string; data?: unknown }
interface CommandNotification { name: string; data?: unknown }
interface GroupNotification { operatorUserId?: string; operation?: string; data?: string; message?: string }
interface RecallCommand { messageUId?: string; conversationType?: number; targetId?: string; sentTime?: number }
interface RecallNotification { operatorId?: string; recallTime?: number; admin?: boolean }
interface Command { name?: string; data?: unknown }
interface TypingStatus { typingContentType: string; data?: string }
interface PublicServiceCommand { content?: string; menuItem?: unknown }
interface SyncReadStatus { lastMessageSendTime?: number }
interface ReadReceipt { messageUId: string; lastMessageSendTime: number; type?: string | number }
interface ReadReceiptRequest { messageUId?: string }
interface ReadReceiptResponse { receiptMessageDic?: Record<string, string[]> }
interface ChrmKVNotification { key?: string; value?: string; type?: number }
type Open = Record<string, unknown>;

export declare const TextMessage: ObtainableClass<Text, [content: string]>;
export type TextMessage = Content<Text>;
export declare const VoiceMessage: ObtainableClass<Voice, [base64: string, duration: number]>;
export type VoiceMessage = Content<Voice>;
export declare const HQVoiceMessage: BareContentClass<HQVoice>;
export type HQVoiceMessage = Content<HQVoice>;
export declare const ImageMessage: ObtainableClass<Image, [content: string, imageUri: string]>;
export type ImageMessage = Content<Image>;
export declare const GIFMessage: ContentClass<GIF>;
export type GIFMessage = Content<GIF>;
export declare const RichContentMessage: ObtainableClass<RichContent, [title: string, content: string, imageUri: string, url: string]>;
export type RichContentMessage = Content<RichContent>;
export declare const FileMessage: BareContentClass<File> & { obtain(members: File & CommonMembers): Content<File> };
export type FileMessage = Content<File>;
export declare const LocationMessage: ObtainableClass<Location, [latitude: number, longitude: number, poi: string, content: string]>;
export type LocationMessage = Content<Location>;
export declare const SightMessage: ContentClass<Sight>;
export type SightMessage = Content<Sight>;
export declare const ReferenceMessage: ContentClass<Reference>;
export type ReferenceMessage = Content<Reference>;
export declare const RCCombineMessage: ObtainableClass<Combine, [remoteUrl: string, nameList: string[], summaryList: string[]]>;
export type RCCombineMessage = Content<Combine>;
export declare const PublicServiceRichContentMessage: WrappingClass<'richContentMessage'>;
export declare const PublicServiceMultiRichContentMessage: WrappingClass<'richContentMessages'>;
export declare const JrmfRedPacketMessage: WrappingClass<'message'>;
export declare const JrmfRedPacketOpenedMessage: WrappingClass<'message'>;
export declare const DiscussionNotificationMessage: ContentClass<DiscussionNotification>;
export type DiscussionNotificationMessage = Content<DiscussionNotification>;
export declare const InformationNotificationMessage: ObtainableClass<InformationNotification, [message: string]>;
export type InformationNotificationMessage = Content<InformationNotification>;
export declare const ContactNotificationMessage: ContentClass<ContactNotification> & {
  readonly CONTACT_OPERATION_REQUEST: 'ContactOperationRequest';
  readonly CONTACT_OPERATION_ACCEPT_RESPONSE: 'ContactOperationAcceptResponse';
  readonly CONTACT_OPERATION_REJECT_RESPONSE: 'ContactOperationRejectResponse';
};
export type ContactNotificationMessage = Content<ContactNotification>;
export declare const ProfileNotificationMessage: ContentClass<ProfileNotification>;
export type ProfileNotificationMessage = Content<ProfileNotification>;
export declare const CommandNotificationMessage: ContentClass<CommandNotification>;
export type CommandNotificationMessage = Content<CommandNotification>;
export declare const GroupNotificationMessage: BareContentClass<GroupNotification>;
export type GroupNotificationMessage = Content<GroupNotification>;
export declare const RecallCommandMessage: BareContentClass<RecallCommand>;
export type RecallCommandMessage = Content<RecallCommand>;
/** What stands where a message was taken back. */
export declare const RecallNotificationMessage: BareContentClass<RecallNotification>;
export type RecallNotificationMessage = Content<RecallNotification>;
export declare const CommandMessage: ObtainableClass<Command, [data: unknown]>;
export type CommandMessage = Content<Command>;
export declare const TypingStatusMessage: ObtainableClass<TypingStatus, [typingContentType: string, data: string]>;
export type TypingStatusMessage = Content<TypingStatus>;
export declare const PublicServiceCommandMessage: ObtainableClass<PublicServiceCommand, [menuItem: unknown]>;
export type PublicServiceCommandMessage = Content<PublicServiceCommand>;
export declare const SyncReadStatusMessage: BareContentClass<SyncReadStatus>;
export type SyncReadStatusMessage = Content<SyncReadStatus>;
export declare const ReadReceiptMessage: ObtainableClass<ReadReceipt, [messageUId: string, lastMessageSendTime: number, type: string | number]>;
export type ReadReceiptMessage = Content<ReadReceipt>;
export declare const ReadReceiptRequestMessage: BareContentClass<ReadReceiptRequest>;
export type ReadReceiptRequestMessage = Content<ReadReceiptRequest>;
export declare const ReadReceiptResponseMessage: BareContentClass<ReadReceiptResponse>;
export type ReadReceiptResponseMessage = Content<ReadReceiptResponse>;
export declare const ChrmKVNotificationMessage: BareContentClass<ChrmKVNotification>;
export type ChrmKVNotificationMessage = Content<ChrmKVNotification>;
export declare const LogCommandMessage: ContentClass<Open>;
export declare const HandShakeMessage: BareContentClass<Open>;
export declare const HandShakeResponseMessage: BareContentClass<Open>;
export declare const ChangeModeMessage: BareContentClass<Open>;
export declare const ChangeModeResponseMessage: BareContentClass<Open>;
export declare const EvaluateMessage: BareContentClass<Open>;
export declare const SuspendMessage: BareContentClass<Open>;
export declare const TerminateMessage: BareContentClass<Open>;
export declare const CustomerStatusUpdateMessage: BareContentClass<Open>;
export declare const CustomerContact: BareContentClass<Open>;
export declare const AcceptMessage: BareContentClass<Open>;
export declare const RingingMessage: BareContentClass<Open>;
export declare const SummaryMessage: BareContentClass<Open>;
export declare const HungupMessage: BareContentClass<Open>;
export declare const InviteMessage: BareContentClass<Open>;
export declare const MediaModifyMessage: BareContentClass<Open>;
export declare const MemberModifyMessage: BareContentClass<Open>;
/** What a class that nobody registered arrives as. It cannot be sent. */
export declare const UnknownMessage: WrappingClass<'message', { content: unknown; objectName: string }>;
export type UnknownMessage = MessageContent & { message: { content: unknown; objectName: string } };

/** Classes of 2.x that never travel. */
export declare const IsTypingStatusMessage: BareContentClass<Open>;
export declare const CustomerStatusMessage: BareContentClass<Open>;

/** The names of the built-in classes. */
export type BuiltInMessageType =
  | 'TextMessage'
  | 'VoiceMessage'
  | 'HQVoiceMessage'
  | 'ImageMessage'
  | 'GIFMessage'
  | 'RichContentMessage'
  | 'FileMessage'
  | 'LocationMessage'
  | 'SightMessage'
  | 'ReferenceMessage'
  | 'RCCombineMessage'
  | 'PublicServiceRichContentMessage'
  | 'PublicServiceMultiRichContentMessage'
  | 'JrmfRedPacketMessage'
  | 'JrmfRedPacketOpenedMessage'
  | 'DiscussionNotificationMessage'
  | 'InformationNotificationMessage'
  | 'ContactNotificationMessage'
  | 'ProfileNotificationMessage'
  | 'CommandNotificationMessage'
  | 'GroupNotificationMessage'
  | 'RecallCommandMessage'
  | 'RecallNotificationMessage'
  | 'CommandMessage'
  | 'TypingStatusMessage'
  | 'PublicServiceCommandMessage'
  | 'SyncReadStatusMessage'
  | 'ReadReceiptMessage'
  | 'ReadReceiptRequestMessage'
  | 'ReadReceiptResponseMessage'
  | 'ChrmKVNotificationMessage'
  | 'LogCommandMessage'
  | 'HandShakeMessage'
  | 'HandShakeResponseMessage'
  | 'ChangeModeMessage'
  | 'ChangeModeResponseMessage'
  | 'EvaluateMessage'
  | 'SuspendMessage'
  | 'TerminateMessage'
  | 'CustomerStatusUpdateMessage'
  | 'CustomerContact'
  | 'AcceptMessage'
  | 'RingingMessage'
  | 'SummaryMessage'
  | 'HungupMessage'
  | 'InviteMessage'
  | 'MediaModifyMessage'
  | 'MemberModifyMessage'
  | 'UnknownMessage';
