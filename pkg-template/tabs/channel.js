/**
 * The way between the pages of a user. Each thing said is an object:
 *
 * | kind | said by | what |
 * | --- | --- | --- |
 * | hello | who seeks the leader | |
 * | here | the leader | to everybody: a term begins; to one: be a follower, with what holds now as `facts`; or `alone`: share nothing |
 * | ping | a follower | `seen`: whether it is looked at |
 * | pong | the leader | |
 * | command | a follower | `call`, `method`, `args` |
 * | facts | the leader | what is told: of each for whom ('' for all), its name, what it says |
 *
 * `from` and `to` are names of pages, `term` is the leader's number.
 */

/** Of what is said. Pages with another one do not share a link; `hello`, `here` and `alone` stay. */
export const VERSION = 2;

/** @param {string} name of the user's state @returns {BroadcastChannel | null} null where there is no such thing */
export function channelOf(name) {
  try {
    return new BroadcastChannel(`hongyan:${name}`);
  } catch {
    return null;
  }
}
