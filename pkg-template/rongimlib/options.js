/**
 * What `init` was given, in the terms of the modern face. Both forms are taken: 2.5's
 * `(appKey, dataAccessProvider?, options?, callback?)` and the documents' `(appKey, options)`.
 *
 * @param {unknown[]} given the arguments after the app key
 * @returns {{options: Record<string, any>, callback: Function | undefined}}
 */
export function initArguments(given) {
  const [first, second] = given;
  const options = isOptions(second) ? second : isOptions(first) && !isProvider(first) ? first : {};
  return { options, callback: given.find((value) => typeof value === 'function') };
}

/**
 * @param {string} appKey
 * @param {Record<string, any>} options of 2.x; what has no meaning here (the protobuf bundle, JSONP
 *   switches, native settings) is left out
 * @param {{protocol: string, host: string} | undefined} page its address, if there is a page
 * @returns {import('../index.js').ClientOptions}
 */
export function clientOptions(appKey, options, page) {
  const made = { appKey, navigators: navigators(options, page) };
  if (options.isPolling === true) made.transport = 'polling';
  if (options.allowedHosts) made.allowedHosts = options.allowedHosts;
  if (options.naviTimeout > 0) made.navigationTimeoutMs = options.naviTimeout;
  if (options.showError !== false) {
    made.log = (level, text) => {
      if (level === 'error' || level === 'warn') console[level](text);
    };
  }
  return made;
}

/** Where what needs no session is asked: the option `api`, or else the first navigator. */
export const apiOf = ({ api, protocol }, page, navigators) => (api ? navigator(api, protocol, page) : navigators[0]);

/** `navi` replaces `navigaters`; with neither, the host that the page came from. */
function navigators({ navi, navigaters, protocol }, page) {
  const hosts = navi ? [navi] : [].concat(navigaters ?? []).filter(Boolean);
  if (hosts.length > 0) return hosts.map((host) => navigator(host, protocol, page));
  if (page?.host) return [`${page.protocol}//${page.host}`];
  throw new Error('RongIMClient.init: the option `navi` is missing: the address of the navigation server');
}

/** As in 2.x only host and port of a navigator count; a path is dropped. */
function navigator(address, protocol, page) {
  const [, scheme, host] = /^(?:(\w+:)?\/\/)?([^/?#]+)/.exec(String(address)) ?? [];
  if (!host) throw new Error('RongIMClient.init: the option `navi` or `api` is not an address');
  if (protocol) return `${protocol}${host}`;
  // A secure page may not ask an insecure navigator at all.
  if (page?.protocol === 'https:') return `https://${host}`;
  return scheme ? `${scheme}//${host}` : page?.protocol === 'http:' ? `http://${host}` : `https://${host}`;
}

function isOptions(value) {
  return typeof value === 'object' && value !== null;
}

/** A native data provider: there is none on the web, so it is passed over. */
function isProvider(value) {
  return typeof value.connect === 'function' || typeof value.sendMessage === 'function';
}
