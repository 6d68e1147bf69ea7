import { answering, done } from '../answers.js';
import { lazilyFrom } from '../lazy.js';

const lazily = lazilyFrom('account');

/** The application's own server: who the users are. @param {() => import('../face.js').Face} faceNow */
export const accountMethods = (faceNow) => {
  const method = answering(faceNow);
  const endLogin = lazily('logout');
  const revoke = lazily('revoked');
  const ended = (face) => {
    face.logOut();
    face.ownTokens = null;
    return true;
  };
  return {
    /** Without params: who is still logged in from an earlier page (`account: {persist: true}`). */
    login: method(1, lazily('login')),
    getUserInfo: method(1, lazily('getUserInfo')),
    updateUser: method(1, lazily('updateUser')),

    /** Ends the link in the turn of the call, and then the login, if there is one. */
    logout: method(0, (face) => {
      const logged = face.ownTokens ?? face.options.account;
      ended(face);
      return logged ? endLogin(face).then(done) : done();
    }),

    /** Deletes the account. `(callback)`, or `({currentPassword}, callback)`. */
    revoked(...given) {
      const at = given.findIndex((value) => typeof value?.onSuccess === 'function' || typeof value?.onError === 'function');
      const params = at === 0 ? undefined : given[0];
      method(0, (face) => revoke(face, params).then(() => ended(face)))(given[at]);
    },
  };
};
