// Messages as people write them: 20 users, 5 groups, a nested user in half of the contents, mostly
// Chinese. Times and numbers go on from page to page.

const TEXTS = [
  '今天晚上一起去吃火锅吧，我已经订好了位置，六点半在地铁站门口见。',
  '好的 👌',
  'see you at the usual place, half past six',
  '收到，文件我已经看过了，有两处需要改一下，详细的意见写在附件里。',
  '路上有点堵，可能会晚到十分钟，你们先点菜。',
  'ok',
];

const two = (value) => String(value).padStart(4, '0');

/** What differs from the ordinary: strings never seen before, or contents that need a JSON parser. */
export const KINDS = ['ordinary', 'unseen people', 'other content'];

export class Workload {
  #made = 0;
  #time = Date.now();
  #kind;

  /** @param {string} kind one of {@link KINDS} */
  constructor(kind) {
    this.#kind = kind;
  }

  /** The next `count` messages, as a DownStreamMessages of protobufjs wants them. */
  page(count, finished) {
    const list = Array.from({ length: count }, () => this.#message());
    return { list, syncTime: this.#time, finished, hyEpoch: 'bench', hyHead: this.#made, hyFirst: 1 };
  }

  get head() {
    return this.#made;
  }

  #message() {
    this.#made += 1;
    this.#time += 7;
    const n = this.#made;
    const unseen = this.#kind === 'unseen people';
    const who = unseen ? `person-${n}` : `user_${two(n % 20)}`;
    // Who writes for the first time does it in a group.
    const inGroup = unseen || n % 3 === 0;
    return {
      fromUserId: who,
      type: inGroup ? 3 : 1,
      groupId: inGroup ? `group_${n % 5}` : undefined,
      classname: 'RC:TxtMsg',
      content: new TextEncoder().encode(this.#content(n, who)),
      dataTime: this.#time,
      status: 48,
      msgId: `B${two(n >> 16)}-${two(n % 65536)}-7Q2M-0003`.slice(0, 19),
      direction: 2,
      hySeq: n,
    };
  }

  #content(n, who) {
    const content = TEXTS[n % TEXTS.length];
    if (this.#kind === 'other content') return JSON.stringify({ n, content, extra: 'a "quoted" one' });
    const user = { id: who, name: '王芳', portraitUri: `https://cdn.example.com/avatar/${who}.png` };
    return JSON.stringify(n % 2 === 0 ? { content, extra: '', user } : { content, extra: '' });
  }
}
