/** What a user wants of others, and says of itself. */
import { tellAll } from '../report.js';
import { isText, usersIn } from './checked.js';
import { presenceOf, Watches } from './presence.js';
import { areHours, hoursIn } from './quiet.js';

const LARGEST = 2 ** 31 - 1;

export class BarePeople {
  /** How failures are made; `hongyan/people` makes them {@link HongyanError}s. */
  static failure = (code, origin, detail, cause) => Object.assign(new Error(detail, { cause }), { code, origin });

  /** What the server refused, by its name where it has one among people. */
  static named = (error) => error;

  #failure = this.constructor.failure;
  #client;
  #watches;
  /** @type {Set<(hours: object | null) => void>} */
  #quietListeners = new Set();
  #off;

  /** @param {import('../index.js').Client} client */
  constructor(client) {
    if (typeof client?.ask !== 'function') this.#refuse('People needs a client');
    this.#client = client;
    this.#watches = new Watches((...question) => this.#ask(...question));
    this.#off = [
      client.on('told', ({ topic, body }) => {
        if (topic === 's_stat') this.#watches.hear(body);
        if (topic === 's_us') this.#quietChanged();
      }),
      client.on('status', ({ code }) => {
        if (code === 0) this.#watches.begin();
      }),
    ];
  }

  destroy() {
    for (const off of this.#off) off();
    this.#watches.clear();
    this.#quietListeners.clear();
  }

  async createDiscussion(name, userIds = []) {
    const users = this.#users(userIds, 0);
    const { id } = await this.#ask('crDiz', null, { name: this.#text(name, 'the name of a discussion') });
    if (users.length > 0) await this.invite(id, users);
    return id;
  }

  async invite(id, userIds) {
    await this.#ask('invtDiz', this.#room(id), { users: this.#users(userIds) });
  }

  async discussion(id) {
    const { channelId, channelName, adminUserId, firstTenUserIds, openStatus } = await this.#ask('dizInf', this.#room(id));
    return { id: channelId, name: channelName, ownerId: adminUserId, memberIds: firstTenUserIds, open: openStatus === 0 };
  }

  async leaveDiscussion(id) {
    await this.#ask('quitDiz', this.#room(id));
  }

  async removeMember(id, userId) {
    await this.#ask('evctDiz', this.#room(id), { user: this.#user(userId) });
  }

  async renameDiscussion(id, name) {
    await this.#ask('rename', this.#room(id), { name: this.#text(name, 'the name of a discussion') });
  }

  async setDiscussionOpen(id, open) {
    await this.#ask('pdOpen', this.#room(id), { openStatus: open ? 0 : 1 });
  }

  async block(userId) {
    await this.#ask('addBlack', this.#user(userId), { userId });
  }

  async unblock(userId) {
    await this.#ask('rmBlack', this.#user(userId), { userId });
  }

  async blacklist() {
    return (await this.#ask('getBlack', null)).userIds;
  }

  async isBlocked(userId) {
    const { status } = await this.#ask('blackStat', this.#user(userId), { userId });
    if (status > 1) throw this.#failure(status, 'server');
    return status === 0;
  }

  async userInfo(userId) {
    const { userName, userPortrait } = await this.#ask('userInf', this.#user(userId));
    return { userId, name: userName, portraitUri: userPortrait };
  }

  async presence(userId) {
    return presenceOf(await this.#ask('getUserStatus', this.#user(userId)), userId);
  }

  async setStatus(status) {
    if (!Number.isInteger(status) || status < 0 || status > LARGEST) this.#refuse('a status is a whole number from 0');
    await this.#ask('setUserStatus', null, { status });
  }

  async watch(userIds, listener) {
    if (typeof listener !== 'function') this.#refuse('who watches is told by a function');
    return this.#watches.watch(this.#users(userIds), listener);
  }

  async quietHours() {
    return hoursIn(await this.#ask('pullUS', null, { version: 0 }));
  }

  async setQuietHours(start, minutes) {
    if (!areHours(start, minutes)) this.#refuse('quiet hours begin at a time of day, HH:MM:SS, and last from 1 to 1439 minutes');
    const hours = { start, minutes };
    await this.#ask('hyQuiet', null, hours);
    this.#tellQuiet(hours);
  }

  async removeQuietHours() {
    await this.#ask('hyQuiet', null);
    this.#tellQuiet(null);
  }

  onQuietHours(listener) {
    this.#quietListeners.add(listener);
    return () => this.#quietListeners.delete(listener);
  }

  async #ask(topic, target, body) {
    try {
      return await this.#client.ask(topic, target, body);
    } catch (error) {
      throw this.constructor.named(error);
    }
  }

  /** @returns {never} */
  #refuse(detail) {
    throw this.#failure(-3, 'caller', detail);
  }

  #text(text, what) {
    return isText(text) ? text : this.#refuse(`${what} must be a text that is not empty`);
  }

  #user(userId) {
    return this.#text(userId, "a user's id");
  }

  #room(id) {
    return this.#text(id, "a discussion's id");
  }

  #users(userIds, least) {
    return usersIn(userIds, least) ?? this.#refuse('users are a list of user ids, which are texts');
  }

  #quietChanged() {
    if (this.#quietListeners.size === 0) return;
    // Without a link there will be another login, and the page asks then.
    this.quietHours().then((hours) => this.#tellQuiet(hours), () => {});
  }

  #tellQuiet(hours) {
    tellAll(this.#quietListeners, hours);
  }
}
