// What a message says, as the page shows it: content of any class becomes one of a few bodies.
// Content comes from strangers: every member may be missing or of another type.
import type { Message } from 'hongyan';

export type Body =
  | { readonly kind: 'text'; readonly text: string; readonly mentions: readonly string[] | 'all' }
  /** `preview`: a small picture as base64, '' without one; `url`: the picture itself, '' while it is uploaded. */
  | { readonly kind: 'image'; readonly preview: string; readonly url: string }
  | { readonly kind: 'file'; readonly name: string; readonly size: number; readonly url: string }
  | { readonly kind: 'voice'; readonly url: string; readonly seconds: number }
  | { readonly kind: 'video'; readonly preview: string; readonly url: string; readonly seconds: number }
  | { readonly kind: 'place'; readonly name: string; readonly latitude: number; readonly longitude: number }
  /** A call that is over; `seconds`: 0 for one that was not taken. */
  | { readonly kind: 'call'; readonly video: boolean; readonly seconds: number; readonly outcome: CallOutcome }
  /** What a public service shows: titles with links, '' without one. */
  | { readonly kind: 'articles'; readonly articles: readonly Article[] }
  /** The sender began to share a live location; the last one has stopped. */
  | { readonly kind: 'live' }
  | { readonly kind: 'liveOver' }
  /** What somebody did to the group: an operation, by whom, to whom; `name`: what the group is called. */
  | { readonly kind: 'group'; readonly deed: GroupDeed; readonly by: string; readonly users: readonly string[]; readonly name: string }
  /** Something the server or the application tells, in the middle of the log. */
  | { readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'recalled'; readonly by: string }
  /** Of a class this page does not show. */
  | { readonly kind: 'other' };

export type CallOutcome = 'taken' | 'cancelled' | 'refused' | 'busy' | 'unanswered' | 'lost';

/** Operations of `RC:GrpNtf`. */
export const GROUP_DEEDS = ['Create', 'Add', 'Quit', 'Kicked', 'Rename', 'Dismiss'] as const;
export type GroupDeed = (typeof GROUP_DEEDS)[number];

export interface Article {
  readonly title: string;
  readonly digest: string;
  readonly url: string;
}

type Content = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

/** An address that may be shown or opened; anything but http(s) is dropped. */
function address(value: unknown): string {
  try {
    const url = new URL(text(value), location.href);
    return text(value) !== '' && /^https?:$/.test(url.protocol) ? url.href : '';
  } catch {
    return '';
  }
}

/** Base64 as it may stand in a data: address. */
const base64 = (value: unknown): string => (/^[\w+/]+={0,2}$/.test(text(value)) ? text(value) : '');

function mentionsOf(content: Content): readonly string[] | 'all' {
  const info = content['mentionedInfo'] as Content | undefined;
  if (typeof info !== 'object' || info === null) return [];
  if (info['type'] === 1) return 'all';
  const list = info['userIdList'];
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}

/** A list of articles, or one whose members are the content's own. */
function articlesOf(content: Content): Article[] {
  const list = Array.isArray(content['articles']) ? content['articles'] : [content];
  return list.filter((one): one is Content => typeof one === 'object' && one !== null).map((one) => ({
    title: text(one['title']), digest: text(one['digest'] ?? one['content']), url: address(one['url']),
  }));
}

/** By the number that a call ended with; what the other side did is ten more. */
const OUTCOMES: Readonly<Record<number, CallOutcome>> = { 1: 'cancelled', 2: 'refused', 3: 'cancelled', 4: 'busy', 5: 'unanswered' };

function callOf(content: Content): Body {
  const seconds = Math.round(number(content['duration']) / 1000);
  const outcome = seconds > 0 ? 'taken' : OUTCOMES[number(content['status']) % 10] ?? 'lost';
  return { kind: 'call', video: content['mediaType'] === 2, seconds, outcome };
}

/** JSON in a text. */
function parsed(value: unknown): Content {
  try {
    const made: unknown = JSON.parse(text(value));
    return typeof made === 'object' && made !== null ? (made as Content) : {};
  } catch {
    return {};
  }
}

function groupOf(content: Content): Body {
  const deed = GROUP_DEEDS.find((one) => one === content['operation']);
  if (!deed) return { kind: 'notice', text: text(content['message']) };
  const data = parsed(content['data']);
  const users = Array.isArray(data['targetUserIds']) ? data['targetUserIds'].filter((one) => typeof one === 'string') : [];
  return { kind: 'group', deed, by: text(content['operatorUserId']), users, name: text(data['targetGroupName']) };
}

const READERS: Readonly<Record<string, (content: Content, sender: string) => Body>> = {
  'RC:TxtMsg': (content) => ({ kind: 'text', text: text(content['content']), mentions: mentionsOf(content) }),
  'RC:ReferenceMsg': (content) => ({ kind: 'text', text: text(content['content']), mentions: mentionsOf(content) }),
  'RC:ImgMsg': (content) => ({ kind: 'image', preview: base64(content['content']), url: address(content['imageUri']) }),
  'RC:GIFMsg': (content) => ({ kind: 'image', preview: '', url: address(content['remoteUrl']) }),
  'RC:FileMsg': (content) => ({
    kind: 'file', name: text(content['name']), size: number(content['size']), url: address(content['fileUrl']),
  }),
  'RC:HQVCMsg': (content) => ({ kind: 'voice', url: address(content['remoteUrl']), seconds: number(content['duration']) }),
  'RC:SightMsg': (content) => ({
    kind: 'video', preview: base64(content['content']), url: address(content['sightUrl']), seconds: number(content['duration']),
  }),
  'RC:LBSMsg': (content) => ({
    kind: 'place', name: text(content['poi']), latitude: number(content['latitude']), longitude: number(content['longitude']),
  }),
  'RC:VCSummary': callOf,
  'RC:RLStart': () => ({ kind: 'live' }),
  'RC:RLEnd': () => ({ kind: 'liveOver' }),
  'RC:PSImgTxtMsg': (content) => ({ kind: 'articles', articles: articlesOf(content) }),
  'RC:PSMultiImgTxtMsg': (content) => ({ kind: 'articles', articles: articlesOf(content) }),
  'RC:InfoNtf': (content) => ({ kind: 'notice', text: text(content['message']) }),
  'RC:GrpNtf': groupOf,
  'RC:RcNtf': (content, sender) => ({ kind: 'recalled', by: text(content['operatorId']) || sender }),
};

export function bodyOf({ objectName, content, senderUserId }: Pick<Message, 'objectName' | 'content' | 'senderUserId'>): Body {
  return READERS[objectName]?.(content, senderUserId) ?? { kind: 'other' };
}

/** Classes that steer something and are no rows of the log. */
const SILENT = new Set(['RC:RcCmd', 'RC:CmdMsg', 'RC:TypSts', 'RC:SRSMsg', 'RC:ReadNtf', 'RC:RRReqMsg', 'RC:RRRspMsg',
  'RC:CsHs', 'RC:CsHsR', 'RC:CSCha', 'RC:CsChaR', 'RC:CsEva', 'RC:CsSp', 'RC:CsEnd', 'RC:CsUpdate', 'RC:PSCmd',
  'RC:VCInvite', 'RC:VCRinging', 'RC:VCAccept', 'RC:VCHangup', 'RC:VCModifyMedia', 'RC:VCModifyMem',
  'RC:RL', 'RC:RLJoin', 'RC:RLQuit']);

export const isShown = ({ objectName }: Message): boolean => !SILENT.has(objectName);

export function isMention(body: Body, userId: string): boolean {
  return body.kind === 'text' && (body.mentions === 'all' || body.mentions.includes(userId));
}
