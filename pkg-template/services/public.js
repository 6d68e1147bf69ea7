/** Public services: found, followed, spoken to by their menus. */
import { Failing } from './bare.js';

const APP = 7;
const PUBLIC = 8;
/** The server tells so many at a time. */
const PAGE = 100;

/** Bits of a search, by kind: which kind, exact, in part. */
const KINDS = { [PUBLIC]: [1, 8, 32], [APP]: [2, 4, 16] };
const FOLLOW = { [APP]: 'mcFollow', [PUBLIC]: 'mpFollow' };
const UNFOLLOW = { [APP]: 'mcUnFollow', [PUBLIC]: 'mpUnFollow' };

const isText = (value) => typeof value === 'string' && value !== '';

/** @returns {import('../services.js').PublicServiceProfile} */
function profileOf({ mpid, name, type, time, portraitUrl = '', extra = '' }) {
  const { isGlobal, introduction, menu, follow } = objectOf(extra);
  return {
    conversation: { type: type === 'mc' ? APP : PUBLIC, targetId: mpid },
    name,
    portraitUri: portraitUrl,
    introduction: isText(introduction) ? introduction : '',
    menu: Array.isArray(menu) ? menu : [],
    global: Boolean(isGlobal),
    followed: follow !== false,
    time: Number(time),
  };
}

function objectOf(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

export class BarePublicServices extends Failing {
  #client;

  /** @param {import('../index.js').Client} client */
  constructor(client) {
    super();
    if (typeof client?.ask !== 'function') throw this.senseless('PublicServices needs a client');
    this.#client = client;
  }

  async followed({ since = 0 } = {}) {
    const known = new Map();
    let [time, mpid] = [since, ''];
    for (;;) {
      const { info = [] } = await this.#client.ask('pullMp', null, { time, mpid });
      const before = known.size;
      for (const one of info) known.set(`${one.type}:${one.mpid}`, one);
      // A server that knows no places gives everything each time.
      if (info.length < PAGE || known.size === before) return [...known.values()].map(profileOf);
      ({ time, mpid } = info.at(-1));
    }
  }

  async search(keyword, { type, exact = false } = {}) {
    if (!isText(keyword)) throw this.senseless('what is searched for is a text');
    if (type !== undefined && !Object.hasOwn(KINDS, type)) throw this.senseless('the type of a public service is 7 or 8');
    const kinds = type === undefined ? Object.values(KINDS) : [KINDS[type]];
    const bits = kinds.reduce((sum, [kind, whole, part]) => sum | kind | (exact ? whole : part), 0);
    const { info = [] } = await this.#client.ask('schMp', null, { type: bits, id: keyword });
    return info.map(profileOf);
  }

  async follow(ref) {
    return this.#follow(FOLLOW, ref);
  }

  async unfollow(ref) {
    return this.#follow(UNFOLLOW, ref);
  }

  async choose(ref, item) {
    if (!isText(item?.id)) throw this.senseless('an entry of a menu has an id');
    const { id, name, type, sunMenuItems, url } = item;
    const body = { content: name, menuItem: { id, name, type, sunMenuItems, url } };
    await this.#client.submit(this.#checked(ref), { objectName: 'RC:PSCmd', body, persisted: false, counted: false }, { keep: false }).sent;
  }

  #checked(ref) {
    if (!Object.hasOwn(KINDS, ref?.type) || !isText(ref.targetId)) throw this.senseless('a public service is named by { type: 7 or 8, targetId }');
    return { type: ref.type, targetId: ref.targetId };
  }

  async #follow(topics, ref) {
    const { type, targetId } = this.#checked(ref);
    const { info } = await this.#client.ask(topics[type], null, { id: targetId });
    return info ? profileOf(info) : null;
  }
}
