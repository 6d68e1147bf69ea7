/** Connection and identity. @param {() => import('../face.js').Face} faceNow */
export const sessionMethods = (faceNow, { version }) => ({
  disconnect() {
    faceNow().end();
  },

  getCurrentUserId() {
    return faceNow().client.userId;
  },

  getCurrentConnectionStatus() {
    return faceNow().status;
  },

  /** The local clock minus the server's, milliseconds. */
  getDeltaTime() {
    const offset = faceNow().client.serverTimeOffset;
    return offset === 0 ? 0 : -offset;
  },

  getAppInfo() {
    return { appKey: faceNow().appKey };
  },

  getSDKInfo() {
    return { version };
  },
});
