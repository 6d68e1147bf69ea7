import { answering, answeringOf, calling, done } from '../answers.js';
import { fileToken, fileUrl, pullSetting, setOfflineDuration } from '../questions.js';
import { draftOf, notificationStatus, setDraft, setNotificationStatus } from '../settings.js';

/** What the user sets, and what an upload needs. @param {() => import('../face.js').Face} faceNow */
export const settingMethods = (faceNow) => {
  const method = answering(faceNow);
  const methodOf = answeringOf(faceNow);
  const call = calling(faceNow);
  return {
    setConversationToTop: methodOf(3, (face, ref, isTop) => face.client.setPinned(ref, Boolean(isTop)), done),
    setConversationHidden: methodOf(3, (face, ref, isHidden) => face.client.setHidden(ref, Boolean(isHidden)), done),
    getConversationNotificationStatus: methodOf(2, notificationStatus),
    /** 1 switches notifications off, 0 on: the numbers of the wire, whatever the enum's names say. */
    setConversationNotificationStatus: methodOf(3, setNotificationStatus),

    saveTextMessageDraft: call(setDraft),
    getTextMessageDraft: call(draftOf),
    clearTextMessageDraft: call((face, conversationType, targetId) => setDraft(face, conversationType, targetId, '')),

    getPullSetting: method(0, pullSetting),
    setOfflineMessageDuration: method(1, setOfflineDuration),

    /** Newer clients have the file's name, the method and the query before the callback. */
    getFileToken(...given) {
      const at = given.findIndex((value) => typeof value === 'object' && value !== null);
      method(at, fileToken)(...given);
    },

    getFileUrl: method(3, fileUrl),
  };
};
