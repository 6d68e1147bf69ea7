/** Connection statuses in the order of the core's numbers; a refused login has no number in 2.x. */
export const STATUSES = [
  ['connected', 0],
  ['connecting', 1],
  ['disconnected', 2],
  ['networkUnavailable', 3],
  ['connectionClosed', 4],
  ['kicked', 6],
  ['webSocketUnavailable', 7],
  ['domainIncorrect', 12],
  ['appKeyFake', 20],
  ['ultraLimit', 1101],
  ['navigationRequested', 201],
  ['navigationAnswered', 202],
  ['navigationFailed', 203],
  ['navigationTimedOut', 204],
  ['blocked', 9],
  ['refused', 2],
].map(([name, code]) => Object.freeze({ name, code }));

/** Before the first connect. */
export const CLOSED = STATUSES[4];
