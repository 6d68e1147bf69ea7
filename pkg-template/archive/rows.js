/** Messages as the page has them, and as the archive keeps them (`src/archive/row.rs`). */
import { isWhole, parameterError } from './options.js';

const BITS = [['persisted', 2], ['counted', 4], ['mentioned', 8], ['offline', 16], ['silent', 32]];

const isText = (value) => typeof value === 'string';

/** @param {import('../index.js').ConversationRef} ref */
export function conversationName(ref) {
  const fits = typeof ref === 'object' && ref !== null && isWhole(ref.type, 0, 2 ** 31 - 1) && isText(ref.targetId) && ref.targetId !== '';
  if (!fits) throw parameterError('a conversation is { type: number, targetId: text }');
  return `${ref.type}/${ref.targetId}`;
}

function ref(name) {
  const at = name.indexOf('/');
  return { type: Number(name.slice(0, at)), targetId: name.slice(at + 1) };
}

/** @param {import('../archive.js').MessageId} id */
export function name(id) {
  if (isText(id?.clientId) && id.clientId !== '') return { i: id.clientId };
  if (isText(id) && id !== '') return { u: id };
  if (isWhole(id, 1, Number.MAX_SAFE_INTEGER)) return { l: id };
  throw parameterError('a message is named by its messageUId (text), its localId (number) or { clientId: text }');
}

/** A time that the database can hold. */
export function time(value, what) {
  if (typeof value !== 'number' || Number.isNaN(value)) throw parameterError(`${what} must be a time in milliseconds`);
  return Math.trunc(Math.min(Math.max(value, -Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER));
}

/** The parts that a page may change. */
export function changes({ objectName, content, extra, sentStatus, receivedStatus, searchFields }) {
  if (objectName !== undefined && !isText(objectName)) throw parameterError('an objectName must be a text');
  return {
    ...(objectName !== undefined && { o: objectName }),
    ...(content !== undefined && { b: contentText(content) }),
    ...notes({ extra, sentStatus, receivedStatus }),
    ...(searchFields !== undefined && { n: fieldNames(searchFields) }),
  };
}

function fieldNames(fields) {
  const fit = Array.isArray(fields) && fields.length <= 7 && fields.every((name) => isText(name) && !name.includes(','));
  if (!fit) throw parameterError('searchFields are a list of up to seven names of members');
  return fields.join(',');
}

function notes({ extra, sentStatus, receivedStatus }) {
  if (extra !== undefined && !isText(extra)) throw parameterError('an extra must be a text');
  for (const [name, status] of [['sentStatus', sentStatus], ['receivedStatus', receivedStatus]]) {
    if (status !== undefined && !isWhole(status, 0, 2 ** 31 - 1)) throw parameterError(`${name} must be a number`);
  }
  return {
    ...(extra !== undefined && { e: extra }),
    ...(sentStatus !== undefined && { x: sentStatus }),
    ...(receivedStatus !== undefined && { r: receivedStatus }),
  };
}

/** Content as the wire has it: what is no JSON object came as `{ raw: text }`. */
function contentText(content) {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw parameterError('a content must be an object');
  }
  try {
    const keys = Object.keys(content);
    return keys.length === 1 && keys[0] === 'raw' && isText(content.raw) ? content.raw : JSON.stringify(content);
  } catch (cause) {
    throw parameterError(`a content cannot be written as JSON: ${cause.message}`);
  }
}

function parsed(text) {
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Shown as it came.
  }
  return { raw: text };
}

/** @param {import('../archive.js').StoredMessage} message */
export function rowOf(message) {
  if (typeof message !== 'object' || message === null) throw parameterError('a message must be an object');
  const { messageUId = '', clientId = '', senderUserId = '', objectName, direction, localId } = message;
  if (![messageUId, clientId, senderUserId].every(isText)) throw parameterError('the ids of a message must be texts');
  if (!isText(objectName) || objectName === '') throw parameterError('a message must have an objectName');
  const bits = BITS.reduce((sum, [flag, bit]) => (message[flag] ? sum | bit : sum), 0);
  return {
    ...(localId !== undefined && { l: name(localId).l ?? 0 }),
    c: conversationName(message.conversation),
    t: time(message.sentTime, 'the sentTime of a message'),
    ...(messageUId !== '' && { u: messageUId }),
    ...(clientId !== '' && { i: clientId }),
    s: senderUserId,
    o: objectName,
    b: contentText(message.content),
    f: direction === 'sent' ? bits | 1 : bits,
    ...notes(message),
  };
}

/** @returns {import('../archive.js').StoredMessage} */
export function messageOf(row) {
  return {
    conversation: ref(row.c),
    senderUserId: row.s,
    direction: row.f & 1 ? 'sent' : 'received',
    objectName: row.o,
    content: parsed(row.b),
    sentTime: row.t,
    messageUId: row.u ?? '',
    clientId: row.i ?? '',
    persisted: (row.f & 2) !== 0,
    counted: (row.f & 4) !== 0,
    mentioned: (row.f & 8) !== 0,
    offline: (row.f & 16) !== 0,
    ...(row.f & 32 ? { silent: true } : {}),
    localId: row.l,
    extra: row.e ?? '',
    sentStatus: row.x ?? (row.f & 1 ? (row.u === undefined ? 10 : 30) : 0),
    receivedStatus: row.r ?? 0,
  };
}
