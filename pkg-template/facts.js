/** What the core tells, as facts: a name and plain data, which any page can be told. */
import { later } from './history.js';
import { isolated } from './report.js';

/** What can happen to a chatroom, in the order of the core's numbers. */
const ROOM_CHANGES = ['joined', 'rejoined', 'left', 'attributes'];

/**
 * The object that the core calls. None of its methods throws: the core could not go on.
 * @param {object} how
 * @param {(name: string, ...what: unknown[]) => void} how.tell
 * @param {() => import('./messages.js').Unpacker} how.unpacker
 * @param {() => boolean} how.listed whether anybody wants changed conversations
 */
export function pageOf({ tell, unpacker, listed }) {
  // In the order of the core's numbers.
  const inNumbers = [
    (number) => tell('status', number),
    (head, hasMore) => tell('messages', unpacker().messages(head), hasMore === 1),
    (head) => (listed() ? tell('changed', unpacker().conversations(head)) : unpacker().skip(head)),
    (head) => tell('removed', unpacker().refs(head)),
    (call) => tell('resolve', call),
    (call, _, head) => tell('resolve', call, unpacker().conversations(head)),
    (call, code, origin) => tell('reject', call, code, origin),
    (_, code, origin) => tell('trouble', code, origin),
    (call, hasMore, head) => tell('resolve', call, { messages: unpacker().messages(head).sort(later), hasMore: hasMore === 1 }),
    (request, code) => tell('tokenWanted', request, code),
    (call, _, head) => (call === 0 ? tell('restored', unpacker().messages(head)) : tell('resolve', call, unpacker().messages(head))),
  ];
  const inText = [
    (call, userId) => tell('resolve', call, { userId }),
    (call, clientId) => tell('sent', call, clientId),
    // Below 0 where the link polls.
    (serverTime, userId) => (serverTime === 0 ? tell('signedIn', userId) : tell('signedIn', userId, Math.abs(serverTime) - Date.now(), serverTime < 0)),
  ];
  for (const change of ROOM_CHANGES) inText.push((value, roomId) => tell('room', roomId, change, value));
  const told = {
    tell: (what, ...numbers) => inNumbers[what](...numbers),
    tellText: (what, ...said) => inText[what](...said),
    // A view of the core's memory.
    answered: (call, status, body) => tell('resolve', call, [status, body.slice()]),
    told: (topic, body) => tell('told', topic, body.slice()),
  };
  for (const name of ['sendMoved', 'sendKept', 'sendFailed', 'gap']) told[name] = (...said) => tell(name, ...said);
  return Object.fromEntries(Object.entries(told).map(([name, hear]) => [name, guarded(hear)]));
}

const guarded = (hear) => (...args) => isolated(() => hear(...args));
