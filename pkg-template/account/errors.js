/** Failures of accounts: {@link HongyanError}s, whose texts only pages with accounts have to load. */
import { HongyanError } from '../index.js';

/** number: [name, whether the same call can succeed later, what happened, what to do about it]. */
export const ACCOUNT_ERRORS = {
  '-1': ['Timeout', true, 'the application server gave no answer in time'],
  20406: ['NotAllowed', false, 'not without the current password, or not in this role', 'Ask for the current password and give it as currentPassword.'],
  20604: ['TooOften', true, 'tried too often', 'Wait for retryAfterMs.'],
  22406: ['NotInGroup', false, 'there is no such group, or one is not in it'],
  23407: ['UnknownUser', false, 'there is no such user'],
  24001: ['NotSignedIn', false, 'nobody is logged in, or the session is over', 'Let the user log in.'],
  24002: ['AccountTaken', false, 'the account belongs to somebody else'],
  24009: ['WrongLogin', false, 'no account has this name and this password'],
  24015: ['ServerFailed', true, 'the application server failed'],
  25411: ['GroupFull', false, 'the group has as many members as it may have'],
  30004: ['Unreachable', true, 'the application server cannot be reached', 'Check the option server, and that this origin may ask it (CORS, content security policy).'],
  30006: ['UnusableAnswer', true, "the application server's answer makes no sense"],
  33003: ['InvalidArgument', false, 'a field that cannot be used'],
};

export class AccountError extends HongyanError {
  constructor(code, origin, detail, cause) {
    const [name, retryable, text, remedy = null] = ACCOUNT_ERRORS[code] ?? [];
    super(code, origin, detail ?? text, cause);
    if (name === undefined) return;
    Object.assign(this, { name, retryable, remedy });
  }
}
