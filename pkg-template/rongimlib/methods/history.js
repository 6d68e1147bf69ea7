import { answeringOf, calling, done } from '../answers.js';
import { clearHistory, deleteMessages, historyMessages, historyQuery } from '../history.js';

/** Places of the order in the positional forms. */
const [LOCAL_ORDER, REMOTE_ORDER] = [6, 5];

/** History on the server. @param {() => import('../face.js').Face} faceNow */
export const historyMethods = (faceNow) => {
  const call = calling(faceNow);
  const read = (orderAt) => call((face, ...given) => {
    const { query, callback } = historyQuery(given, orderAt);
    historyMessages(face, query, callback);
  });
  const clear = call(clearHistory);
  const remove = answeringOf(faceNow)(3, deleteMessages, done);
  return {
    getHistoryMessages: read(LOCAL_ORDER),
    getRemoteHistoryMessages: read(REMOTE_ORDER),
    clearHistoryMessages: clear,
    clearRemoteHistoryMessages: clear,
    deleteMessages: remove,
    deleteRemoteMessages: remove,
  };
};
