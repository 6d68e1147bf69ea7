/** Failures of calls: {@link HongyanError}s, whose texts only pages that call have to load. */
import { HongyanError } from '../index.js';

/** number: [name, what happened, what to do about it]. */
export const RTC_ERRORS = {
  18: ['NoCall', 'there is no call that this could be said of'],
  23411: ['CallRoomFull', 'the call room has as many members as it may have'],
  24012: ['NoCallKeys', 'the server makes no keys for media', 'Set agora_app_id and agora_certificate on the server.'],
  40001: ['NotInCallRoom', 'not in the call room', 'Join it first; who was silent for a minute has left.'],
  51002: ['AlreadyInCall', 'another call is under way'],
};

export class RtcError extends HongyanError {
  constructor(code, origin, detail, cause) {
    const [name, text, remedy = null] = RTC_ERRORS[code] ?? [];
    super(code, origin, detail ?? text, cause);
    if (name !== undefined) Object.assign(this, { name, remedy });
  }
}
