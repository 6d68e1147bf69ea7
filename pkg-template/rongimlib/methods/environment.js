import { calling } from '../answers.js';
import { storageProvider } from '../earlier.js';

function storedNavi() {
  try {
    return JSON.parse(storageProvider.getItem('fullnavi')) ?? {};
  } catch {
    return {};
  }
}

/** What pages ask of the library itself. @param {() => import('../face.js').Face} faceNow */
export const environmentMethods = (faceNow) => {
  const call = calling(faceNow);
  return {
    /** 2.x has this name for everything that is no native client. */
    getStorageProvider: () => 'ServerDataProvider',

    /** 1 a WebSocket, 0 long polling. */
    getConnectionChannel: call((face) => (face.client.polling ?? face.polling ? 0 : 1)),

    /** All that the navigator answered last, in this tab or another one; nothing before that. */
    getNavi: call((face) => face.navi ?? storedNavi()),

    /** For native clients, which report it to a push service. */
    setDeviceInfo: call((face, device) => {
      face.device = device;
    }),

    clearListeners: call((face) => face.dropListeners()),

    /** Removes every key of a RongIMLib 2.x. What is needed to lose no message stays. */
    clearLocalStorage: call((face, callback) => {
      try {
        const storage = globalThis.localStorage;
        const names = Array.from({ length: storage.length }, (_, at) => storage.key(at));
        for (const name of names) if (name?.startsWith('rong_')) storage.removeItem(name);
      } catch {
        // Then there is nothing to remove.
      }
      if (typeof callback === 'function') face.deferral.add(callback);
    }),
  };
};
