import { answering, answerWithAll, done } from '../answers.js';
import { lazilyFrom } from '../lazy.js';

const lazily = lazilyFrom('people');

/** Discussions, blacklist, presence, quiet hours. @param {() => import('../face.js').Face} faceNow */
export const peopleMethods = (faceNow) => {
  const method = answering(faceNow);
  const quietHours = lazily('quietHours');
  const listen = lazily('listen');
  return {
    createDiscussion: method(2, lazily('createDiscussion')),
    addMemberToDiscussion: method(2, lazily('invite'), done),
    getDiscussion: method(1, lazily('discussion')),
    quitDiscussion: method(1, lazily('leaveDiscussion'), done),
    removeMemberFromDiscussion: method(2, lazily('removeMember'), done),
    setDiscussionInviteStatus: method(2, lazily('setInviteStatus'), done),
    setDiscussionName: method(2, lazily('renameDiscussion'), done),

    addToBlacklist: method(1, lazily('block'), done),
    removeFromBlacklist: method(1, lazily('unblock'), done),
    getBlacklist: method(0, lazily('blacklist')),
    /** A name of `BlacklistStatus`. */
    getBlacklistStatus: method(1, lazily('blacklistStatus')),

    getUserStatus: method(1, lazily('userStatus')),
    setUserStatus: method(1, lazily('setStatus'), done),
    /** `({userIds, multiple}, listener)`; there is no callback, so a failure is silent. */
    setUserStatusListener(params, listener) {
      if (typeof listener === 'function') listen(faceNow(), params ?? {}, listener).catch(() => {});
    },

    /** Delivers `(startTime, spanMinutes)`; `('', 0)` for never. */
    getNotificationQuietHours(callback) {
      const face = faceNow();
      answerWithAll(face, callback, () => quietHours(face), ({ start, minutes }) => [start, minutes]);
    },
    setNotificationQuietHours: method(2, lazily('setQuietHours'), done),
    removeNotificationQuietHours: method(0, lazily('removeQuietHours'), done),
  };
};
