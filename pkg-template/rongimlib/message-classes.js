/**
 * The built-in message classes, made from one table. A content keeps the members its class knows
 * (and `user`, `extra`, `mentionedInfo`, which any content may carry); what is undefined is absent.
 */

/** Flags of a class: bit 0 persisted, bit 1 counted. */
const NEITHER = 0;
const KEPT = 1;
const KEPT_AND_COUNTED = 3;

const COMMON = ['extra', 'user', 'mentionedInfo'];

/**
 * name, objectName, flag, members, then optionally:
 * `obtain` the arguments of the helper; `bare` may be constructed without an argument;
 * `whole` the member that holds the whole object, which travels as it is; `parsed` the member whose JSON text is parsed;
 * `open` keeps every member; `unsendable`; `defaults`.
 */
const TABLE = [
  ['TextMessage', 'RC:TxtMsg', KEPT_AND_COUNTED, 'content', { obtain: 'content' }],
  ['VoiceMessage', 'RC:VcMsg', KEPT_AND_COUNTED, 'content duration', { obtain: 'content duration' }],
  ['HQVoiceMessage', 'RC:HQVCMsg', KEPT_AND_COUNTED, 'type localPath remoteUrl duration', { bare: true, defaults: { type: 'aac' } }],
  ['ImageMessage', 'RC:ImgMsg', KEPT_AND_COUNTED, 'content imageUri', { obtain: 'content imageUri' }],
  ['GIFMessage', 'RC:GIFMsg', KEPT_AND_COUNTED, '', { open: true }],
  ['RichContentMessage', 'RC:ImgTextMsg', KEPT_AND_COUNTED, 'title content imageUri url', { obtain: 'title content imageUri url' }],
  ['FileMessage', 'RC:FileMsg', KEPT_AND_COUNTED, 'name size type fileUrl', { bare: true, obtain: '*' }],
  ['LocationMessage', 'RC:LBSMsg', KEPT_AND_COUNTED, 'latitude longitude poi content', { obtain: 'latitude longitude poi content' }],
  ['SightMessage', 'RC:SightMsg', KEPT_AND_COUNTED, '', { open: true }],
  ['ReferenceMessage', 'RC:ReferenceMsg', KEPT_AND_COUNTED, '', { open: true }],
  ['RCCombineMessage', 'RC:CombineMsg', KEPT_AND_COUNTED, 'remoteUrl nameList summaryList', { obtain: 'remoteUrl nameList summaryList' }],
  ['PublicServiceRichContentMessage', 'RC:PSImgTxtMsg', KEPT_AND_COUNTED, '', { bare: true, whole: 'richContentMessage' }],
  ['PublicServiceMultiRichContentMessage', 'RC:PSMultiImgTxtMsg', KEPT_AND_COUNTED, '', { bare: true, whole: 'richContentMessages', unsendable: true }],
  ['JrmfRedPacketMessage', 'RCJrmf:RpMsg', KEPT_AND_COUNTED, '', { bare: true, whole: 'message', unsendable: true }],
  ['JrmfRedPacketOpenedMessage', 'RCJrmf:RpOpendMsg', KEPT_AND_COUNTED, '', { bare: true, whole: 'message', unsendable: true }],
  ['DiscussionNotificationMessage', 'RC:DizNtf', KEPT, 'extension type isHasReceived operation'],
  ['InformationNotificationMessage', 'RC:InfoNtf', KEPT, 'message', { obtain: 'message' }],
  ['ContactNotificationMessage', 'RC:ContactNtf', KEPT, 'operation sourceUserId targetUserId message'],
  ['ProfileNotificationMessage', 'RC:ProfileNtf', KEPT, 'operation data', { parsed: 'data' }],
  ['CommandNotificationMessage', 'RC:CmdNtf', KEPT, 'name data', { parsed: 'data' }],
  ['GroupNotificationMessage', 'RC:GrpNtf', KEPT, 'operatorUserId operation data message', { bare: true }],
  ['RecallCommandMessage', 'RC:RcCmd', KEPT, 'messageUId conversationType targetId sentTime', { bare: true }],
  // What stands where a message was taken back.
  ['RecallNotificationMessage', 'RC:RcNtf', KEPT, '', { open: true, bare: true }],
  ['CommandMessage', 'RC:CmdMsg', NEITHER, 'name data', { parsed: 'data', obtain: 'data' }],
  ['TypingStatusMessage', 'RC:TypSts', NEITHER, 'typingContentType data', { obtain: 'typingContentType data' }],
  ['PublicServiceCommandMessage', 'RC:PSCmd', NEITHER, 'content menuItem', { obtain: 'menuItem' }],
  ['SyncReadStatusMessage', 'RC:SRSMsg', NEITHER, 'lastMessageSendTime', { bare: true }],
  ['ReadReceiptMessage', 'RC:ReadNtf', NEITHER, 'lastMessageSendTime messageUId type', { obtain: 'messageUId lastMessageSendTime type' }],
  ['ReadReceiptRequestMessage', 'RC:RRReqMsg', NEITHER, 'messageUId', { bare: true }],
  ['ReadReceiptResponseMessage', 'RC:RRRspMsg', NEITHER, 'receiptMessageDic', { bare: true }],
  ['ChrmKVNotificationMessage', 'RC:chrmKVNotiMsg', NEITHER, 'key value type', { bare: true }],
  ['LogCommandMessage', 'RC:LogCmdMsg', NEITHER, '', { open: true }],
  ['HandShakeMessage', 'RC:CsHs', NEITHER, 'requestInfo userInfo', { bare: true }],
  ['HandShakeResponseMessage', 'RC:CsHsR', NEITHER, 'status msg data', { bare: true }],
  ['ChangeModeMessage', 'RC:CSCha', NEITHER, 'uid sid pid', { bare: true }],
  ['ChangeModeResponseMessage', 'RC:CsChaR', NEITHER, 'code data msg', { bare: true }],
  ['EvaluateMessage', 'RC:CsEva', NEITHER, 'uid sid pid source suggest isresolve type', { bare: true }],
  ['SuspendMessage', 'RC:CsSp', NEITHER, 'uid sid pid', { bare: true }],
  ['TerminateMessage', 'RC:CsEnd', NEITHER, 'code msg sid', { bare: true }],
  ['CustomerStatusUpdateMessage', 'RC:CsUpdate', NEITHER, 'serviceStatus sid', { bare: true }],
  ['CustomerContact', 'RC:CsContact', NEITHER, 'page nickName routingInfo info requestInfo', { bare: true }],
  ['AcceptMessage', 'RC:VCAccept', NEITHER, 'callId mediaId mediaType mode subInfo', { bare: true }],
  ['RingingMessage', 'RC:VCRinging', NEITHER, 'callId', { bare: true }],
  ['SummaryMessage', 'RC:VCSummary', NEITHER, 'caller inviter mediaType memberIdList startTime connectedTime duration status', { bare: true }],
  ['HungupMessage', 'RC:VCHangup', NEITHER, 'callId reason mode subInfo', { bare: true }],
  ['InviteMessage', 'RC:VCInvite', NEITHER, 'callId mediaId engineType channelInfo mediaType inviteUserIds observerUserIds mode subInfo', { bare: true }],
  ['MediaModifyMessage', 'RC:VCModifyMedia', NEITHER, 'callId mediaType mode subInfo', { bare: true }],
  ['MemberModifyMessage', 'RC:VCModifyMem', NEITHER, 'modifyMemType callId caller engineType channelInfo mediaType inviteUserIds existedMemberStatusList existedUserPofiles observerUserIds mode subInfo', { bare: true }],
  // What an unregistered class arrives as: `message` is {content, objectName}.
  ['UnknownMessage', '', KEPT_AND_COUNTED, '', { whole: 'message', unsendable: true }],
];

/** By name of a class: the member that holds the whole object. */
const WHOLE = new Map(TABLE.filter(([, , , , how]) => how?.whole).map(([name, , , , how]) => [name, how.whole]));

/**
 * @typedef {object} ContentKind
 * @property {string} name the class's name, `messageType` of a message
 * @property {string} objectName its name on the wire; '' for UnknownMessage
 * @property {boolean} persisted
 * @property {boolean} counted
 * @property {boolean} sendable
 * @property {new (members?: object) => object} Class
 */

/** @type {readonly ContentKind[]} */
export const builtInKinds = TABLE.map(([name, objectName, flag, members, how = {}]) => ({
  name,
  objectName,
  persisted: (flag & 1) !== 0,
  counted: (flag & 2) !== 0,
  sendable: !how.unsendable,
  Class: contentClass(name, words(members), how),
}));

/** The classes by name, as the namespace exports them. */
export const messageClasses = Object.fromEntries(builtInKinds.map(({ name, Class }) => [name, Class]));

Object.assign(messageClasses.ContactNotificationMessage, {
  CONTACT_OPERATION_REQUEST: 'ContactOperationRequest',
  CONTACT_OPERATION_ACCEPT_RESPONSE: 'ContactOperationAcceptResponse',
  CONTACT_OPERATION_REJECT_RESPONSE: 'ContactOperationRejectResponse',
});

/** Classes of 2.x that never travel. */
export const IsTypingStatusMessage = contentClass('IsTypingStatusMessage', [], { open: true, bare: true });
export const CustomerStatusMessage = contentClass('CustomerStatusMessage', [], { open: true, bare: true });

/**
 * Makes a content class with these members.
 * @param {string} name
 * @param {string[]} members
 */
export function contentClass(name, members, how = { bare: true }) {
  const kept = [...new Set([...members, ...COMMON])];
  const Class = {
    [name]: class {
      constructor(given) {
        if (given === undefined && !how.bare) throw new Error(`${name}: the constructor needs an object with the message's members`);
        this.messageName = name;
        if (how.whole) this[how.whole] = unwrapped(given, how.whole);
        else fill(this, { ...how.defaults, ...given }, how.open ? Object.keys(given ?? {}) : kept, how.parsed);
      }

      encode() {
        return JSON.stringify(contentMembers(this));
      }
    },
  }[name];
  if (how.obtain) Class.obtain = obtainFor(Class, how.obtain);
  return Class;
}

/**
 * What of a content travels: every enumerable member but the class's name and functions.
 * @param {object} content
 * @returns {Record<string, unknown>}
 */
export function contentMembers(content) {
  const members = {};
  for (const [name, value] of Object.entries(content)) {
    if (name !== 'messageName' && typeof value !== 'function') members[name] = value;
  }
  const { [WHOLE.get(content.messageName)]: whole, ...others } = members;
  return typeof whole === 'object' && whole !== null && !Array.isArray(whole) ? { ...others, ...whole } : members;
}

/** Some senders wrap the object that is the whole content into the member of its class. */
function unwrapped(given, whole) {
  const isWrapped = typeof given === 'object' && given !== null && whole in given && Object.keys(given).length === 1;
  return isWrapped ? given[whole] : given;
}

function fill(target, given, names, parsed) {
  for (const name of names) {
    if (name === 'messageName' || given[name] === undefined) continue;
    target[name] = name === parsed ? jsonOrText(given[name]) : given[name];
  }
}

function obtainFor(Class, names) {
  if (names === '*') return (members) => new Class(members);
  return (...values) => new Class({
    extra: '',
    ...Object.fromEntries(words(names).map((name, index) => [name, values[index]])),
  });
}

function jsonOrText(value) {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function words(text) {
  return text === '' ? [] : text.split(' ');
}
