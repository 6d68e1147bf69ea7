/** Groups that accounts run by themselves. */
export class Groups {
  #ask;

  /** @param {(name: string, body?: object) => Promise<any>} ask */
  constructor(ask) {
    this.#ask = (name, body) => ask(`groups${name}`, body);
  }

  async list() {
    return (await this.#ask('')).groups;
  }

  create(name, { userIds = [], open = false } = {}) {
    return this.#ask('/create', { name, userIds, open });
  }

  join(groupId) {
    return this.#ask('/join', { groupId });
  }

  async leave(groupId) {
    await this.#ask('/leave', { groupId });
  }

  invite(groupId, userIds) {
    return this.#ask('/invite', { groupId, userIds });
  }

  remove(groupId, userId) {
    return this.#ask('/remove', { groupId, userId });
  }

  setRole(groupId, userId, role) {
    return this.#ask('/role', { groupId, userId, role });
  }

  rename(groupId, name) {
    return this.#ask('/rename', { groupId, name });
  }

  async dismiss(groupId) {
    await this.#ask('/dismiss', { groupId });
  }
}
