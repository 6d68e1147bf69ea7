/** Questions by topic: what is asked, by the words that are loaded with the first of them. */
import { HongyanError, parameterError } from './errors.js';

/** An answer makes no sense. */
const UNKNOWN = -2;

const words = () => import('./words.js').catch((cause) => {
  throw new HongyanError(33096, 'client', 'words.js, the file for questions, could not be loaded', cause);
});

/**
 * Asks a question and reads its answer.
 * @param {(bytes: Uint8Array, byStatus: boolean) => Promise<[status: number, bytes: Uint8Array]>} call
 * @param {string} topic
 * @param {string | null} targetId
 * @param {unknown} body
 */
export async function asked(call, topic, targetId, body) {
  const text = questionText(body);
  const { question, faultOf } = await words();
  const made = orElse(() => question(topic, targetId, JSON.parse(text)), (fault) => parameterError(faultOf(fault)));
  const answer = await call(made.bytes, made.byStatus);
  return orElse(() => made.read(...answer), nonsense);
}

/**
 * What the server tells unasked under a topic that the core does not read.
 * @param {string} topic
 * @param {Uint8Array} bytes
 */
export async function noticed(topic, bytes) {
  const { read, shapeOf } = await words();
  return orElse(() => read(shapeOf(topic).body, bytes, true), nonsense);
}

/** A navigator's answer: `getServerEndpoint({…});`, or the object alone. @param {Uint8Array} bytes */
export const navigationOf = (bytes) => JSON.parse(new TextDecoder().decode(bytes).replace(/^[^{]*|[^}]*$/g, ''));

const nonsense = (cause) => new HongyanError(UNKNOWN, 'server', undefined, cause);

function orElse(make, error) {
  try {
    return make();
  } catch (thrown) {
    throw error(thrown);
  }
}

/** The JSON text of a question's body. @param {unknown} body */
function questionText(body) {
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
