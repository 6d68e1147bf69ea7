/**
 * Calls that few pages make stand in files of their own in `lazy/`, loaded when one of them is first
 * made; the script of one file has them inside. A new file needs a line in `FILES` here, exports
 * `share` as `lazy/local.js` does, and its methods are made with `lazilyFrom`.
 */
import { Refusal } from './answers.js';
import { ConversationType, SentStatus } from './enums.js';
import { ErrorCode } from './error-codes.js';
import { deliveredConversation, deliveredMessage } from './incoming.js';
import { Discussion, PublicServiceMenuItem, PublicServiceProfile, UserStatus } from './models.js';

/** What the loaded files use of the face, so that there is one copy of it. */
export const shared = {
  Refusal, ErrorCode, ConversationType, SentStatus, Discussion, PublicServiceMenuItem, PublicServiceProfile, UserStatus,
  deliveredConversation, deliveredMessage,
};

/** By name: what loads the file, and the code for a page that cannot load it. */
const FILES = {
  local: [() => import('./lazy/local.js'), ErrorCode.BIZ_ERROR_DATABASE_ERROR],
  account: [() => import('./lazy/account.js')],
  rooms: [() => import('./lazy/rooms.js')],
  people: [() => import('./lazy/people.js')],
  rtc: [() => import('./lazy/rtc.js')],
  services: [() => import('./lazy/services.js')],
  location: [() => import('./lazy/location.js')],
};

/**
 * Makes calls of a file by their names: `lazilyFrom('local')('getMessage')` is `getMessage` of
 * `lazy/local.js`, as a function that takes the face first and returns a promise.
 * @param {keyof typeof FILES} file
 */
export const lazilyFrom = (file) => (name) => async (face, ...given) => {
  const [load, code = ErrorCode.RC_NET_UNAVAILABLE] = FILES[file];
  const calls = await load().catch(() => {
    throw new Refusal(code);
  });
  calls.share(shared);
  return calls[name](face, ...given);
};
