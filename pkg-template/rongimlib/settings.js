import { Refusal } from './answers.js';
import { ConversationType } from './enums.js';
import { ErrorCode } from './error-codes.js';
import { refOf } from './refs.js';

/** 2.x has this number without a name: notifications of this kind of conversation have no switch. */
const NO_SUCH_SWITCH = 8001;
/** What asks the server whether a conversation is muted. */
const QUESTIONS = {
  [ConversationType.PRIVATE]: 'qryPPush',
  [ConversationType.DISCUSSION]: 'qryDPush',
  [ConversationType.GROUP]: 'qryDPush',
};

/** 1 for a muted conversation, 0 for one that notifies: the numbers of the wire. */
export async function notificationStatus(face, ref) {
  const question = QUESTIONS[ref.type];
  if (!question) throw new Refusal(NO_SUCH_SWITCH);
  const row = await face.client.conversation(ref);
  if (row) return row.muted ? 1 : 0;
  return (await face.client.ask(question, null, { blockeeId: ref.targetId })).status;
}

export async function setNotificationStatus(face, ref, status) {
  if (!QUESTIONS[ref.type] || (status !== 0 && status !== 1)) throw new Refusal(NO_SUCH_SWITCH);
  await face.client.setMuted(ref, status === 1);
  return status;
}

/** A conversation that has a name. */
const isNamed = (type, targetId) => type >= 0 && typeof targetId === 'string' && targetId !== '';

/** In the turn of the call. @returns {boolean} whether it was kept */
export function setDraft(face, type, targetId, text) {
  if (!isNamed(type, targetId) || typeof text !== 'string') return false;
  face.drafts.set(refOf(type, targetId), text);
  return true;
}

/** In the turn of the call. Throws 38001 for no conversation. */
export function draftOf(face, type, targetId) {
  if (!isNamed(type, targetId)) {
    throw Object.assign(new Error(`getTextMessageDraft: no conversation (${ErrorCode.DRAF_GET_ERROR})`), { code: ErrorCode.DRAF_GET_ERROR });
  }
  return face.drafts.get(refOf(type, targetId));
}
