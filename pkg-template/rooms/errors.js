/** Failures in chatrooms: {@link HongyanError}s, whose texts only pages that load this have to load. */
import { HongyanError } from '../index.js';

/** number: [name, what happened, what to do about it]. None goes away by itself. */
export const ROOM_ERRORS = {
  23406: ['NotInChatroom', 'not in the chatroom', 'Join the chatroom first.'],
  23408: ['MutedInChatroom', 'the user, or everybody, is muted in the chatroom'],
  23409: ['KickedFromChatroom', 'the user was put out of the chatroom, or may not come in'],
  23410: ['NoSuchChatroom', 'there is no such chatroom, or not any more'],
  23411: ['ChatroomFull', 'the chatroom is full', 'Try again later.'],
  23412: ['ChatroomParameter', 'this names no chatroom, or the user is in too many'],
  23413: ['ChatroomHistoryFailed', "the chatroom's history cannot be read"],
  23414: ['ChatroomHistoryOff', 'the server keeps no history of chatrooms'],
  23423: ['TooManyEntries', 'the chatroom has as many entries as it may have', 'Remove one first.'],
  23424: ['EntryOfAnotherUser', 'somebody else has set this entry', 'Overwrite it with { force: true }.'],
  23426: ['EntriesOff', 'the server keeps no entries of chatrooms'],
  23427: ['NoSuchEntry', 'the chatroom has no entry of this key'],
  33003: ['InvalidArgument', 'an argument outside its limits'],
};

export class RoomError extends HongyanError {
  constructor(code, origin, detail, cause) {
    const [name, text, remedy = null] = ROOM_ERRORS[code] ?? [];
    super(code, origin, detail ?? text, cause);
    if (name !== undefined) Object.assign(this, { name, remedy });
  }
}
