/** Failures among people: {@link HongyanError}s, whose texts only pages that load this have to load. */
import { HongyanError } from '../index.js';

/** number: [name, what happened, what to do about it]. None goes away by itself. */
export const PEOPLE_ERRORS = {
  21409: ['InvitationRefused', 'only the owner of this discussion brings in others'],
  23407: ['UnknownUser', 'the server was told nothing of this user'],
  26021: ['WatchedByTooMany', 'too many watch one of these users', 'Ask for the presence when it is shown.'],
  26022: ['WatchesTooMany', 'more users are watched than may be', 'Stop watching those who are not shown.'],
};

export class PeopleError extends HongyanError {
  constructor(code, origin, detail, cause) {
    const [name, text, remedy = null] = PEOPLE_ERRORS[code] ?? [];
    super(code, origin, detail ?? text, cause);
    if (name !== undefined) Object.assign(this, { name, remedy });
  }
}
