/** What a page sends: content, flags, ids. */
import { HongyanError, parameterError } from './errors.js';

const PERSISTED = 2;
const COUNTED = 4;
const MENTIONED = 8;
const SILENT = 32;
const KEEP = 64;
/** Of `configFlag`: the core writes under the topic of agents, and takes it out. */
const AS_AGENT = 1 << 30;

/** Classes that are kept in history but count nothing. */
const NOTICES = new Set(['DizNtf', 'InfoNtf', 'ContactNtf', 'ProfileNtf', 'CmdNtf', 'GrpNtf', 'RcCmd', 'RcNtf']);
/** Classes that are neither kept nor counted: they tell what is going on, or steer something. */
const VOLATILE = new Set([
  'CmdMsg', 'TypSts', 'PSCmd', 'SRSMsg', 'ReadNtf', 'RRReqMsg', 'RRRspMsg', 'chrmKVNotiMsg', 'LogCmdMsg',
  'CsHs', 'CsHsR', 'CSCha', 'CsChaR', 'CsEva', 'CsSp', 'CsEnd', 'CsUpdate', 'CsContact',
  'VCAccept', 'VCRinging', 'VCSummary', 'VCHangup', 'VCInvite', 'VCModifyMedia', 'VCModifyMem',
]);

/**
 * A text or a content, as it goes on its way.
 * @param {string | import('./index.js').MessageContent} content
 * @returns {{objectName: string, text: string, persisted: boolean, counted: boolean}}
 */
export function wireContent(content) {
  if (typeof content === 'string') return wireContent({ body: { content } });
  const { objectName = 'RC:TxtMsg', body } = content ?? {};
  if (typeof objectName !== 'string' || objectName === '') throw parameterError("a content's objectName must be a text");
  const text = objectText(body);
  if (text === undefined) throw parameterError("a content's body must be an object of plain data");
  const known = objectName.startsWith('RC:') ? objectName.slice(3) : '';
  const { persisted = !VOLATILE.has(known), counted = persisted && !NOTICES.has(known) } = content;
  return { objectName, text, persisted: Boolean(persisted), counted: Boolean(counted) };
}

/** The JSON text of an object; undefined for what is none in JSON, or has no JSON. */
function objectText(value) {
  try {
    const text = JSON.stringify(value);
    return text?.startsWith('{') ? text : undefined;
  } catch {
    return undefined;
  }
}

/** The core's bits for a message. */
export function flagBits({ persisted, counted }, { mentioned, silent, keep }) {
  const bits = [[persisted, PERSISTED], [counted, COUNTED], [mentioned, MENTIONED], [silent, SILENT], [keep, KEEP]];
  return bits.reduce((sum, [isSet, bit]) => (isSet ? sum | bit : sum), 0);
}

/** Whether the server keeps or counts a message with these bits. */
export const isStored = (flags) => (flags & (PERSISTED | COUNTED)) !== 0;

/** Two times 32 random bits that nobody can guess. */
export function randomWords() {
  const { crypto } = globalThis;
  if (typeof crypto?.getRandomValues !== 'function') throw new HongyanError(33095, 'client');
  return crypto.getRandomValues(new Uint32Array(2));
}

/** 63 random bits in decimal, never 0. */
export function newClientId() {
  const [high, low] = randomWords();
  return String(((BigInt(high) << 31n) | BigInt(low >>> 1)) || 1n);
}

/** @param {import('./index.js').ConversationRef} ref */
export function checkedRef(ref) {
  if (!isInt32(ref?.type) || typeof ref.targetId !== 'string' || ref.targetId === '') {
    throw parameterError('a conversation is named by { type, targetId }: a number and a text');
  }
  return { type: ref.type, targetId: ref.targetId };
}

/** What the core takes as a number of 32 bits. */
const isInt32 = (value) => Number.isInteger(value) && value === (value | 0);

/** A number from 0 that may be left out; for the core, whose numbers end there, what is larger is the largest. */
export function checkedNumber(value, what) {
  if ((value ?? undefined) === undefined) return undefined;
  if (typeof value !== 'number' || !(value >= 0)) throw parameterError(`${what} must be a number from 0`);
  return Math.min(value, 2 ** 32 - 1);
}

/** @param {readonly number[]} [types] of conversations */
export function checkedTypes(types = []) {
  if (!Array.isArray(types) || !types.every(isInt32)) throw parameterError('types are a list of numbers');
  return Int32Array.from(types);
}

/** @param {import('./index.js').SendOptions | null} [options] */
export function checkedSend(options) {
  const { onlyTo = [], pushText = '', pushData = '', configFlag = 0, keep = true, clientId, asAgent, signal, giveUpAfterMs } = options ?? {};
  const texts = [pushText, pushData, clientId ?? '', ...(Array.isArray(onlyTo) ? onlyTo : [null])];
  const fits = texts.every((text) => typeof text === 'string') && isInt32(configFlag) && (!signal || typeof signal.addEventListener === 'function');
  if (!fits) throw parameterError('clientId and the texts of a push are texts, onlyTo is a list of user ids, configFlag a number, signal an AbortSignal');
  return {
    ...options,
    // Its own list: one that a framework watches could not be copied to another tab.
    onlyTo: texts.slice(3),
    pushText,
    pushData,
    configFlag: asAgent ? configFlag | AS_AGENT : configFlag,
    keep,
    giveUpAfterMs: checkedNumber(giveUpAfterMs, 'giveUpAfterMs'),
  };
}

/** @param {string} clientId */
export function checkedId(clientId) {
  if (typeof clientId !== 'string') throw parameterError('a send is named by its clientId, a text');
  return clientId;
}
