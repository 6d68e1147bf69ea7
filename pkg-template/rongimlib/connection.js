import { ConnectionStatus, ConnectionState } from './enums.js';
import { ErrorCode } from './error-codes.js';

/** Delays of `reconnect` with `auto`, milliseconds. */
const DEFAULT_RATE = [100, 1000, 3000, 6000, 10000, 18000];

/**
 * `RongIMClient.connect`. Joins a running attempt, and always answers.
 * @param {import('./face.js').Face} face
 * @param {string} token
 * @param {object} callback onSuccess(userId), onTokenIncorrect(), onError(code)
 * @param {string} [userId] who the token is for, if the page knows
 */
export async function connect(face, token, callback, userId) {
  if (typeof token !== 'string' || token === '') {
    tokenIncorrect(face, callback);
    return;
  }
  face.token = token;
  try {
    const { userId: user } = await face.client.connect(tokenOf(face, token), isId(userId) ? { userId } : undefined);
    face.deferral.answer(callback, 'onSuccess', user);
  } catch (error) {
    refused(face, callback, error);
  }
}

/** A token of the account's login is renewed when it expires; any other is what the page gave. */
function tokenOf({ ownTokens }, token) {
  return ownTokens?.owns(token) ? ownTokens.provider : token;
}

/**
 * `RongIMClient.reconnect`. With `auto` it connects after each delay of `rate` until one try
 * succeeds; after the last it answers 3. Nothing but the navigator and its hosts is asked: `url`,
 * the probe of 2.x, is not fetched.
 */
export async function reconnect(face, callback, config) {
  if (!config?.auto) {
    await connect(face, face.token, callback);
    return;
  }
  for (const delay of delays(config.rate)) {
    if ((await pause(face, delay)) === 'ended') {
      face.deferral.answer(callback, 'onError', ErrorCode.RC_DISCONN_EXCEPTION);
      return;
    }
    try {
      const { userId } = await face.client.connect(tokenOf(face, face.token));
      face.deferral.answer(callback, 'onSuccess', userId);
      return;
    } catch (error) {
      if (!error.retryable) {
        refused(face, callback, error);
        return;
      }
    }
  }
  face.deferral.answer(callback, 'onError', ConnectionStatus.NETWORK_UNAVAILABLE);
}

/**
 * Waits, but no longer than until the link is up again by itself, or the page or another login
 * ended the session.
 */
function pause(face, delay) {
  return new Promise((resolve) => {
    const finish = (how) => {
      stop();
      clearTimeout(timer);
      resolve(how);
    };
    const timer = setTimeout(finish, delay, 'elapsed');
    const stop = face.watch(finish);
  });
}

function delays(rate) {
  const given = Array.isArray(rate) ? rate.filter((delay) => delay >= 0) : [];
  return given.length > 0 ? given : DEFAULT_RATE;
}

function refused(face, callback, error) {
  const code = connectCode(error.code);
  if (code === ConnectionState.TOKEN_INCORRECT) tokenIncorrect(face, callback);
  else face.deferral.answer(callback, 'onError', code);
}

function tokenIncorrect(face, callback) {
  const name = typeof callback?.onTokenIncorrect === 'function' ? 'onTokenIncorrect' : 'onError';
  face.deferral.answer(callback, name, ...(name === 'onError' ? [ConnectionState.TOKEN_INCORRECT] : []));
}

/**
 * The number that 2.x tells for a failed connect: a refused login by its CONNACK status, silence
 * after the socket opened as TIMEOUT, everything else by its own number.
 * @param {number | undefined} code of the modern face
 */
function connectCode(code) {
  if (code >= 31001 && code <= 31009) return code - 31000;
  if (code >= 31020 && code <= 31030) return code - 31010;
  if (code === ErrorCode.RC_CONN_ACK_TIMEOUT) return ErrorCode.TIMEOUT;
  return typeof code === 'number' ? code : ErrorCode.UNKNOWN;
}

function isId(value) {
  return typeof value === 'string' && value !== '';
}
