/** Customer service, the customer's side: talks with a robot or an agent. */
import { tellAll } from '../report.js';
import { Failing } from './bare.js';

const CUSTOMER_SERVICE = 5;
/** The server answers a handshake or a wish for a human within this, ms. */
const ANSWER_MS = 10_000;

/** `mode` of the handshake and `serviceStatus` of an update. */
const MODES = { 1: 'robot', 2: 'human', 3: 'waiting', 0: 'over' };
/** `data.status` of the answer to a wish for a human. */
const ANSWERS = { 1: 'coming', 2: 'nobody', 3: 'never' };

export class BareCustomerService extends Failing {
  #client;
  #answerMs;
  /** By id of the customer service. @type {Map<string, Talk>} */
  #talks = new Map();
  /** Who waits for which answer: by service and class. @type {Map<string, (content: object) => void>} */
  #waiting = new Map();
  #stop;

  /** @param {import('../index.js').Client} client */
  constructor(client, { answerMs = ANSWER_MS } = {}) {
    super();
    if (typeof client?.submit !== 'function') throw this.senseless('CustomerService needs a client');
    this.#client = client;
    this.#answerMs = answerMs;
    this.#stop = client.on('message', (message) => this.#hear(message));
  }

  /** Hears no more: talks stay as they are, and who waits for an answer gets none. */
  close() {
    this.#stop();
    this.#talks.clear();
  }

  /** @returns {Talk | null} */
  talk(serviceId) {
    return this.#talks.get(serviceId) ?? null;
  }

  async begin(serviceId, { userInfo, requestInfo } = {}) {
    if (typeof serviceId !== 'string' || serviceId === '') throw this.senseless('a customer service is named by its id, a text');
    const { status = 1, msg, data } = await this.asked(serviceId, 'RC:CsHs', { userInfo, requestInfo }, 'RC:CsHsR');
    if (Number(status) !== 1 || !data) throw this.failure(20406, 'server', msg || undefined);
    const known = this.#talks.get(serviceId);
    const talk = known?.sid === String(data.sid) ? known : new Talk(this, serviceId, data);
    this.#talks.set(serviceId, talk);
    talk.moved(MODES[data.mode] ?? 'robot');
    // Services without a robot in front want this.
    if (data.notAutoCha === '1' && ['2', '4'].includes(String(data.serviceType)) && talk.mode === 'robot') await talk.human();
    return talk;
  }

  /** Sends what steers a talk. */
  tell(serviceId, objectName, body) {
    const ref = { type: CUSTOMER_SERVICE, targetId: serviceId };
    return this.#client.submit(ref, { objectName, body, persisted: false, counted: false }, { keep: false, giveUpAfterMs: this.#answerMs }).sent;
  }

  /** The same, and the content that answers it. */
  asked(serviceId, objectName, body, answer) {
    return new Promise((resolve, reject) => {
      const key = `${answer} ${serviceId}`;
      const timer = setTimeout(() => ended(() => reject(this.failure(-1, 'network'))), this.#answerMs);
      const ended = (settle) => {
        clearTimeout(timer);
        if (this.#waiting.get(key) === heard) this.#waiting.delete(key);
        settle();
      };
      const earlier = this.#waiting.get(key);
      const heard = (content) => {
        ended(() => resolve(content));
        earlier?.(content);
      };
      this.#waiting.set(key, heard);
      this.tell(serviceId, objectName, body).catch((error) => ended(() => reject(error)));
    });
  }

  #hear({ conversation, objectName, content, direction }) {
    if (conversation.type !== CUSTOMER_SERVICE || direction !== 'received') return;
    const { targetId } = conversation;
    this.#waiting.get(`${objectName} ${targetId}`)?.(content);
    this.#talks.get(targetId)?.hear(objectName, content);
  }
}

/** A talk with a customer service. */
export class Talk {
  /** Kept when names are made short. */
  static name = 'Talk';
  #desk;
  #listeners = new Set();
  mode = 'robot';

  constructor(desk, serviceId, data) {
    this.#desk = desk;
    this.serviceId = serviceId;
    this.conversation = Object.freeze({ type: CUSTOMER_SERVICE, targetId: serviceId });
    this.sid = String(data.sid);
    this.data = data;
  }

  onMode(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async human() {
    this.#open();
    const { data = {} } = await this.#desk.asked(this.serviceId, 'RC:CSCha', this.#ids, 'RC:CsChaR');
    const answer = ANSWERS[data.status] ?? 'nobody';
    if (answer === 'coming' && this.mode === 'robot') this.moved('waiting');
    return { answer, before: Number(data.before ?? 0) };
  }

  async rateRobot({ resolved, remark = '' } = {}) {
    if (typeof resolved !== 'boolean') throw this.#desk.senseless('resolved says whether the robot helped: true or false');
    await this.#rate({ type: 0, isresolve: Number(resolved), suggest: this.#checked(remark) });
  }

  async rateHuman({ stars, remark = '' } = {}) {
    if (!Number.isInteger(stars) || stars < 1 || stars > 5) throw this.#desk.senseless('an agent is rated by 1 to 5 stars', 33003);
    await this.#rate({ type: 1, source: stars, suggest: this.#checked(remark) });
  }

  async end() {
    if (this.mode === 'over') return;
    await this.#desk.tell(this.serviceId, 'RC:CsSp', this.#ids);
    this.moved('over');
  }

  /** What the server says of it. */
  hear(objectName, { sid, code, serviceStatus }) {
    if (sid !== undefined && String(sid) !== this.sid) return;
    if (objectName === 'RC:CsEnd') this.moved(Number(code) === 1 ? 'robot' : 'over');
    if (objectName === 'RC:CsUpdate' && MODES[serviceStatus]) this.moved(MODES[serviceStatus]);
  }

  moved(mode) {
    if (mode === this.mode) return;
    this.mode = mode;
    tellAll(this.#listeners, mode);
  }

  get #ids() {
    const { uid, pid } = this.data;
    return { uid, sid: this.sid, pid };
  }

  /** A talk may be rated when it is over. */
  #rate(rating) {
    return this.#desk.tell(this.serviceId, 'RC:CsEva', { ...this.#ids, ...rating });
  }

  #checked(remark) {
    if (typeof remark !== 'string' || remark.length > 1000) throw this.#desk.senseless('a remark is a text of up to 1000 characters', 33003);
    return remark;
  }

  #open() {
    if (this.mode === 'over') throw this.#desk.failure(51001, 'caller');
  }
}
