// Who shares a live location in the open conversation, and where: a list, and a small map without anything from elsewhere.
import type { ConversationRef } from 'hongyan';
import type { Participant } from 'hongyan/location';
import type { Chat } from '../chat.ts';
import { h, hueOf, svg } from '../dom.ts';
import { t } from '../i18n.ts';
import { distance, draw, roundLength, type Place } from '../map.ts';
import { PlaceProblem } from '../places.ts';
import { lengthText } from '../times.ts';
import { userFace } from './face.ts';
import { toast } from './toast.ts';

/** The picture, in its own units, and how many metres it shows at least. */
const MAP = { width: 320, height: 150, margin: 34, least: 200 };
/** What may stand between a name and the border of the picture. */
const NAME_ROOM = 60;

/** Begins to share one's own place there, and says what is in the way. */
export async function shareLive(chat: Chat, ref: ConversationRef): Promise<void> {
  const asked = setTimeout(() => toast(t('liveAsking')), 1000);
  try {
    await chat.places.share(ref);
  } catch (error) {
    console.warn(error);
    toast(t(error instanceof PlaceProblem ? error.key : 'cannotNow'));
  }
  clearTimeout(asked);
}

const placed = (one: Participant): one is Participant & Place => one.latitude !== undefined && one.longitude !== undefined;

const nameOf = (chat: Chat, { userId }: Participant) => (userId === chat.userId ? t('liveYou') : chat.nameOf(userId));

function pointView(name: string, hue: number, { x, y }: { x: number; y: number }): SVGElement {
  const anchor = x < NAME_ROOM ? 'start' : x > MAP.width - NAME_ROOM ? 'end' : 'middle';
  const shift = anchor === 'start' ? -7 : anchor === 'end' ? 7 : 0;
  return svg('g', { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` },
    svg('circle', { r: 7, fill: `hsl(${hue} 60% 42%)`, class: 'map-point' }),
    svg('text', { y: y > MAP.height - MAP.margin ? -12 : 20, x: shift, 'text-anchor': anchor, class: 'map-name' }, name));
}

function mapView(chat: Chat, people: readonly (Participant & Place)[]): Element {
  const { points, scale } = draw(people, MAP);
  const metres = roundLength((MAP.width / 4) * scale);
  const lines = [1, 2, 3].map((part) => svg('path', { class: 'map-line', d: `M${(MAP.width / 4) * part} 0V${MAP.height}M0 ${(MAP.height / 4) * part}H${MAP.width}` }));
  const bar = svg('path', { class: 'map-scale', d: `M10 ${MAP.height - 8}v4h${(metres / scale).toFixed(1)}v-4` });
  const length = svg('text', { class: 'map-length', x: 14, y: MAP.height - 8 }, lengthText(metres));
  const shown = people.map((one, index) => pointView(nameOf(chat, one), hueOf(chat.nameOf(one.userId)), points[index] ?? { x: 0, y: 0 }));
  return svg('svg', { class: 'map', viewBox: `0 0 ${MAP.width} ${MAP.height}`, role: 'img', 'aria-label': t('liveScale', { distance: lengthText(metres) }) },
    ...lines, bar, length, ...shown);
}

function personView(chat: Chat, one: Participant, own: (Participant & Place) | undefined): HTMLElement {
  const isOwn = one.userId === chat.userId;
  const where = placed(one) ? `${one.latitude.toFixed(5)}, ${one.longitude.toFixed(5)}` : t('liveUnknown');
  const far = placed(one) && own && !isOwn ? t('liveFar', { distance: lengthText(distance(own, one)) }) : null;
  return h('li', { 'data-user': one.userId }, userFace(chat, one.userId),
    h('span', { class: 'who' }, h('strong', { class: 'name', dir: 'auto' }, nameOf(chat, one)),
      h('span', { class: 'muted small' }, far === null ? where : `${where} · ${far}`)));
}

/** The panel under the head of the conversation. */
export function liveView(chat: Chat): HTMLElement {
  const [who, people, map] = [h('span', { 'aria-live': 'polite' }), h('ul', { class: 'live-people' }), h('div', {})];
  const run = () => {
    const { open } = chat;
    if (open && chat.places.shares(open)) void chat.places.stop();
    else if (open) void shareLive(chat, open);
  };
  const button = h('button', { type: 'button', class: 'quiet second', on: { click: run } });
  const panel = h('details', { class: 'live', open: true }, h('summary', {}, who), h('div', { class: 'live-body' }, map, people), button);
  const update = () => {
    const { open } = chat;
    const all = open ? chat.places.participants(open) : [];
    panel.hidden = all.length === 0;
    if (!open || panel.hidden) return;
    const names = t('liveWho', { names: all.map((one) => nameOf(chat, one)).join(', ') });
    if (who.textContent !== names) who.textContent = names;
    const known = all.filter(placed);
    const own = known.find(({ userId }) => userId === chat.userId);
    people.replaceChildren(...all.map((one) => personView(chat, one, own)));
    map.replaceChildren(...(known.length > 0 ? [mapView(chat, known)] : []));
    button.textContent = t(chat.places.shares(open) ? 'liveStop' : 'liveJoin');
  };
  for (const topic of ['open', 'places', 'list'] as const) chat.on(topic, update);
  update();
  return panel;
}

/** Says, while another conversation is open, that one's own place is shared. */
export function sharingNote(chat: Chat): HTMLElement {
  const text = h('button', { type: 'button', class: 'link', dir: 'auto', on: { click: () => chat.places.where && chat.show(chat.places.where) } });
  const note = h('div', { class: 'sharing', role: 'status', hidden: true }, text,
    h('button', { type: 'button', class: 'quiet', on: { click: () => void chat.places.stop() } }, t('liveStop')));
  const update = () => {
    const { where } = chat.places;
    note.hidden = where === null || (chat.open !== null && chat.places.shares(chat.open));
    if (where) text.textContent = t('liveElsewhere', { name: chat.titleOf(where) });
  };
  for (const topic of ['open', 'places'] as const) chat.on(topic, update);
  update();
  return note;
}
