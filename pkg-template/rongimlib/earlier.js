/**
 * What a RongIMLib 2.x left in this origin's localStorage (`rong_…`): how far each of its users had
 * read the inbox, and their unread counts. It is read when the core keeps nothing of that user yet,
 * and left as it is. Nothing of it is believed: what makes no sense is passed over.
 */

/** As the core writes names: every byte but letters, digits, `-` and `_` in percent. */
const escaped = (text) => encodeURIComponent(text).replace(/[.!~*'()]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

/** More conversations than anybody's list shows. */
const MOST = 1000;

/** Milliseconds since 1970, or 0. */
const time = (text) => (/^\d{13}$/.test(text ?? '') ? Number(text) : 0);

/** @param {string} appKey */
export function adoptEarlier(appKey) {
  try {
    const storage = globalThis.localStorage;
    // It wiped everything when the app key changed.
    if (storage?.getItem('rong_appId') !== appKey) return;
    const names = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? '');
    const box = `rong_${appKey}_`;
    const users = new Set(names.map((name) => name.startsWith(box) && /^(.+)_(?:receive|send)box$/.exec(name.slice(box.length))?.[1]));
    for (const user of users) if (user) adopt(storage, names, appKey, user);
  } catch {
    // Without storage, or with a full one, the inbox is read from its beginning.
  }
}

function adopt(storage, names, appKey, user) {
  const own = `hy1/${escaped(appKey)}/u/${escaped(user)}/`;
  if (names.some((name) => name.startsWith(own))) return;
  const [received, sent] = ['receive', 'send'].map((box) => time(storage.getItem(`rong_${appKey}_${user}_${box}box`)));
  if (received + sent === 0) return;
  for (const name of names.slice(0, MOST)) {
    // The user's id, one digit and the target stand without anything between them.
    const [, type, target] = name.startsWith(`rong_cu${user}`) ? /^([1-8])(.+)$/s.exec(name.slice(7 + user.length)) ?? [] : [];
    const [, count, at] = /^(\d{1,6})(?:_(\d{13}))?$/.exec(storage.getItem(name) ?? '') ?? [];
    // Fields of a row: unread, mentions, time, … draft, the time up to which messages are counted, …
    if (target && count > 0) storage.setItem(`${own}conv:${type}:${target}`, `2|${Number(count)}|0|${time(at) || received}|0|0|0|0||${received}|0|0|0`);
  }
  // The last, because it says that this was done.
  storage.setItem(`${own}cursor`, `1||0|0|${received}|${sent}`);
}

/** Where 2.x kept its small state, for pages that do as well. Without storage nothing is kept. */
export const storageProvider = Object.fromEntries(['setItem', 'getItem', 'removeItem'].map((name) => [name, (key, ...value) => {
  try {
    return globalThis.localStorage[name](`rong_${key}`, ...value);
  } catch {
    return null;
  }
}]));
