/** Log helpers of 2.x, public by accident, and the list of what its numbers mean. */
import { ErrorCode } from './error-codes.js';

/** code → {code, msg}: made when somebody looks. */
export const logFactory = () => Object.fromEntries(Object.entries(ErrorCode).map(([msg, code]) => [code, { code: String(code), msg }]));

/** @param {() => boolean} shown the option `showError` */
export function logHelpers(shown) {
  const log = (info) => {
    if (shown()) console.error(JSON.stringify(info));
  };
  const logger = ({ code, funcName, msg }) => log({ code, funcName, msg: msg ?? ErrorCode[code] });
  const telling = (callback, funcName) => ({
    ...callback,
    onSuccess: (...told) => callback?.onSuccess?.(...told),
    onError(code, ...more) {
      logger({ code, funcName });
      callback?.onError?.(code, ...more);
    },
  });
  return { showError: log, logger, logCallback: telling, logSendCallback: telling };
}
