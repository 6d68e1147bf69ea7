import { answering } from '../answers.js';
import { lazilyFrom } from '../lazy.js';

const lazily = lazilyFrom('rtc');

/** Calls, and the rooms behind them. @param {() => import('../face.js').Face} faceNow */
export const rtcMethods = (faceNow) => {
  const method = answering(faceNow);
  const done = () => true;
  /** Values of the user or the room: `(roomId, key or keys, …, isInner, callback, message)`. */
  const data = (name, owner, at) => method(at, (face, ...given) => lazily(name)(face, owner, ...given.slice(0, at), given[at + 1]));
  return {
    startCall: method(5, lazily('startCall')),
    joinCall: method(1, lazily('joinCall')),
    /** `(type, targetId, reason)`; a callback may follow. */
    hungupCall: method(3, lazily('hungupCall')),
    changeMediaType: method(3, lazily('changeMediaType')),
    getAgoraDynamicKey: method(2, lazily('dynamicKey')),

    joinRTCRoom: method(1, lazily('joinRoom')),
    quitRTCRoom: method(1, lazily('quitRoom'), done),
    RTCPing: method(1, lazily('ping'), done),
    getRTCUserInfoList: method(1, lazily('userInfoList')),
    getRTCUserList: method(1, lazily('userList')),
    setRTCUserInfo: method(2, lazily('setUserInfo'), done),
    removeRTCUserInfo: method(2, lazily('removeUserInfo'), done),
    getRTCRoomInfo: method(1, lazily('roomInfo')),
    setRTCRoomInfo: method(2, lazily('setRoomInfo'), done),
    removeRTCRoomInfo: method(2, lazily('removeRoomInfo'), done),
    setRTCUserData: data('setData', 2, 4),
    getRTCUserData: data('getData', 2, 3),
    removeRTCUserData: data('removeData', 2, 3),
    setRTCRoomData: data('setData', 1, 4),
    getRTCRoomData: data('getData', 1, 3),
    removeRTCRoomData: data('removeData', 1, 3),
    /** `(roomId, data, type, callback, message)`: `type` 1 of the room, 2 of the user. */
    setRTCOutData: method(3, (face, roomId, values, type, _callback, message) => lazily('setOutData')(face, roomId, values, type, message)),
    getRTCOutData: method(2, lazily('outData')),
    getRTCToken: method(1, lazily('token')),
    setRTCState: method(2, lazily('setState'), done),
  };
};
