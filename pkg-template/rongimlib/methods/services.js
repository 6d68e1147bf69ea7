import { answering, done } from '../answers.js';
import { lazilyFrom } from '../lazy.js';

const services = lazilyFrom('services');
const location = lazilyFrom('location');

/** Public services, customer service, live locations. @param {() => import('../face.js').Face} faceNow */
export const serviceMethods = (faceNow) => {
  const method = answering(faceNow);
  const [followed, search, start] = ['followed', 'search', 'start'].map(services);
  return {
    getRemotePublicServiceList: method(0, (face, _callback, time) => followed(face, time)),
    getPublicServiceList: method(0, (face) => followed(face)),
    getPublicServiceProfile: method(2, services('oneProfile')),
    searchPublicService: method(2, (face, how, keyword) => search(face, null, how, keyword)),
    searchPublicServiceByType: method(3, search),
    subscribePublicService: method(2, services('subscribe'), done),
    unsubscribePublicService: method(2, services('unsubscribe'), done),

    startCustomService: method(1, (face, custId, _callback, content) => start(face, custId, content)),
    /** The spellings of these are those of 2.x. */
    stopCustomeService: method(1, services('stop'), done),
    switchToHumanMode: method(1, services('toHuman')),
    evaluateRebotCustomService: method(3, services('rateRobot'), done),
    evaluateHumanCustomService: method(3, services('rateHuman'), done),

    /** 2.x declares no callbacks for these; one that comes last is answered. */
    addRealTimeLocationListener: method(4, location('listen'), done),
    getRealTimeLocation: method(2, location('location')),
    getRealTimeLocationCurrentState: method(2, location('state')),
    getRealTimeLocationParticipants: method(2, location('participants')),
    joinRealTimeLocation: method(2, location('join'), done),
    quitRealTimeLocation: method(2, location('quit'), done),
    startRealTimeLocation: method(2, location('start'), done),
    updateRealTimeLocationStatus: method(4, location('update'), done),
  };
};
