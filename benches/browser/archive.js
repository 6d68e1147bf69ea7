// The archive with many messages: called by scripts/bench-archive.mjs. The same texts every time.
import { open } from '/pkg/archive.js';

const CONVERSATIONS = 100;
const ZH = '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运';
const EN = 'the be to of and in that have it for not on with he as you do at this but his by from they we say her she or an will my one all would there their what so up out if about who get which go me when make can like time no just him know take people into year your good some could them see other than then now look only come its over think also back after use two how our work first well way even new want because any these give day most us meeting tomorrow server release invoice contract weather holiday project deadline review picture lunch train ticket hotel payment password coffee garden question answer number letter mother father school music phone doctor'.split(' ');

/** mulberry32: the same numbers on every machine. */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const zh = [...ZH];
/** Frequent ones far more often than rare ones, as in speech. */
const pick = (list, random) => list[Math.floor(list.length * random() ** 2.5)];
/** Two-character words, so that some pairs are far more frequent than chance. */
const words = (() => {
  const random = numbers(7);
  return Array.from({ length: 4_000 }, () => pick(zh, random) + zh[Math.floor(random() * zh.length)]);
})();

function sentence(random) {
  const length = 3 + Math.floor(random() * 10);
  if (random() < 0.5) return Array.from({ length }, () => pick(words, random)).join(random() < 0.3 ? '，' : '');
  return Array.from({ length }, () => pick(EN, random)).join(' ');
}

const START = 1_700_000_000_000;
const ref = (n) => ({ type: n % 3 === 0 ? 3 : 1, targetId: `target-${n}` });

function message(n, random) {
  const own = random() < 0.4;
  return {
    conversation: ref(Math.floor(CONVERSATIONS * random() ** 2)), senderUserId: own ? 'me' : `user-${n % 20}`,
    direction: own ? 'sent' : 'received', objectName: 'RC:TxtMsg', content: { content: sentence(random) },
    sentTime: START + n * 60_000, messageUId: `BENCH-${n.toString(36).toUpperCase().padStart(8, '0')}`,
    clientId: own ? String(n + 1) : '', persisted: true, counted: true, mentioned: false, silent: false, offline: false,
  };
}

const archive = await open({ appKey: 'bench', userId: 'me', maxMessages: 1_000_000 });
archive.on('error', (error) => console.error(error));

async function timed(work) {
  const start = performance.now();
  const result = await work();
  return [performance.now() - start, result];
}

window.fill = async (count) => {
  const random = numbers(1);
  const times = [];
  for (let n = 0; n < count; n += 1_000) {
    const batch = Array.from({ length: 1_000 }, (_, index) => message(n + index, random));
    times.push((await timed(() => archive.put(batch)))[0]);
  }
  return times;
};

window.putOne = async (count) => {
  const random = numbers(2);
  const times = [];
  for (let n = 0; n < count; n += 1) times.push((await timed(() => archive.put([message(10_000_000 + n, random)])))[0]);
  return times;
};

/** In a page that has opened no database yet; the module is fetched and compiled in it, too. */
window.openHistory = async () => {
  const start = performance.now();
  const fresh = await open({ appKey: 'bench', userId: 'me' });
  await fresh.page(ref(3), { count: 50 });
  const all = performance.now() - start;
  const [page] = await timed(() => fresh.page(ref(4), { count: 50 }));
  return { all, page };
};

window.searches = async (count) => {
  const random = numbers(3);
  const slice = (text, least) => text.slice(0, least + Math.floor(random() * Math.max(1, text.length - least)));
  const kinds = {
    'a Chinese word': () => [pick(words, random)],
    'two Chinese words in a row': () => [pick(words, random) + pick(words, random)],
    'one Chinese character': () => [pick(zh, random)],
    'an English word': () => [pick(EN, random)],
    'the beginning of a word': () => [slice(pick(EN, random), 2)],
    'two words anywhere': () => [`${pick(words, random)} ${pick(words, random)}`],
    'a Chinese word in one conversation': () => [pick(words, random), { conversation: ref(Math.floor(random() * CONVERSATIONS)) }],
    'an English word in one conversation': () => [pick(EN, random), { conversation: ref(Math.floor(random() * CONVERSATIONS)) }],
  };
  const names = Object.keys(kinds);
  const found = [];
  for (let n = 0; n < count; n += 1) {
    const kind = names[n % names.length];
    const [keyword, options] = kinds[kind]();
    const [ms, { hits }] = await timed(() => archive.search(keyword, { count: 20, ...options }));
    found.push({ kind, ms, hits: hits.length });
  }
  return found;
};
window.ready = true;
