/** Failures of services: {@link HongyanError}s, whose texts only pages with services have to load. */
import { HongyanError } from '../index.js';

/** number: [name, whether the same call can succeed later, what happened, what to do about it]. */
export const SERVICE_ERRORS = {
  '-1': ['Timeout', true, 'the customer service gave no answer in time'],
  20406: ['Unauthorized', false, 'there is no such service, or the talk is not yours'],
  33003: ['InvalidArgument', false, 'an argument outside its limits'],
  39001: ['FollowingRefused', false, 'there is no such public service'],
  51001: ['TalkNotBegun', false, 'there is no talk with this customer service, or it is over', 'Begin one first.'],
};

export class ServiceError extends HongyanError {
  constructor(code, origin, detail, cause) {
    const [name, retryable, text, remedy = null] = SERVICE_ERRORS[code] ?? [];
    super(code, origin, detail ?? text, cause);
    if (name === undefined) return;
    Object.assign(this, { name, retryable, remedy });
  }
}
