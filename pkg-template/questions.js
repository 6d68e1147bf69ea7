/** Questions that cross as JSON text: what the core says of a bad one, and what is asked by name. */
import { parameterError } from './errors.js';

/** By the sign before the member that is wrong: the core's words for it. */
const FAULTS = {
  t: (topic) => `there is no question ${topic}`,
  '@': (topic) => `the question ${topic} goes to another target: a text for some, null for others`,
  '{': (member) => `${member || 'the body of a question'} must be an object`,
  '?': (member) => `the question has no member ${member}`,
  '!': (member) => `the question lacks its member ${member}`,
  '#': (member) => `the member ${member} of the question has the wrong type or is out of range`,
};

/** What the core threw about a question. @param {string} fault */
export const questionError = (fault) => parameterError(FAULTS[fault[0]](fault.slice(1)));

/** The JSON text of a question's body. @param {unknown} body */
export function questionText(body) {
  let text;
  try {
    if (typeof body === 'object') text = JSON.stringify(body, (_name, value) => (typeof value === 'bigint' ? String(value) : value));
  } catch {
    // Told below.
  }
  if (text === undefined) throw parameterError("a question's body must be an object of plain data");
  return text;
}

/** By kind of conversation. */
const CLEANING = { 1: 'cleanPMsg', 2: 'cleanDMsg', 3: 'cleanGMsg', 5: 'cleanCMsg', 6: 'cleanSMsg' };

/** The question that clears a conversation's history up to a time. */
export function cleaning({ type, targetId }, upTo) {
  if (!(type in CLEANING)) throw parameterError('conversations of this type have no history to clear');
  if (!Number.isSafeInteger(upTo) || upTo <= 0) throw parameterError('a history is cleared up to a time in milliseconds');
  return [CLEANING[type], targetId, { targetId, dataTime: upTo, conversationType: type }];
}

/** The question that deletes messages of a conversation. */
export function deletion({ type, targetId }, messages) {
  if (!Array.isArray(messages) || messages.length === 0 || messages.some((message) => !message?.messageUId)) {
    throw parameterError('messages to delete are a list of messages that the server keeps');
  }
  const msgs = messages.map(({ messageUId, sentTime, direction }) => ({
    msgId: messageUId, msgDataTime: sentTime, direct: direction === 'sent' ? 1 : 2,
  }));
  return ['delMsg', targetId, { type, conversationId: targetId, msgs }];
}
