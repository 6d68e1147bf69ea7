/**
 * Failures where nobody needs more than their number: the 2.x face. The entries of the package put
 * errors with texts in their place.
 */
export const bareFailure = (code, origin, detail, cause) => Object.assign(new Error(detail ?? String(code), { cause }), { code, origin });

/** Objects whose class says how they fail. */
export class Failing {
  static failure = bareFailure;

  failure(code, origin, detail, cause) {
    return this.constructor.failure(code, origin, detail, cause);
  }

  /** A call that cannot be meant. */
  senseless(detail, code = -3) {
    return this.failure(code, 'caller', detail);
  }
}
