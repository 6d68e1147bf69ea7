/** Calls of the application's own server, with the answers of 2.x. */
import { BareAccount } from '../../account/account.js';

/** @type {typeof import('../lazy.js').shared} */
let shared;

/** @param {typeof import('../lazy.js').shared} given */
export function share(given) {
  shared = given;
}

/** One for each `init`. @type {WeakMap<object, BareAccount>} */
const accounts = new WeakMap();

/** The option `account` is an address, or what `new Account` takes; without it the host of `api` is asked. */
function accountOf(face) {
  const known = accounts.get(face);
  if (known) return known;
  const { account: given } = face.options;
  const options = typeof given === 'object' && given !== null && !(given instanceof URL) ? { ...given } : { server: given ? String(given) : undefined };
  // As with a navigator, a host alone gets the scheme of what is asked besides.
  if (options.server && /^[\w.-]+(:\d+)?(\/|$)/.test(options.server)) options.server = `${new URL(face.api).protocol}//${options.server}`;
  const server = options.server ?? (options.calls ? undefined : face.api);
  const account = new BareAccount({ ...options, server });
  accounts.set(face, account);
  return account;
}

const refuse = (name) => {
  throw new shared.Refusal(shared.ErrorCode[name]);
};

const isText = (value) => typeof value === 'string' && value !== '';

/** The user with a token, which `connect` renews by itself. */
async function entered(face, account) {
  const token = await account.token();
  const given = new Set([token]);
  const provider = async (need) => {
    const next = await account.token(need);
    given.add(next);
    return next;
  };
  face.ownTokens = { owns: (one) => given.has(one), provider };
  return { ...account.user, token };
}

export async function login(face, params) {
  const account = accountOf(face);
  if (params === undefined || params === null) return account.user ? entered(face, account) : refuse('HAVNODEVICEID');
  if (!isText(params.account) || !isText(params.password)) refuse('PARAMETER_ERROR');
  await account.login(params);
  return entered(face, account);
}

export async function getUserInfo(face, userId) {
  if (!isText(userId)) refuse('PARAMETER_ERROR');
  try {
    return await accountOf(face).getUser(userId);
  } catch (error) {
    // A page that names no application server has what the IM server was told.
    if (face.options.account || face.client.userId === '') throw error;
    const { userName, userPortrait } = await face.client.ask('userInf', userId);
    return { id: userId, userId, name: userName, portrait: userPortrait };
  }
}

/** What 2.x does not name stays as it is; `currentPassword` proves who asks. */
export async function updateUser(face, params) {
  if (typeof params !== 'object' || params === null || !isText(params.userId)) refuse('PARAMETER_ERROR');
  const names = ['userId', 'account', 'password', 'currentPassword', 'sex', 'name', 'portrait'];
  const changes = Object.fromEntries(names.filter((name) => params[name] !== undefined).map((name) => [name, params[name]]));
  if (!Object.values(changes).every((value) => typeof value === 'string')) refuse('PARAMETER_ERROR');
  const account = accountOf(face);
  const user = await account.update(changes);
  if (changes.password !== undefined && face.ownTokens) await entered(face, account);
  return user;
}

export async function logout(face) {
  await accountOf(face).logout();
}

export async function revoked(face, params) {
  await accountOf(face).revoke(params ?? {});
}
