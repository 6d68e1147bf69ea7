import { isolated } from './deferral.js';
import { ConversationType, MessageDirection, ReceivedStatus, SentStatus } from './enums.js';
import { ErrorCode } from './error-codes.js';
import { Message } from './models.js';

/** A send that is not acknowledged for so long is reported as failed, milliseconds. */
const GIVE_UP_AFTER = 30000;
/** Limit of the content's JSON text, bytes. */
const CONTENT_LIMIT = 128 * 1024;
/** 2.5 has this number without a name in its enum. */
const CONTENT_TOO_LARGE = 30016;

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
  const wire = face.registry.toWire(content);
  const message = localMessage(face, call, wire);
  const text = wire ? JSON.stringify(wire.body) : '';
  const refusal = refusalOf(face, call, wire, text);
  if (refusal !== null) {
    fail(face, callback, message, refusal);
    return;
  }
  submit(face, call, wire, text, message);
}

function refusalOf(face, { methodType }, wire, text) {
  if (!wire || methodType) return ErrorCode.PARAMETER_ERROR;
  if (face.token === null) return ErrorCode.RC_NET_UNAVAILABLE;
  return isTooLarge(text) ? CONTENT_TOO_LARGE : null;
}

function submit(face, call, wire, text, message) {
  const { conversationType: type, targetId, content, callback } = call;
  const where = `${type}/${targetId}`;
  const clientId = face.resent.idFor(content, where, text);
  const { objectName, body, persisted, counted } = wire;
  let send;
  try {
    send = face.client.submit({ type, targetId }, { objectName, body, persisted, counted }, sendOptions(call, clientId));
  } catch (error) {
    fail(face, callback, message, error.code ?? ErrorCode.UNKNOWN);
    return;
  }
  onBefore(callback, message);
  send.sent.then(
    (kept) => {
      face.resent.succeeded(content, send.clientId);
      Object.assign(message, { messageUId: kept.messageUId, sentTime: kept.sentTime, sentStatus: SentStatus.SENT });
      face.deferral.answer(callback, 'onSuccess', message);
    },
    (error) => {
      face.resent.failed(message, send.clientId, where, text);
      fail(face, callback, message, error.code ?? ErrorCode.UNKNOWN);
    },
  );
}

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
    messageId: String(face.nextMessageId()),
    messageUId: '',
    receivedStatus: ReceivedStatus.READ,
    receivedTime: 0,
    senderUserId: face.client.userId,
    sentStatus: SentStatus.SENDING,
    sentTime: Date.now() + face.client.serverTimeOffset,
    offLineMessage: false,
    extra: typeof content?.extra === 'string' ? content.extra : '',
    isLocalMessage: false,
    receiptResponse: {},
  });
}

const MENTIONING = [ConversationType.DISCUSSION, ConversationType.GROUP];

function sendOptions({ conversationType, mentioned, pushText, appData, params }, clientId) {
  const options = { giveUpAfterMs: GIVE_UP_AFTER };
  if (mentioned && MENTIONING.includes(conversationType)) options.mentioned = true;
  if (pushText) options.pushText = pushText;
  if (appData) options.pushData = appData;
  if (Array.isArray(params?.userIds) && params.userIds.length > 0) options.onlyTo = params.userIds;
  const flags = configFlag(params);
  if (flags !== 0) options.configFlag = flags;
  if (clientId) options.clientId = clientId;
  return options;
}

/** Bit 0: VoIP push. Bit 1: filter by the white and black lists (the spelling is that of 2.x). */
function configFlag(params) {
  return (params?.isPush || params?.isVoipPush ? 1 : 0) | (params?.isFilerWhiteBlacklist ? 2 : 0);
}

/** A UTF-16 unit takes at most three bytes, so most texts need no counting. */
function isTooLarge(text) {
  return text.length * 3 > CONTENT_LIMIT && new TextEncoder().encode(text).length > CONTENT_LIMIT;
}
