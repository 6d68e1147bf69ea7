/** What is loaded when it is first needed: the archive's calls. */
import { Refusal } from './answers.js';
import { SentStatus } from './enums.js';
import { ErrorCode } from './error-codes.js';
import { deliveredConversation, deliveredMessage } from './incoming.js';

/** What the loaded file uses of the face. */
export const shared = { Refusal, ErrorCode, SentStatus, deliveredConversation, deliveredMessage };

/**
 * A call of `local.js` by its name.
 * @param {keyof typeof import('./local.js')} name
 */
export const lazily = (name) => async (face, ...given) => {
  const local = await import('./local.js').catch(() => {
    throw new Refusal(ErrorCode.BIZ_ERROR_DATABASE_ERROR);
  });
  local.share(shared);
  return local[name](face, ...given);
};
