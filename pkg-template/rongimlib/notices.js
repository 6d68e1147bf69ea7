/** Messages that say something of other messages: recalls, receipts, typing. */
import { MethodType } from './enums.js';
import { ErrorCode } from './error-codes.js';
import { messageClasses } from './message-classes.js';
import { refOf } from './refs.js';
import { sendMessage } from './sending.js';

/** Between two answers of receipts, milliseconds: servers allow five messages a second. */
const BETWEEN_ANSWERS = 200;

/** Takes an own message back. Another's is refused in the same turn. */
export function recall(face, message, callback, options) {
  const { conversationType, targetId, senderUserId, sentTime, messageUId, content } = message ?? {};
  if (senderUserId !== face.client.userId) {
    callback?.onError?.(ErrorCode.RECALL_MESSAGE, message);
    return;
  }
  if (typeof messageUId !== 'string' || messageUId === '') {
    callback?.onError?.(ErrorCode.PARAMETER_ERROR, message);
    return;
  }
  const { user, extra } = { user: content?.user, ...options };
  const command = new messageClasses.RecallCommandMessage({ messageUId, conversationType, targetId, sentTime, extra, user });
  sendMessage(face, {
    conversationType, targetId, content: command, callback, methodType: MethodType.RECALL, pushText: options?.pushContent,
  });
}

/** `named`: a class (`TextMessage`) or its name on the wire (`RC:TxtMsg`). */
export function sendTyping(face, conversationType, targetId, named, callback) {
  const objectName = face.registry.objectNameOf(named);
  if (objectName === null) {
    face.deferral.answer(callback, 'onError', ErrorCode.PARAMETER_ERROR);
    return;
  }
  const content = messageClasses.TypingStatusMessage.obtain(objectName, '');
  const onError = (code, message) => callback?.onError?.(code, message);
  sendMessage(face, { conversationType, targetId, content, callback: { onSuccess: () => callback?.onSuccess?.(), onError } });
}

/**
 * Answers everybody who asked in this conversation who has read: one message each. What could not
 * be sent is remembered for the next call.
 */
export async function answerReceipts(face, conversationType, targetId, callback) {
  const ref = refOf(conversationType, targetId);
  const tried = new Set();
  for (;;) {
    const next = face.client.receiptRequests(ref).find(({ userId }) => !tried.has(userId));
    if (!next) break;
    answerReceipt(face, ref, next, callback);
    tried.add(next.userId);
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_ANSWERS));
  }
  if (tried.size === 0) face.deferral.answer(callback, 'onSuccess');
}

function answerReceipt(face, { type, targetId }, { userId, messageUIds }, callback) {
  const content = new messageClasses.ReadReceiptResponseMessage({ receiptMessageDic: { [userId]: messageUIds } });
  const told = {
    onSuccess: (message) => callback?.onSuccess?.(message),
    onError: (code, message) => callback?.onError?.(code, message),
  };
  sendMessage(face, { conversationType: type, targetId, content, callback: told });
}

/**
 * Sends a content as a status message: nobody keeps it. `message` says where to.
 * @param {object} [resultCallback] is told the end as well
 */
export function sendStatus(face, message, callback, resultCallback) {
  const told = [callback, resultCallback];
  const tell = (name) => (...args) => told.forEach((one) => one?.[name]?.(...args));
  const both = { onBefore: (id) => callback?.onBefore?.(id), onSuccess: tell('onSuccess'), onError: tell('onError') };
  sendAgain(face, message, both, { isStatusMessage: true });
}

/** Sends a message's content once more, to its conversation. */
export function sendAgain(face, message, callback, params) {
  const { conversationType, targetId, content } = message ?? {};
  sendMessage(face, { conversationType, targetId, content, callback, params });
}
