// Makes elements. Text becomes text nodes and nothing else, so no message can become markup.

export type Child = Node | string | null;

interface Props {
  class?: string;
  on?: Record<string, (event: never) => void>;
  /** Attributes. `true` sets an empty one, `false` none. Never given text of a user as an address. */
  [attribute: string]: unknown;
}

function fill(element: Element, props: Props, children: Child[]): void {
  for (const [name, value] of Object.entries(props)) {
    if (name === 'on') continue;
    if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  for (const [type, listener] of Object.entries(props.on ?? {})) {
    element.addEventListener(type, listener as EventListener);
  }
  element.append(...children.filter((child) => child !== null));
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  fill(element, props, children);
  return element;
}

const PATHS = {
  back: 'M15 5l-7 7 7 7',
  camera: 'M3 7h12v10H3zM15 11l6-3v8l-6-3',
  cameraOff: 'M3 7h12v10H3zM15 11l6-3v8l-6-3M2 3l20 18',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  checks: 'M2 12.5l4.5 4.5L16 7.5M12 16.5l.5.5L22 7.5',
  clip: 'M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 4.8 4.8l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4L14.5 7.300',
  close: 'M6 6l12 12M18 6L6 18',
  clock: 'M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z',
  file: 'M6 3h8l5 5v13H6zM14 3v5h5',
  down: 'M12 5v14M6 13l6 6 6-6',
  hangUp: 'M2.500 14.500c5-4.700 14-4.700 19 0l-2 3-4-1.500v-2.500a11 11 0 0 0-7 0V16l-4 1.500z',
  microphone: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11a6 6 0 0 0 12 0M12 17v4',
  microphoneOff: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11a6 6 0 0 0 12 0M12 17v4M3 3l18 18',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  mute: 'M4 9.5v5h4l5 4v-13l-5 4zM17 9.5l4 5M21 9.5l-4 5',
  phone: 'M5 4h4l1.500 5-2.500 1.500a12 12 0 0 0 5.500 5.500L15 13.500l5 1.500v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2z',
  pin: 'M9 4h6l-1 7 3 3H7l3-3zM12 14v6',
  pen: 'M12 5v14M5 12h14',
  moon: 'M20 14.5A8 8 0 0 1 9.5 4 8 8 0 1 0 20 14.5z',
  place: 'M12 21c-4-4.500-7-8-7-11.500a7 7 0 0 1 14 0C19 13 16 16.500 12 21zM12 12a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z',
  room: 'M4 5h11v8H9l-4 3v-3H4zM17 9h3v8h-1v3l-4-3h-4v-2',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5l5 5',
  send: 'M4 12l16-8-6 16-3-6-7-2z',
  services: 'M4 13v-1a8 8 0 0 1 16 0v1M4 13h3v5H5a1 1 0 0 1-1-1zM20 13h-3v5h2a1 1 0 0 0 1-1zM18 18v1a2 2 0 0 1-2 2h-3',
  signOut: 'M14 4H5v16h9M10 12h11M17 8l4 4-4 4',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 3.6-6.5 8-6.5s8 2.5 8 6.5',
  warn: 'M12 7v6M12 16.5v.5M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z',
  window: 'M8 8V4h12v12h-4M4 8h12v12H4z',
};

/** An element of a drawing. Its text becomes text nodes, too. */
export function svg<K extends keyof SVGElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  fill(element, props, children);
  return element;
}

/** A line icon; decoration only, the control around it carries the name. */
export function icon(name: keyof typeof PATHS): SVGSVGElement {
  return svg('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' }, svg('path', { d: PATHS[name] }));
}

/** The address of a portrait if it may be shown here: a file of this page's own server. */
function portraitOf(address: string): string {
  try {
    const { origin, pathname, href } = new URL(address, location.href);
    return origin === location.origin && pathname.startsWith('/file/') ? href : '';
  } catch {
    return '';
  }
}

/** The colour of a name, degrees of the circle of colours. */
export function hueOf(name: string): number {
  let hue = 0;
  for (const char of name) hue = (hue * 31 + (char.codePointAt(0) ?? 0)) % 360;
  return hue;
}

/** A round picture: the portrait, or a name's first letter on a colour of its own. */
export function avatar(name: string, portrait = ''): HTMLElement {
  const letter = [...new Intl.Segmenter().segment(name.trim())][0]?.segment ?? '?';
  const element = h('span', { class: 'avatar', 'aria-hidden': 'true' }, letter.toLocaleUpperCase());
  element.style.setProperty('--hue', String(hueOf(name)));
  const src = portraitOf(portrait);
  if (src !== '') element.append(h('img', { src, alt: '', on: { error: ({ target }: { target: Element }) => target.remove() } }));
  return element;
}
