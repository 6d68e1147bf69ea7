/** The options of the archive's open, checked at once; and the name of its database. */
import { HongyanError } from '../index.js';

const KNOWN = ['appKey', 'userId', 'maxMessages', 'patienceMs', 'wasm'];
const MOST = 10_000_000;

export const parameterError = (detail) => new HongyanError(-3, 'caller', detail);

/** @param {import('../archive.js').ArchiveOptions} given */
export function checkedOptions(given) {
  if (typeof given !== 'object' || given === null) throw parameterError('open needs an object of options');
  const unknown = Object.keys(given).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) throw parameterError(`the archive knows no option ${unknown}`);
  const { appKey, userId, maxMessages, patienceMs, wasm } = given;
  for (const [name, value] of [['appKey', appKey], ['userId', userId]]) {
    if (typeof value !== 'string' || value === '') throw parameterError(`the option ${name} must be a text`);
  }
  if (maxMessages !== undefined && !isWhole(maxMessages, 1, MOST)) {
    throw parameterError(`the option maxMessages must be a whole number from 1 to ${MOST}`);
  }
  if (patienceMs !== undefined && !isWhole(patienceMs, 1, 60_000)) {
    throw parameterError('the option patienceMs must be a whole number from 1 to 60000');
  }
  return { appKey, userId, maxMessages, patienceMs, wasm };
}

export const isWhole = (value, least, most) => Number.isInteger(value) && value >= least && value <= most;

/** One database per application and user; the app key is no secret, but nobody needs to read it there. */
export function databaseName({ appKey, userId }) {
  // FNV-1a, 2 × 32 bits: it keeps applications of one origin apart, no more.
  const hash = (seed) => {
    let value = seed;
    for (const byte of new TextEncoder().encode(appKey)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
    return value.toString(16).padStart(8, '0');
  };
  return `hongyan-archive/${hash(0x811c9dc5)}${hash(0x9747b28c)}/${userId}`;
}
