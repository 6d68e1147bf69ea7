import { calling } from '../answers.js';

/** What pages ask of the library itself. @param {() => import('../face.js').Face} faceNow */
export const environmentMethods = (faceNow) => {
  const call = calling(faceNow);
  return {
    /** 2.x has this name for everything that is no native client. */
    getStorageProvider: () => 'ServerDataProvider',

    /** 1 a WebSocket, 0 long polling. */
    getConnectionChannel: call((face) => (face.polling ? 0 : 1)),

    /** What navigation answered stays in the core, so this is what a page finds before it: nothing. */
    getNavi: () => ({}),

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
