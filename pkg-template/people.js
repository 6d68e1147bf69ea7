/** Discussions, blacklist, presence, quiet hours, names: `hongyan/people`. Loaded by pages that use them. */
import { PEOPLE_ERRORS, PeopleError } from './people/errors.js';
import { BarePeople } from './people/people.js';

export { isQuiet } from './people/quiet.js';

export class People extends BarePeople {
  /** Kept when names are made short. */
  static name = 'People';
  static failure = (code, origin, detail, cause) => new PeopleError(code, origin, detail, cause);
  static named = (error) => (error?.code in PEOPLE_ERRORS ? new PeopleError(error.code, error.origin, undefined, error) : error);
}
