/** The options of createClient, checked at once: a slip in a name is told where it happened. */
import { HongyanError, parameterError } from './errors.js';

const KNOWN = ['appKey', 'navigators', 'navigationTimeoutMs', 'token', 'persist', 'archive', 'tabs', 'log', 'transport', 'allowedHosts'];
/** In the order of the core's numbers. */
const TRANSPORTS = ['auto', 'websocket', 'polling'];

/**
 * @param {import('./index.js').ClientOptions} given
 * @returns {{appKey: string, navigators: string[], navigationTimeoutMs: number,
 *   token: import('./index.js').TokenProvider | null, persist: boolean, archive: object | null, tabs: 'shared' | 'alone',
 *   securePage: boolean, transport: number, allowedHosts: string[], log: (level: string, text: string) => void}}
 */
export function checkedOptions(given) {
  if (typeof given !== 'object' || given === null) throw parameterError('createClient needs an object of options');
  const unknown = Object.keys(given).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) throw parameterError(`createClient knows no option ${unknown}`);
  if (typeof globalThis.crypto?.getRandomValues !== 'function') throw new HongyanError(33095, 'client');
  const { appKey, navigationTimeoutMs = 5000, token = null, persist = true, archive = false } = given;
  const { tabs = 'shared', transport = 'auto', log = () => {} } = given;
  if (typeof appKey !== 'string' || appKey === '') throw parameterError('the option appKey must be a text');
  if (typeof navigationTimeoutMs !== 'number' || !(navigationTimeoutMs > 0)) throw parameterError('the option navigationTimeoutMs must be above 0');
  if (typeof archive !== 'boolean' && typeof archive !== 'object') throw parameterError('the option archive must be true, or an object of its options');
  if (token !== null && typeof token !== 'function') throw parameterError('the option token must be a function that gives one');
  if (!TRANSPORTS.includes(transport)) throw parameterError(`the option transport must be one of ${TRANSPORTS.join(', ')}`);
  if (tabs !== 'shared' && tabs !== 'alone') throw parameterError("the option tabs must be 'shared' or 'alone'");
  if (typeof log !== 'function') throw parameterError('the option log must be a function');
  return {
    appKey,
    navigators: navigatorList(given.navigators),
    navigationTimeoutMs: Math.min(Math.ceil(navigationTimeoutMs), 60_000),
    token,
    persist: persist !== false,
    archive: archive === true ? {} : archive || null,
    tabs,
    securePage: globalThis.location?.protocol === 'https:',
    transport: TRANSPORTS.indexOf(transport),
    allowedHosts: hostList(given.allowedHosts),
    log,
  };
}

function navigatorList(given) {
  const list = typeof given === 'string' ? [given] : given;
  const fits = Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'string' && one.trim() !== '');
  if (!fits) throw parameterError('the option navigators must be an address or a list of them');
  return list.map((one) => one.trim());
}

/** `name`, `name:port` or `*.suffix`. */
const HOST = /^(\*\.)?[^\s*/?#@]+$/;

function hostList(given = []) {
  const fits = Array.isArray(given) && given.every((one) => typeof one === 'string' && HOST.test(one));
  if (!fits) throw parameterError('the option allowedHosts must be a list of hosts: im.example.com, *.example.com');
  return [...given];
}
