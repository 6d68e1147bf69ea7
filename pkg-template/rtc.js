/** Calls without their media: `hongyan/rtc`. Loaded by pages that call, and by nobody else. */
import { RtcError, RTC_ERRORS } from './rtc/errors.js';
import { BareRoom } from './rtc/room.js';
import { BareCalls } from './rtc/calls.js';

export { CallEnd, MediaType } from './rtc/numbers.js';

const failure = (code, origin, detail, cause) => new RtcError(code, origin, detail, cause);
const named = (error) => (error?.code in RTC_ERRORS ? failure(error.code, error.origin, undefined, error) : error);

export class CallRoom extends BareRoom {
  /** Kept when names are made short. */
  static name = 'CallRoom';
  static failure = failure;
  static named = named;
}

export class Calls extends BareCalls {
  static name = 'Calls';
  static failure = failure;
}
