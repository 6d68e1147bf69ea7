import { ErrorCode } from './error-codes.js';
import { refOf } from './refs.js';

/** An answer of a callback when nothing but a number is to be told. */
export class Refusal {
  /** @param {number} code */
  constructor(code) {
    this.code = code;
  }
}

/**
 * Answers a callback with what a promise brings.
 * @template T
 * @param {import('./face.js').Face} face
 * @param {object} callback
 * @param {() => Promise<T> | T} ask
 * @param {(value: T) => unknown} [shown] what of it 2.x delivers
 */
export function answerWith(face, callback, ask, shown = (value) => value) {
  return answerWithAll(face, callback, ask, (value) => [shown(value)]);
}

/**
 * Like {@link answerWith}; `shown` makes all arguments of `onSuccess`.
 * @param {(value: any) => unknown[]} shown
 */
export async function answerWithAll(face, callback, ask, shown) {
  try {
    const values = shown(await ask());
    face.deferral.answer(callback, 'onSuccess', ...values);
  } catch (error) {
    face.deferral.answer(callback, 'onError', error?.code ?? ErrorCode.UNKNOWN);
  }
}

/** Makes methods of functions that take the face first. @param {() => import('./face.js').Face} faceNow */
export const calling = (faceNow) => (work) => (...given) => work(faceNow(), ...given);

/**
 * Makes methods that are answered so: the callback is the argument at `at`, `ask` gets the face and
 * all arguments.
 * @param {() => import('./face.js').Face} faceNow
 */
export const answering = (faceNow) => (at, ask, shown) => (...given) => {
  const face = faceNow();
  answerWith(face, given[at], () => ask(face, ...given), shown);
};

/** Like {@link answering} for methods whose first arguments name a conversation: `ask` gets one object for them. */
export const answeringOf = (faceNow) => {
  const method = answering(faceNow);
  return (at, ask, shown) => method(at, (face, type, targetId, ...rest) => ask(face, refOf(type, targetId), ...rest), shown);
};

/** Success of a call that has nothing to deliver. */
export const done = () => true;
