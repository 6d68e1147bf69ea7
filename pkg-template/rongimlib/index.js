/**
 * The 2.x face: `RongIMLib.RongIMClient` with callbacks, over the modern one. Importing does nothing
 * but define it; `RongIMClient.init` makes the client.
 */
import { createClient } from '../index.js';
import { messageClasses } from './message-classes.js';
import { createRongIMLib } from './namespace.js';
import { version } from './version.js';

export const RongIMLib = createRongIMLib({ createClient, version });
export const { RongIMClient } = RongIMLib;
export default RongIMLib;

// Each name by itself, for `import * as RongIMLib`.
export * from './enums.js';
export { ErrorCode } from './error-codes.js';
export * from './models.js';
export { CustomerStatusMessage, IsTypingStatusMessage } from './message-classes.js';
export const {
  TextMessage,
  VoiceMessage,
  HQVoiceMessage,
  ImageMessage,
  GIFMessage,
  RichContentMessage,
  FileMessage,
  LocationMessage,
  SightMessage,
  ReferenceMessage,
  RCCombineMessage,
  PublicServiceRichContentMessage,
  PublicServiceMultiRichContentMessage,
  JrmfRedPacketMessage,
  JrmfRedPacketOpenedMessage,
  DiscussionNotificationMessage,
  InformationNotificationMessage,
  ContactNotificationMessage,
  ProfileNotificationMessage,
  CommandNotificationMessage,
  GroupNotificationMessage,
  RecallCommandMessage,
  RecallNotificationMessage,
  CommandMessage,
  TypingStatusMessage,
  PublicServiceCommandMessage,
  SyncReadStatusMessage,
  ReadReceiptMessage,
  ReadReceiptRequestMessage,
  ReadReceiptResponseMessage,
  ChrmKVNotificationMessage,
  LogCommandMessage,
  HandShakeMessage,
  HandShakeResponseMessage,
  ChangeModeMessage,
  ChangeModeResponseMessage,
  EvaluateMessage,
  SuspendMessage,
  TerminateMessage,
  CustomerStatusUpdateMessage,
  CustomerContact,
  AcceptMessage,
  RingingMessage,
  SummaryMessage,
  HungupMessage,
  InviteMessage,
  MediaModifyMessage,
  MemberModifyMessage,
  UnknownMessage,
} = messageClasses;
