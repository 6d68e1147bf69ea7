/** One call and how it stands. It knows no clock and sends nothing. */

/** A member, by how it stands. */
export const MEMBER = Object.freeze({ INVITED: 'invited', RINGING: 'ringing', CONNECTED: 'connected', LEFT: 'left' });

export class Call {
  state;
  connectedTime = 0;
  /** Once it is over. */
  end = null;
  /** The others. @type {Map<string, {state: string, mediaType: number}>} */
  #members = new Map();

  /**
   * @param {object} of
   * @param {'outgoing' | 'incoming'} of.state
   */
  constructor({ state, id, conversation, caller, inviter = caller, mediaType, channelInfo, engineType, extra, others, startTime }) {
    Object.assign(this, { state, id, conversation, caller, inviter, mediaType, channelInfo, engineType, extra, startTime });
    for (const userId of others) this.invited(userId);
  }

  invited(userId) {
    const known = this.#members.get(userId);
    if (known === undefined || known.state === MEMBER.LEFT) this.#members.set(userId, { state: MEMBER.INVITED, mediaType: this.mediaType });
  }

  /** Whether that was news. */
  moved(userId, state, mediaType) {
    const member = this.#members.get(userId) ?? { state: MEMBER.INVITED, mediaType: this.mediaType };
    const isNews = member.state !== state && !(state === MEMBER.RINGING && member.state !== MEMBER.INVITED);
    if (isNews) this.#members.set(userId, { state, mediaType: mediaType ?? member.mediaType });
    return isNews;
  }

  /** Changes what somebody sends; whether somebody did. */
  media(userId, mediaType) {
    const member = this.#members.get(userId);
    if (member === undefined || member.mediaType === mediaType) return false;
    this.#members.set(userId, { ...member, mediaType });
    return true;
  }

  connected(now) {
    if (this.state === 'connected') return;
    this.state = 'connected';
    this.connectedTime = now;
  }

  /** Who is still asked, or there. */
  get present() {
    return [...this.#members].filter(([, { state }]) => state !== MEMBER.LEFT).map(([userId]) => userId);
  }

  get members() {
    return [...this.#members].map(([userId, member]) => ({ userId, ...member }));
  }

  over(reason, by, now) {
    this.state = 'ended';
    this.end = { reason, by, time: now };
  }

  /** As `RC:VCSummary` has it. */
  get summary() {
    const { caller, inviter, mediaType, startTime, connectedTime, end } = this;
    const duration = end && connectedTime ? end.time - connectedTime : 0;
    const memberIdList = this.members.map(({ userId }) => userId);
    return { caller, inviter, mediaType, memberIdList, startTime, connectedTime, duration, status: end?.reason ?? 0 };
  }

  /** What a page is shown. */
  snapshot() {
    const { id, state, conversation, caller, inviter, mediaType, channelInfo, extra, startTime, connectedTime, end } = this;
    return { id, state, conversation, caller, inviter, mediaType, channelInfo, extra, startTime, connectedTime, end, members: this.members };
  }
}
