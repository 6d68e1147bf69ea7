/** Live locations, with the numbers of 2.x. */
import { BareLiveLocations } from '../../location/location.js';

/** @type {typeof import('../lazy.js').shared} */
let shared;

/** @param {typeof import('../lazy.js').shared} given */
export function share(given) {
  shared = given;
}

/** One for each `init`. @type {WeakMap<object, BareLiveLocations>} */
const made = new WeakMap();

/** `RealTimeLocationStatus`, by state. */
const STATUS = { idle: 0, incoming: 1, outgoing: 2, connected: 3 };

function of(face, type, targetId) {
  if (!Number.isInteger(type) || typeof targetId !== 'string' || targetId === '') throw new shared.Refusal(shared.ErrorCode.PARAMETER_ERROR);
  const known = made.get(face) ?? new BareLiveLocations(face.client);
  made.set(face, known);
  return known.of({ type, targetId });
}

const member = ({ userId, latitude, longitude }) => ({ userId, latitude, longitude });

/** The listener has any of `onStatusChange`, `onReceiveLocation`, `onParticipantsJoin`, `onParticipantsQuit`. */
export async function listen(face, type, targetId, listener) {
  if (typeof listener !== 'object' || listener === null) throw new shared.Refusal(shared.ErrorCode.PARAMETER_ERROR);
  of(face, type, targetId).on((event) => {
    if (event.name === 'state') face.deferral.answer(listener, 'onStatusChange', STATUS[event.state]);
    if (event.name === 'joined') face.deferral.answer(listener, 'onParticipantsJoin', event.userId);
    if (event.name === 'quit') face.deferral.answer(listener, 'onParticipantsQuit', event.userId);
    if (event.name === 'moved') face.deferral.answer(listener, 'onReceiveLocation', event.latitude, event.longitude, event.userId);
  });
}

export async function location(face, type, targetId) {
  const one = of(face, type, targetId);
  return { status: STATUS[one.state], participants: one.participants.map(member) };
}

export const state = async (face, type, targetId) => STATUS[of(face, type, targetId).state];
export const participants = async (face, type, targetId) => of(face, type, targetId).participants.map(({ userId }) => userId);
export const start = async (face, type, targetId) => of(face, type, targetId).start();
export const join = async (face, type, targetId) => of(face, type, targetId).join();
export const quit = async (face, type, targetId) => of(face, type, targetId).quit();
export const update = async (face, type, targetId, latitude, longitude) => of(face, type, targetId).update(latitude, longitude);
