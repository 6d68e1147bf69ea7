/** Other people, with the answers of 2.x. */
import { BarePeople } from '../../people/people.js';
import { presenceOf } from '../../people/presence.js';

/** @type {typeof import('../lazy.js').shared} */
let shared;

/** @param {typeof import('../lazy.js').shared} given */
export function share(given) {
  shared = given;
}

/** One for each `init`. @type {WeakMap<object, BarePeople>} */
const all = new WeakMap();

function peopleOf(face) {
  const known = all.get(face) ?? new BarePeople(face.client);
  all.set(face, known);
  return known;
}

const call = (name) => (face, ...given) => peopleOf(face)[name](...given);

export const createDiscussion = (face, name, userIds) => peopleOf(face).createDiscussion(name, userIds ?? []);
export const invite = call('invite');
export const leaveDiscussion = call('leaveDiscussion');
export const removeMember = call('removeMember');
export const renameDiscussion = call('renameDiscussion');
export const block = call('block');
export const unblock = call('unblock');
export const blacklist = call('blacklist');
export const setStatus = call('setStatus');
export const removeQuietHours = call('removeQuietHours');

/** `Discussion` of 2.x. */
export async function discussion(face, discussionId) {
  const { id, name, ownerId, memberIds, open } = await peopleOf(face).discussion(discussionId);
  return new shared.Discussion(ownerId, id, [...memberIds], name, open);
}

/** 0 opened, 1 closed. */
export function setInviteStatus(face, id, status) {
  if (status !== 0 && status !== 1) throw new shared.Refusal(shared.ErrorCode.PARAMETER_ERROR);
  return peopleOf(face).setDiscussionOpen(id, status === 0);
}

export const blacklistStatus = async (face, userId) => ((await peopleOf(face).isBlocked(userId)) ? 'IN_BLACK_LIST' : 'NOT_IN_BLACK_LIST');

/** A presence as 2.x delivers it. */
const entityOf = ({ userId, logins }) => ({ userId, status: logins.map(({ platform, online, status }) => new shared.UserStatus(platform, online, status)) });

export const userStatus = async (face, userId) => entityOf(await peopleOf(face).presence(userId));

/** What ends the listener of a user, or that of all ('').  @type {WeakMap<object, Map<string, () => void>>} */
const listening = new WeakMap();

export async function listen(face, { userIds = [], multiple = false }, listener) {
  const stops = listening.get(face) ?? new Map();
  listening.set(face, stops);
  const tell = (presence) => listener(entityOf(presence));
  const ids = userIds.length === 0 ? [''] : userIds;
  if (!multiple) for (const id of ids) stops.get(id)?.();
  if (userIds.length === 0) {
    stops.set('', face.client.on('told', ({ topic, body }) => topic === 's_stat' && tell(presenceOf(body))));
    return;
  }
  await Promise.all(ids.map(async (id) => stops.set(id, await peopleOf(face).watch([id], tell))));
}

export async function quietHours(face) {
  return (await peopleOf(face).quietHours()) ?? { start: '', minutes: 0 };
}

export const setQuietHours = call('setQuietHours');
