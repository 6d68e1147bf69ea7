/** Rare questions to the server. */
import { Refusal } from './answers.js';
import { ErrorCode } from './error-codes.js';

/** Kinds of files: image, sound, video, other. */
const FILE_TYPES = [1, 2, 3, 4];

const checkedFileType = (type) => {
  if (!FILE_TYPES.includes(type)) throw new Refusal(ErrorCode.QNTKN_FILETYPE_ERROR);
  return type;
};

/** What an upload needs. `key`: the file's name, where the storage wants to know it. */
export async function fileToken(face, fileType, key, httpMethod, queryString) {
  const given = Object.entries({ key, httpMethod, queryString }).filter(([, value]) => typeof value === 'string');
  return face.client.ask('qnTkn', null, { type: checkedFileType(fileType), ...Object.fromEntries(given) });
}

/** Where a file is. `fileName`: the name under which a browser saves it. */
export async function fileUrl(face, fileType, key, fileName) {
  const body = { type: checkedFileType(fileType), key };
  return face.client.ask('qnUrl', null, typeof fileName === 'string' ? { ...body, fileName } : body);
}

/** The user's settings on the server. */
export async function pullSetting(face) {
  const settings = await face.client.ask('pullUS', null, { version: 0 });
  return { ...settings, version: Number(settings.version) };
}

/** How many days the server keeps messages for a user who is away. */
export async function setOfflineDuration(face, days) {
  if (!Number.isInteger(days) || days < 1) throw new Refusal(ErrorCode.PARAMETER_ERROR);
  const { version } = await pullSetting(face);
  return face.client.ask('setOfflineMsgDur', null, { deadline: version, token: String(days) });
}

/** Whether messages wait for the owner of a token, without a login where there is none. */
export async function hasUnread(face, token) {
  try {
    if (face.token === token && face.client.userId !== '') return (await face.client.unreadCount()) > 0;
    const query = new URLSearchParams({ appKey: face.appKey, token, callBack: 'RCCallback' });
    const response = await fetch(`${face.api}/message/exist.js?${query}`);
    const [, status] = /"?status"?\s*:\s*(\d+)/.exec(await response.text());
    return status !== '0';
  } catch {
    throw new Refusal(ErrorCode.UNKNOWN);
  }
}
