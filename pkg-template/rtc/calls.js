/** Calls between users: invitations, answers and ends, one call at a time. The media go elsewhere. */
import { tellAll } from '../report.js';
import { Call, MEMBER } from './call.js';
import { CallEnd, REMOTE } from './numbers.js';

const NO_CALL = 18;
const IN_CALL = 51002;
/** 2.x names an engine; whose media they are is the application's choice. */
const ENGINE = 1;
/** Whether somebody is brought into a call that is under way. */
const ADDED = 1;

const isText = (text) => typeof text === 'string' && text !== '';
const isMedia = (number) => number === 1 || number === 2;
/** Nobody else has it; `randomUUID` is there in secure pages alone. */
const newCallId = () => crypto.getRandomValues(new Uint32Array(4)).join('-');
const textsIn = (list) => (Array.isArray(list) ? [...new Set(list.filter(isText))] : []);

export class BareCalls {
  static failure = (code, origin, detail, cause) => Object.assign(new Error(detail, { cause }), { code, origin });

  #client;
  #ringMs;
  /** Whether invitations are answered by themselves: by ringing, or that the line is busy. */
  #answers;
  /** @type {Call | null} */
  #call = null;
  #timer = null;
  #listeners = new Set();
  #off;

  /**
   * @param {import('../index.js').Client} client
   * @param {{ringMs?: number, answers?: boolean}} [options]
   */
  constructor(client, { ringMs = 60_000, answers = true } = {}) {
    if (typeof client?.submit !== 'function') throw this.#failure(-3, 'Calls needs a client');
    this.#client = client;
    this.#ringMs = ringMs;
    this.#answers = answers;
    this.#off = client.on('message', (message) => this.hear(message));
  }

  /** The call that is under way, or null. */
  get current() {
    return this.#call?.snapshot() ?? null;
  }

  /** Tells of each change. Returns what stops it. */
  watch(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  destroy() {
    this.#off();
    clearTimeout(this.#timer);
    this.#listeners.clear();
    this.#call = null;
  }

  /** Calls the other side, or these members of a group or discussion. */
  async start({ type, targetId } = {}, { userIds, mediaType = 1, extra = '', channel } = {}) {
    const others = type === 1 ? [targetId] : textsIn(userIds);
    const isMeant = [1, 2, 3].includes(type) && isText(targetId) && isMedia(mediaType) && others.length > 0 && !others.includes(this.#me);
    if (!isMeant) throw this.#failure(-3, 'a call goes to a user, or to members of a group, with a media type of 1 or 2');
    if (this.#call) throw this.#failure(IN_CALL);
    const id = newCallId();
    const channelInfo = { Id: channel ?? id, Key: '' };
    const conversation = { type, targetId };
    this.#begin(new Call({ state: 'outgoing', id, conversation, caller: this.#me, mediaType, channelInfo, engineType: ENGINE, extra, others, startTime: this.#now() }));
    const call = this.#call;
    await this.#say('VCInvite', { engineType: ENGINE, channelInfo, mediaType, inviteUserIds: others, observerUserIds: [], extra })
      .catch((error) => {
        if (this.#call === call) this.#over(CallEnd.NETWORK_ERROR, this.#me);
        throw error;
      });
    return call.snapshot();
  }

  /** Takes the call that comes in. */
  async accept({ mediaType = this.#call?.mediaType } = {}) {
    if (this.#call?.state !== 'incoming') throw this.#failure(NO_CALL);
    if (!isMedia(mediaType)) throw this.#failure(-3, 'a media type is 1 or 2');
    const call = this.#call;
    await this.#say('VCAccept', { mediaType });
    if (this.#call !== call) throw this.#failure(NO_CALL);
    clearTimeout(this.#timer);
    call.mediaType = mediaType;
    call.moved(call.inviter, MEMBER.CONNECTED);
    call.connected(this.#now());
    this.#tell('connected');
    return call.snapshot();
  }

  /** Ends it for this user: cancels, refuses or hangs up, as it stands. */
  async hangUp(reason = this.#reason()) {
    if (!this.#call) throw this.#failure(NO_CALL);
    const sent = this.#say('VCHangup', { reason });
    this.#over(reason, this.#me);
    await sent;
  }

  /** Sends sound alone, or pictures too. */
  async setMediaType(mediaType) {
    if (this.#call?.state !== 'connected') throw this.#failure(NO_CALL);
    if (!isMedia(mediaType)) throw this.#failure(-3, 'a media type is 1 or 2');
    await this.#say('VCModifyMedia', { mediaType });
    if (this.#call) this.#call.mediaType = mediaType;
    this.#tell('media');
  }

  /** Brings more members of the group into the call. */
  async invite(userIds) {
    const call = this.#call;
    const users = textsIn(userIds);
    if (!call || call.conversation.type === 1) throw this.#failure(NO_CALL);
    if (users.length === 0) throw this.#failure(-3, 'who is invited are user ids');
    const { caller, channelInfo, mediaType, extra } = call;
    const existedMemberStatusList = [...call.members.filter(({ state }) => state !== MEMBER.LEFT), { userId: this.#me, state: MEMBER.CONNECTED, mediaType: call.mediaType }];
    for (const userId of users) call.invited(userId);
    await this.#say('VCModifyMem', {
      modifyMemType: ADDED, caller, engineType: ENGINE, channelInfo, mediaType, extra, inviteUserIds: users, existedMemberStatusList, observerUserIds: [],
    });
    this.#tell('members');
  }

  /** A message, whatever its class. */
  hear(message) {
    const { objectName, content, senderUserId, direction } = message;
    if (typeof objectName !== 'string' || !objectName.startsWith('RC:VC') || !isText(content?.callId)) return;
    const mine = direction === 'sent' || senderUserId === this.#me;
    if (objectName === 'RC:VCInvite' || objectName === 'RC:VCModifyMem') {
      if (!mine) this.#invited(message);
    } else if (content.callId === this.#call?.id) {
      if (mine) this.#elsewhere(objectName);
      else this.#moved(senderUserId, objectName, content);
    }
  }

  get #me() {
    return this.#client.userId;
  }

  #now() {
    return Date.now() + this.#client.serverTimeOffset;
  }

  #failure(code, detail) {
    return this.constructor.failure(code, 'caller', detail);
  }

  /** How this user ends the call that stands so. */
  #reason() {
    const { state } = this.#call ?? {};
    if (state === 'connected') return CallEnd.HANGUP;
    return state === 'incoming' ? CallEnd.REJECT : CallEnd.CANCEL;
  }

  #begin(call) {
    this.#call = call;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#noResponse(), Math.max(0, call.startTime + this.#ringMs - this.#now()));
    this.#timer.unref?.();
  }

  #noResponse() {
    const call = this.#call;
    if (!call || call.state === 'connected') return;
    const sent = this.#answers || call.state === 'outgoing' ? this.#say('VCHangup', { reason: CallEnd.NO_RESPONSE }) : Promise.resolve();
    sent.catch(() => {});
    this.#over(CallEnd.NO_RESPONSE, this.#me);
  }

  #invited({ conversation, senderUserId, content, objectName, sentTime }) {
    const { callId, inviteUserIds, caller = senderUserId, mediaType, channelInfo, engineType, extra } = content;
    const users = textsIn(inviteUserIds);
    if (callId === this.#call?.id) return this.#added(users, objectName);
    const isStale = sentTime + this.#ringMs < this.#now();
    const isForMe = conversation.type === 1 || users.includes(this.#me);
    if (isStale || !isForMe || !isMedia(mediaType)) return;
    if (this.#call) {
      if (this.#answers) this.#reply(conversation, senderUserId, 'VCHangup', { callId, reason: CallEnd.BUSYLINE });
      return;
    }
    const there = Array.isArray(content.existedMemberStatusList) ? content.existedMemberStatusList.map((one) => one?.userId) : [];
    const others = textsIn([senderUserId, ...users, ...there]).filter((userId) => userId !== this.#me);
    this.#begin(new Call({ state: 'incoming', id: callId, conversation, caller, inviter: senderUserId, mediaType, channelInfo, engineType, extra, others, startTime: sentTime }));
    this.#tell('incoming');
    if (this.#answers) this.#reply(conversation, senderUserId, 'VCRinging', { callId });
  }

  #added(users, objectName) {
    if (objectName !== 'RC:VCModifyMem') return;
    for (const userId of users) if (userId !== this.#me) this.#call.invited(userId);
    this.#tell('members');
  }

  /** Another device of this user has answered. */
  #elsewhere(objectName) {
    if (this.#call.state !== 'incoming') return;
    if (objectName === 'RC:VCAccept' || objectName === 'RC:VCHangup') this.#over(CallEnd.ELSEWHERE, this.#me);
  }

  #moved(userId, objectName, content) {
    const call = this.#call;
    const mediaType = isMedia(content.mediaType) ? content.mediaType : undefined;
    switch (objectName) {
      case 'RC:VCRinging':
        if (call.moved(userId, MEMBER.RINGING)) this.#tell('ringing', userId);
        break;
      case 'RC:VCAccept':
        if (!call.moved(userId, MEMBER.CONNECTED, mediaType)) break;
        if (call.state === 'outgoing') {
          clearTimeout(this.#timer);
          call.connected(this.#now());
        }
        this.#tell('accepted', userId);
        break;
      case 'RC:VCModifyMedia':
        if (mediaType && call.media(userId, mediaType)) this.#tell('media', userId);
        break;
      case 'RC:VCHangup':
        this.#left(userId, Number.isInteger(content.reason) ? content.reason : CallEnd.HANGUP);
        break;
    }
  }

  #left(userId, reason) {
    const call = this.#call;
    if (!call.moved(userId, MEMBER.LEFT)) return;
    const callerGave = call.state === 'incoming' && userId === call.inviter;
    if (call.present.length === 0 || callerGave) this.#over(reason + (reason <= CallEnd.NETWORK_ERROR ? REMOTE : 0), userId);
    else this.#tell('left', userId);
  }

  #over(reason, by) {
    const call = this.#call;
    clearTimeout(this.#timer);
    call.over(reason, by, this.#now());
    this.#call = null;
    this.#tell('ended', by, call);
  }

  #tell(what, userId = this.#me, call = this.#call) {
    if (!call) return;
    const change = { what, userId, call: call.snapshot(), summary: what === 'ended' ? call.summary : null };
    tellAll(this.#listeners, change);
  }

  /** To all who are still in the call. */
  #say(name, content) {
    const { id, conversation, present } = this.#call;
    return this.#send(conversation, present, name, { callId: id, ...content });
  }

  /** To one, who need not wait for it. */
  #reply(conversation, userId, name, content) {
    this.#send(conversation, [userId], name, content).catch(() => {});
  }

  async #send(conversation, users, name, body) {
    const onlyTo = conversation.type === 1 ? [] : users;
    const { sent } = this.#client.submit(conversation, { objectName: `RC:${name}`, body }, { onlyTo, keep: false, giveUpAfterMs: this.#ringMs });
    return sent;
  }
}
