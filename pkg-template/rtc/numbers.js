/** Numbers of calls, those of 2.x. */

export const MediaType = Object.freeze({ AUDIO: 1, VIDEO: 2 });

/** Why a call ended; what the other side did is ten more. */
export const CallEnd = Object.freeze({
  CANCEL: 1, REJECT: 2, HANGUP: 3, BUSYLINE: 4, NO_RESPONSE: 5, ENGINE_UN_SUPPORTED: 6, NETWORK_ERROR: 7,
  REMOTE_CANCEL: 11, REMOTE_REJECT: 12, REMOTE_HANGUP: 13, REMOTE_BUSYLINE: 14, REMOTE_NO_RESPONSE: 15,
  REMOTE_ENGINE_UN_SUPPORTED: 16, REMOTE_NETWORK_ERROR: 17,
  /** Another device of the user took it, or refused it. */
  ELSEWHERE: 20,
});

/** How much more the number of what the other side did is. */
export const REMOTE = 10;
