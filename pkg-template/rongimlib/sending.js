import { isolated } from '../report.js';
import { ConversationType, MessageDirection, MethodType, ReceivedStatus, SentStatus } from './enums.js';
import { ErrorCode } from './error-codes.js';
import { Message } from './models.js';
import { keyOf, refOf } from './refs.js';

/** A send that is not acknowledged for so long is reported as failed, milliseconds. */
const GIVE_UP_AFTER = 30000;
/** Limit of the content's JSON text, bytes. */
const CONTENT_LIMIT = 128 * 1024;
/** 2.5 has this number without a name in its enum. */
const CONTENT_TOO_LARGE = 30016;
/** The modern face's: a send that waited in vain. */
const EXPIRED = 33091;
/** The class that takes a message back. */
const RECALL = 'RC:RcCmd';
/** Kinds of conversations that a user can write to. */
const WRITABLE = [1, 2, 3, 4, 5, 7, 8, 12, 13];

/**
 * `sendMessage` of 2.x.
 * @param {import('./face.js').Face} face
 * @param {{conversationType: number, targetId: string, content: object, callback: object,
 *   mentioned?: unknown, pushText?: string, appData?: string, methodType?: number, params?: object}} call
 */
export function sendMessage(face, call) {
  const { targetId, content, callback } = call;
  if (typeof targetId !== 'string') {
    callback?.onError?.(ErrorCode.PARAMETER_ERROR);
    return;
  }
  const wire = wireOf(face, call);
  const message = localMessage(face, call, wire);
  const refusal = refusalOf(face, call, wire);
  if (refusal !== null) {
    fail(face, callback, message, refusal);
    return;
  }
  submit(face, call, wire, message);
}

/** What travels, with its JSON text; null for what is no content, or has no JSON. */
function wireOf(face, { content, params }) {
  try {
    const wire = face.registry.toWire(content);
    // A status message is neither kept nor counted, whatever its class.
    const flags = params?.isStatusMessage || params?.isStatus ? { persisted: false, counted: false } : {};
    return wire && { ...wire, ...flags, text: JSON.stringify(wire.body) };
  } catch {
    return null;
  }
}

function refusalOf(face, { conversationType, methodType, params }, wire) {
  const asAgent = methodType === MethodType.CUSTOMER_SERVICE && conversationType === ConversationType.CUSTOMER_SERVICE;
  const isMeant = !methodType || asAgent || (methodType === MethodType.RECALL && wire?.objectName === RECALL);
  // A slip in the list must not send to everybody what is meant for some.
  const areUsers = [].concat(params?.userIds ?? []).every((id) => typeof id === 'string' && id !== '');
  if (!wire || !isMeant || !areUsers || !WRITABLE.includes(conversationType)) return ErrorCode.PARAMETER_ERROR;
  if (face.token === null) return ErrorCode.RC_NET_UNAVAILABLE;
  return isTooLarge(wire.text) ? CONTENT_TOO_LARGE : null;
}

function submit(face, call, wire, message) {
  const { content, callback } = call;
  const ref = refOf(call.conversationType, call.targetId);
  const where = keyOf(ref);
  const { objectName, body, persisted, counted, text } = wire;
  const clientId = face.resent.idFor(content, where, text);
  let send;
  try {
    send = face.client.submit(ref, { objectName, body, persisted, counted }, sendOptions(face, call, wire, clientId));
  } catch (error) {
    fail(face, callback, message, error.code ?? ErrorCode.UNKNOWN);
    return;
  }
  onBefore(callback, message);
  const failed = (error) => {
    face.resent.failed(message, send.clientId, where, text);
    fail(face, callback, message, failureOf(error));
  };
  // 2.x tells replaced words as a failure, and pages know it so; sent again, the message is the same one.
  send.sent.then(
    (kept) => {
      if (kept.messageUId) face.messageIds.kept(message.messageId, kept.messageUId);
      Object.assign(message, { messageUId: kept.messageUId, sentTime: kept.sentTime });
      if (kept.wordsReplaced) {
        failed({ code: ErrorCode.SENSITIVE_REPLACE });
        return;
      }
      face.resent.succeeded(content, send.clientId);
      message.sentStatus = SentStatus.SENT;
      face.deferral.answer(callback, 'onSuccess', message);
    },
    failed,
  );
}

/** 2.x does not tell a send that never left from one without an answer. */
const failureOf = ({ code = ErrorCode.UNKNOWN }) => (code === EXPIRED ? ErrorCode.TIMEOUT : code);

/** In the same turn, as in 2.x: the page shows its row before `sendMessage` returns. */
function onBefore(callback, message) {
  if (typeof callback?.onBefore !== 'function') return;
  isolated(() => callback.onBefore(Number(message.messageId)));
}

function fail(face, callback, message, code) {
  message.sentStatus = SentStatus.FAILED;
  face.deferral.answer(callback, 'onError', code, message);
}

function localMessage(face, { conversationType, targetId, content }, wire) {
  return Object.assign(new Message(), {
    content,
    conversationType,
    targetId,
    objectName: wire?.objectName ?? '',
    messageType: wire?.messageType ?? content?.messageName ?? '',
    messageDirection: MessageDirection.SEND,
    messageId: String(face.messageIds.next()),
    messageUId: '',
    receivedStatus: ReceivedStatus.READ,
    receivedTime: 0,
    senderUserId: face.client.userId,
    sentStatus: SentStatus.SENDING,
    sentTime: face.now(),
    offLineMessage: false,
    extra: typeof content?.extra === 'string' ? content.extra : '',
    isLocalMessage: false,
    receiptResponse: {},
  });
}

const MENTIONING = [ConversationType.DISCUSSION, ConversationType.GROUP];

function sendOptions(face, call, wire, clientId) {
  const { conversationType, mentioned, pushText, appData, methodType, params } = call;
  // What failed is told, and is the page's to send again.
  const options = { giveUpAfterMs: GIVE_UP_AFTER, keep: false };
  if (mentioned && MENTIONING.includes(conversationType)) options.mentioned = true;
  if (pushText) options.pushText = String(pushText);
  if (appData) options.pushData = String(appData);
  const onlyTo = receivers(face, call, wire);
  if (onlyTo.length > 0) options.onlyTo = onlyTo;
  if (params?.disableNotification) options.silent = true;
  if (methodType === MethodType.CUSTOMER_SERVICE) options.asAgent = true;
  const flags = configFlag(params);
  if (flags !== 0) options.configFlag = flags;
  if (clientId) options.clientId = clientId;
  return options;
}

/** Answers of receipts go to those who asked, and what one has read to one's own other devices. */
function receivers(face, { conversationType, params }, { objectName, body }) {
  const users = [].concat(params?.userIds ?? []);
  if (users.length > 0) return users;
  if (!MENTIONING.includes(conversationType)) return [];
  if (objectName === 'RC:RRRspMsg') return Object.keys(body.receiptMessageDic ?? {});
  return objectName === 'RC:SRSMsg' ? [face.client.userId] : [];
}

/** Bit 0: VoIP push. Bit 1: filter by the white and black lists (the spelling is that of 2.x). */
function configFlag(params) {
  return (params?.isPush || params?.isVoipPush ? 1 : 0) | (params?.isFilerWhiteBlacklist ? 2 : 0);
}

/** A UTF-16 unit takes at most three bytes, so most texts need no counting. */
function isTooLarge(text) {
  return text.length * 3 > CONTENT_LIMIT && new TextEncoder().encode(text).length > CONTENT_LIMIT;
}
