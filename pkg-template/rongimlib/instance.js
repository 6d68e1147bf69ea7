import { accountMethods } from './methods/account.js';
import { conversationMethods } from './methods/conversations.js';
import { environmentMethods } from './methods/environment.js';
import { historyMethods } from './methods/history.js';
import { localMethods } from './methods/local.js';
import { messageMethods } from './methods/messages.js';
import { peopleMethods } from './methods/people.js';
import { roomMethods } from './methods/rooms.js';
import { serviceMethods } from './methods/services.js';
import { rtcMethods } from './methods/rtc.js';
import { sessionMethods } from './methods/session.js';
import { settingMethods } from './methods/settings.js';
import { unreadMethods } from './methods/unread.js';

const FAMILIES = [
  sessionMethods, messageMethods, historyMethods, localMethods, conversationMethods, unreadMethods, settingMethods, peopleMethods, rtcMethods,
  roomMethods,
  serviceMethods, accountMethods, environmentMethods,
];

/**
 * Makes the class behind `RongIMClient`: the methods of `RongIMClient.getInstance()`. Callbacks are
 * `{onSuccess, onError}`, called in a later turn; `onError` gets a number.
 * @param {() => import('./face.js').Face} faceNow what `init` made; throws before it
 * @param {{version: string}} given
 */
export function instanceClass(faceNow, given) {
  class RongIMClient {}
  for (const family of FAMILIES) Object.assign(RongIMClient.prototype, family(faceNow, given));
  return RongIMClient;
}
