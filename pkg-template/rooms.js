/** Chatrooms: `hongyan/rooms`. Loaded by pages that use them. */
import { ROOM_ERRORS, RoomError } from './rooms/errors.js';
import { BareRooms } from './rooms/rooms.js';

export class Rooms extends BareRooms {
  /** Kept when names are made short. */
  static name = 'Rooms';
  static failure = (code, origin, detail, cause) => new RoomError(code, origin, detail, cause);
  static named = (error) => (error?.code in ROOM_ERRORS ? new RoomError(error.code, error.origin, undefined, error) : error);
}
