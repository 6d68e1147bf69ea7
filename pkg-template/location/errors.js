/** Failures of live locations. Their numbers are those of `RealTimeLocationErrorCode` of 2.x. */
import { HongyanError } from '../index.js';

/** number: [name, whether the same call can succeed later, what happened]. */
export const LOCATION_ERRORS = {
  '-1': ['NotSharing', false, 'nobody shares locations here, or this user does not'],
  2: ['ConversationNotSupported', false, 'locations are shared in private conversations, groups and discussions'],
  3: ['AlreadySharing', false, 'locations are shared here already'],
  4: ['TooManyParticipants', true, 'so many share their locations that nobody else can'],
  5: ['JoinFailed', true, 'joining was not told to the others'],
  6: ['StartFailed', true, 'the beginning was not told to the others'],
  7: ['NetworkUnavailable', true, 'the location was not told to the others'],
};

export class LocationError extends HongyanError {
  constructor(code, origin, detail, cause) {
    const [name, retryable, text] = LOCATION_ERRORS[code] ?? [];
    super(code, origin, detail ?? text, cause);
    if (name !== undefined) Object.assign(this, { name, retryable, remedy: null });
  }
}
