/** Calls, with the answers of 2.x. */
import { BareCalls } from '../../rtc/calls.js';
import { membersOf, objectOf } from '../../rtc/room.js';

/** @type {typeof import('../lazy.js').shared} */
let shared;

/** @param {typeof import('../lazy.js').shared} given */
export function share(given) {
  shared = given;
}

/** One for each `init`. What comes in is answered by the application, not by itself. @type {WeakMap<object, BareCalls>} */
const all = new WeakMap();

function callsOf(face) {
  const known = all.get(face) ?? new BareCalls(face.client, { answers: false });
  all.set(face, known);
  return known;
}

const refuse = (name) => {
  throw new shared.Refusal(shared.ErrorCode[name]);
};

/** What began before this file was loaded. */
export const hear = (face, message) => callsOf(face).hear(message);

export async function startCall(face, type, targetId, userIds, mediaType, extra) {
  return callsOf(face).start({ type, targetId }, { userIds: userIds ?? [], mediaType, extra: extra ?? '' });
}

export const joinCall = (face, mediaType) => callsOf(face).accept(mediaType === undefined ? {} : { mediaType });

const isOf = ({ conversation }, type, targetId) => conversation.type === type && conversation.targetId === targetId;

function callIn(face, type, targetId) {
  const calls = callsOf(face);
  if (!calls.current || !isOf(calls.current, type, targetId)) refuse('VOIP_NOT_AVALIABLE');
  return calls;
}

export async function hungupCall(face, type, targetId, reason) {
  const calls = callIn(face, type, targetId);
  const { current } = calls;
  await calls.hangUp(Number.isInteger(reason) ? reason : undefined);
  return current;
}

export async function changeMediaType(face, type, targetId, mediaType) {
  const calls = callIn(face, type, targetId);
  await calls.setMediaType(mediaType);
  return calls.current;
}

export async function dynamicKey(face, engineType, channelName) {
  if (!Number.isInteger(engineType) || !isText(channelName)) refuse('PARAMETER_ERROR');
  return face.client.ask('qryVoipK', null, { engineType, channelName });
}

const isText = (text) => typeof text === 'string' && text !== '';

/** A room is named by its id, or by an object that has one. */
const idOf = (room) => {
  const id = typeof room === 'object' && room !== null ? room.id : room;
  return isText(id) ? id : refuse('PARAMETER_ERROR');
};

function kindOf(room) {
  const { mode = 1, broadcastType } = typeof room === 'object' && room !== null ? room : {};
  return { roomType: mode, ...(broadcastType === undefined ? {} : { broadcastType }) };
}

/** 2.5.3 asks for the newest first. */
const NEWEST = { order: 2 };

const withUsers = (answer) => ({ ...answer, users: membersOf(answer.list) });
const ask = (face, topic, room, body) => face.client.ask(topic, idOf(room), body);

export const joinRoom = async (face, room) => withUsers(await ask(face, 'rtcRJoin_data', room, kindOf(room)));
export const quitRoom = (face, room) => ask(face, 'rtcRExit', room);
export const ping = (face, room) => ask(face, 'rtcPing', room, kindOf(room));
export const userInfoList = async (face, room) => withUsers(await ask(face, 'rtcUData', room, NEWEST));
export const userList = async (face, room) => withUsers(await ask(face, 'rtcUList', room, NEWEST));

export async function roomInfo(face, room) {
  const answer = await ask(face, 'rtcRInfo', room, NEWEST);
  return { id: idOf(room), total: answer.userCount ?? 0, ...answer, ...objectOf(answer.roomData), users: membersOf(answer.list) };
}

const infoIn = ({ key, value } = {}) => (isText(key) && typeof value === 'string' ? { key, value } : refuse('PARAMETER_ERROR'));
const keysIn = (given) => {
  const named = typeof given === 'object' && given !== null && !Array.isArray(given) ? given.keys ?? given.key : given;
  const keys = [].concat(named ?? []);
  return keys.every(isText) ? { key: keys } : refuse('PARAMETER_ERROR');
};

export const setUserInfo = async (face, room, info) => ask(face, 'rtcUPut', room, infoIn(info ?? undefined));
export const removeUserInfo = async (face, room, info) => ask(face, 'rtcUDel', room, keysIn(info));
export const setRoomInfo = async (face, room, info) => ask(face, 'rtcRPut', room, infoIn(info ?? undefined));
export const removeRoomInfo = async (face, room, info) => ask(face, 'rtcRDel', room, keysIn(info));

/** The message that goes with it: `{name, content}`. */
function noticeIn(message) {
  const { name, content = {} } = message ?? {};
  if (!isText(name)) return {};
  return { objectName: name, content: typeof content === 'string' ? content : JSON.stringify(content) };
}

export const setData = async (face, target, room, key, value, isInner, message) =>
  ask(face, 'rtcSetData', room, { interior: Boolean(isInner), target, ...infoIn({ key, value: textOf(value) }), ...noticeIn(message) });

export async function getData(face, target, room, keys, isInner) {
  const { outInfo } = await ask(face, 'rtcQryData', room, { interior: Boolean(isInner), target, ...keysIn(keys) });
  return objectOf(outInfo);
}

export const removeData = async (face, target, room, keys, isInner, message) =>
  ask(face, 'rtcDelData', room, { interior: Boolean(isInner), target, ...keysIn(keys), ...noticeIn(message) });

/** Objects are kept as their JSON. */
const textOf = (value) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : value);

export async function setOutData(face, room, data, type, message) {
  if (type !== 1 && type !== 2) refuse('PARAMETER_ERROR');
  const valueInfo = [].concat(data ?? []).map(({ key, value } = {}) => infoIn({ key, value: textOf(value) }));
  if (valueInfo.length === 0) refuse('PARAMETER_ERROR');
  return ask(face, 'rtcSetOutData', room, { target: type, valueInfo, ...noticeIn(message) });
}

export async function outData(face, room, userIds) {
  const ids = [].concat(userIds ?? []);
  if (!ids.every(isText)) refuse('PARAMETER_ERROR');
  const { user } = await ask(face, 'rtcQryUserOutData', room, { userId: ids });
  return membersOf(user);
}

export const token = (face, room) => ask(face, 'rtcToken', room, kindOf(room));

export const setState = async (face, room, content) => ask(face, 'rtcUserState', room, { id: textOf(content?.report ?? content) ?? '' });
