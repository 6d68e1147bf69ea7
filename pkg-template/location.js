/** Live locations: `hongyan/location`. Loaded by pages that share them, and by nobody else. */
import { LocationError } from './location/errors.js';
import { BareLiveLocations } from './location/location.js';

export class LiveLocations extends BareLiveLocations {
  /** Kept when names are made short. */
  static name = 'LiveLocations';
  static failure = (code, origin, detail, cause) => new LocationError(code, origin, detail, cause);
}
