/** Questions that the core knows nothing of: a body in, an answer out. */
import { bytesOf } from './bytes.js';
import { fieldsOf, read, write } from './schema.js';
import { questionOf } from './topics.js';

/** Longer targets are none, bytes. */
const LONGEST_TARGET = 1_024;

/** By the sign in front of the member that is wrong. */
const FAULTS = {
  t: (topic) => `there is no question ${topic}`,
  '@': (topic) => `the question ${topic} goes to another target: a text for some, null for others`,
  '{': (member) => `${member || 'the body of a question'} must be an object`,
  '?': (member) => `the question has no member ${member}`,
  '!': (member) => `the question lacks its member ${member}`,
  '#': (member) => `the member ${member} of the question has the wrong type or is out of range`,
};

/** What is wrong with a question, in words. @param {string} fault */
export const faultOf = (fault) => FAULTS[fault[0]](fault.slice(1));

/**
 * A question as it is sent. `byStatus`: any status is an answer, else 0 alone. `read` takes the answer, and
 * throws where it makes no sense.
 * @param {string} topic
 * @param {string | null} target null: the user
 * @param {unknown} body
 * @returns {{bytes: Uint8Array, byStatus: boolean, read: (status: number, bytes: Uint8Array) => object}}
 * @throws {string} see {@link faultOf}
 */
export function question(topic, target, body) {
  const known = questionOf(topic);
  if (known === null) throw `t${topic}`;
  const length = target === null ? 0 : bytesOf(target).length;
  if (known.targeted ? length === 0 || length > LONGEST_TARGET : target !== null) throw `@${topic}`;
  const byStatus = known.answer === '?';
  return {
    bytes: write(fieldsOf(known.request), body, true),
    byStatus,
    read: (status, bytes) => (byStatus ? { status } : read(fieldsOf(known.answer), bytes, true)),
  };
}
