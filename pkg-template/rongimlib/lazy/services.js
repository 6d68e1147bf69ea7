/** Public services and customer service, with the answers of 2.x. */
import { BareCustomerService } from '../../services/customer.js';
import { BarePublicServices } from '../../services/public.js';

/** @type {typeof import('../lazy.js').shared} */
let shared;

/** @param {typeof import('../lazy.js').shared} given */
export function share(given) {
  shared = given;
}

/** One of each for each `init`. @type {WeakMap<object, {services: BarePublicServices, desk: BareCustomerService}>} */
const made = new WeakMap();

function of(face) {
  const known = made.get(face) ?? { services: new BarePublicServices(face.client), desk: new BareCustomerService(face.client) };
  made.set(face, known);
  return known;
}

const refuse = (name) => {
  throw new shared.Refusal(shared.ErrorCode[name]);
};

const menuItem = ({ id, name, type, sunMenuItems = [], url }) =>
  new shared.PublicServiceMenuItem(id, name, type, sunMenuItems.map(menuItem), url);

function profile({ conversation, introduction, menu, name, portraitUri, followed, global }) {
  const { type, targetId } = conversation;
  return new shared.PublicServiceProfile(type, introduction, menu.map(menuItem), name, portraitUri, targetId, followed, global);
}

/** `time`: only what changed then or later. */
export async function followed(face, time = 0) {
  return (await of(face).services.followed({ since: Number.isSafeInteger(time) ? time : 0 })).map(profile);
}

export async function oneProfile(face, type, targetId) {
  const { services } = of(face);
  if (![7, 8].includes(type) || typeof targetId !== 'string' || targetId === '') refuse('PARAMETER_ERROR');
  const found = await services.search(targetId, { type, exact: true });
  const one = found.find(({ conversation }) => conversation.targetId === targetId);
  return one ? profile(one) : null;
}

/** `how`: `SearchType`, 0 exact, 1 fuzzy. */
export async function search(face, type, how, keyword) {
  const options = { exact: how === 0, ...(type === null ? {} : { type }) };
  return (await of(face).services.search(keyword, options)).map(profile);
}

export const subscribe = (face, type, targetId) => of(face).services.follow({ type, targetId });
export const unsubscribe = (face, type, targetId) => of(face).services.unfollow({ type, targetId });

const talkWith = (face, custId) => of(face).desk.talk(custId) ?? refuse('CLOSE_BEFORE_OPEN');

/** `content`: {userInfo, requestInfo}, a `HandShakeMessage`, or the id of a group of agents. */
export async function start(face, custId, content) {
  const more = typeof content === 'object' && content !== null ? content : {};
  const { data } = await of(face).desk.begin(custId, { userInfo: more.userInfo, requestInfo: more.requestInfo });
  return { ...data };
}

export const stop = async (face, custId) => talkWith(face, custId).end();

const STATUS = { coming: 1, nobody: 2, never: 3 };

export async function toHuman(face, custId) {
  const { answer, before } = await talkWith(face, custId).human();
  return { status: STATUS[answer], before };
}

export const rateRobot = async (face, custId, isResolved, remark) =>
  talkWith(face, custId).rateRobot({ resolved: Boolean(isResolved), remark: remark ?? '' });

export const rateHuman = async (face, custId, stars, remark) => talkWith(face, custId).rateHuman({ stars, remark: remark ?? '' });
