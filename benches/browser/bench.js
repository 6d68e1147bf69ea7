// From the bytes of a pull's answer to the page's listener, ours and a protobufjs decoder's, in
// turns on the same bytes. `window.measure` is called by scripts/bench.mjs.
import { createClient, init } from '/pkg/index.js';
import { Peer } from './peer.js';
import { deliver } from './rival.js';
import { Workload } from './workload.js';

/** A frame holds 128 KiB: more messages come in pages of so many. */
const PAGE = 200;

const { parse, util, configure } = window.protobuf;
/** Numbers instead of Long objects: quicker for protobufjs, and exact for times. */
util.Long = null;
configure();

const proto = await (await fetch('/src/proto/rmtp.proto')).text();
const { root } = parse(proto, { keepCase: true });
const [Messages, Notify] = ['DownStreamMessages', 'NotifyMsg'].map((name) => root.lookupType(name));
await init();
const peer = new Peer();

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Waits until the client has done what it does after a login. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 50));

class Contest {
  #workload;
  #heard = [];
  /** When the last message of a page was heard. */
  #heardAt = 0;
  #client = createClient({ appKey: 'bench', navigators: 'http://bench.invalid', persist: false });

  constructor(kind) {
    this.#workload = new Workload(kind);
  }

  async start() {
    this.#client.on('message', this.#listen);
    await this.#client.connect(`token-${Math.random()}`);
    await settle();
    // The first pull after a login.
    if (peer.pull !== null) peer.say(peer.page(this.#encode(1)[0]));
    await settle();
    this.#heard = [];
  }

  stop() {
    this.#client.destroy();
  }

  /** One round, in ms: ours until the last listener has run, ours until nothing is left to do, theirs. */
  round(count, oursFirst) {
    const pages = this.#encode(count);
    const [ours, theirs] = [() => this.#ours(pages), () => this.#theirs(pages)];
    const first = oursFirst ? ours() : theirs();
    const second = oursFirst ? theirs() : ours();
    const [mine, rival] = oursFirst ? [first, second] : [second, first];
    if (mine.heard !== count || rival.heard !== count) throw new Error(`heard ${mine.heard} and ${rival.heard} of ${count}`);
    if (mine.last !== rival.last) throw new Error(`not the same:\n${mine.last}\n${rival.last}`);
    return [mine.heardMs, mine.ms, rival.ms];
  }

  #listen = (message, { left }) => {
    this.#heard.push(message);
    if (left === 0) this.#heardAt = performance.now();
  };

  #encode(count) {
    const pages = [];
    for (let left = count; left > 0; left -= PAGE) {
      const page = this.#workload.page(Math.min(left, PAGE), left <= PAGE);
      pages.push(Messages.encode(Messages.fromObject(page)).finish());
    }
    return pages;
  }

  #ours(pages) {
    peer.ring(Notify.encode({ type: 1, hyHead: this.#workload.head }).finish());
    let [ms, heardMs] = [0, 0];
    for (const page of pages) {
      const frame = peer.page(page);
      const start = performance.now();
      peer.say(frame);
      ms += performance.now() - start;
      heardMs += this.#heardAt - start;
    }
    return { ...this.#told(ms), heardMs };
  }

  #theirs(pages) {
    let ms = 0;
    for (const page of pages) {
      const frame = Uint8Array.from(page);
      const start = performance.now();
      deliver(Messages, frame, this.#listen);
      ms += performance.now() - start;
    }
    return this.#told(ms);
  }

  #told(ms) {
    const heard = this.#heard.splice(0);
    // A message that was sent before the login is marked by ours alone.
    return { ms, heard: heard.length, last: JSON.stringify({ ...heard.at(-1), offline: false }) };
  }
}

/** The page's clock shows 5 µs: small batches are timed so many times for one sample. */
const timesOf = (count) => Math.max(1, Math.ceil(200 / count));

/** Both are compiled by and by, while they run: so many batches and messages come before the samples. */
const WARM = { batches: 4_000, messages: 30_000 };

async function warm(sample, count) {
  const batches = Math.min(WARM.batches, WARM.messages / count);
  for (let done = 0; done < batches; done += timesOf(count)) {
    sample();
    await new Promise((resolve) => setTimeout(resolve));
  }
}

/** Medians of both in ms, and the median of the samples' ratios. */
window.measure = async (kind, count, samples) => {
  const contest = new Contest(kind);
  await contest.start();
  const times = timesOf(count);
  let turn = 0;
  const sample = () => {
    const sum = [0, 0, 0];
    for (let n = 0; n < times; n += 1) contest.round(count, (turn += 1) % 2 === 0).forEach((ms, who) => (sum[who] += ms / times));
    return sum;
  };
  await warm(sample, count);
  const all = [];
  for (let n = 0; n < samples; n += 1) {
    all.push(sample());
    // Timers and collections between the samples, not in them.
    await new Promise((resolve) => setTimeout(resolve));
  }
  contest.stop();
  const [heard, ours, theirs] = [0, 1, 2].map((who) => median(all.map((ms) => ms[who])));
  const [ratio, wholeRatio] = [0, 1].map((who) => median(all.map((ms) => ms[2] / ms[who])));
  return { heard, ours, theirs, ratio, wholeRatio };
};
window.ready = true;
