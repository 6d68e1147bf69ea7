// The inside of a bubble. No address reaches an element that `body.ts` did not check.
import type { Article, Body } from '../body.ts';
import { h, icon } from '../dom.ts';
import { t } from '../i18n.ts';
import { fileSize, span } from '../times.ts';

function groupLine({ deed, by, users, name }: Extract<Body, { kind: 'group' }>): string {
  const others = users.filter((user) => user !== by);
  if (deed === 'Add' && others.length === 0) return t('group_Joined', { by });
  return t(`group_${deed}`, { by, name, users: others.join(', ') });
}

/** One line that stands for a body: in the list, for a screen reader, in a quotation. */
export function lineOf(body: Body): string {
  switch (body.kind) {
    case 'text': return body.text;
    case 'image': return t('image');
    case 'file': return t('file', { name: body.name });
    case 'voice': return t('voice', { time: span(body.seconds) });
    case 'video': return t('video');
    case 'place': return t('place', { name: body.name });
    case 'call': return t(body.video ? 'callVideoLine' : 'callAudioLine', { how: body.outcome === 'taken' ? span(body.seconds) : t(`call_${body.outcome}`) });
    case 'live': return t('liveStarted');
    case 'liveOver': return t('liveOver');
    case 'articles': return body.articles[0]?.title || t('articles');
    case 'group': return groupLine(body);
    case 'notice': return body.text;
    case 'recalled': return t('recalled', { name: body.by });
    case 'other': return t('otherContent');
  }
}

const picture = (preview: string, url: string) =>
  h('img', { class: 'picture', src: url || `data:image/jpeg;base64,${preview}`, alt: t('image'), loading: 'lazy', decoding: 'async' });

function imageView(preview: string, url: string): HTMLElement {
  if (url === '') return preview === '' ? h('p', { class: 'muted' }, t('image')) : picture(preview, '');
  return h('a', { class: 'media', href: url, target: '_blank', rel: 'noopener noreferrer nofollow' }, picture(preview, url));
}

function fileView(name: string, size: number, url: string): HTMLElement {
  const about = h('span', { class: 'file-name' },
    h('strong', { dir: 'auto' }, name), h('span', { class: 'small' }, fileSize(size)));
  if (url === '') return h('span', { class: 'file' }, icon('file'), about);
  return h('a', { class: 'file', href: url, download: name, rel: 'noopener noreferrer nofollow' }, icon('file'), about);
}

function articleView({ title, digest, url }: Article): HTMLElement {
  const inside = [h('strong', { dir: 'auto' }, title), h('span', { class: 'small', dir: 'auto' }, digest)];
  if (url === '') return h('div', { class: 'article' }, ...inside);
  return h('a', { class: 'article', href: url, target: '_blank', rel: 'noopener noreferrer nofollow' }, ...inside);
}

export function bodyView(body: Body): HTMLElement {
  switch (body.kind) {
    case 'text':
      return h('p', { class: 'text', dir: 'auto' }, body.text);
    case 'image':
      return imageView(body.preview, body.url);
    case 'file':
      return fileView(body.name, body.size, body.url);
    case 'voice':
      return h('audio', { class: 'sound', controls: true, preload: 'none', src: body.url });
    case 'video':
      return h('video', { class: 'picture', controls: true, preload: 'none', src: body.url, poster: body.preview && `data:image/jpeg;base64,${body.preview}` });
    case 'place':
      return h('p', { class: 'text', dir: 'auto' }, lineOf(body), ` (${body.latitude.toFixed(4)}, ${body.longitude.toFixed(4)})`);
    case 'call':
      return h('p', { class: 'call-line', dir: 'auto' }, icon(body.video ? 'camera' : 'phone'), lineOf(body));
    case 'live':
      return h('p', { class: 'call-line', dir: 'auto' }, icon('place'), lineOf(body));
    case 'articles':
      return h('div', { class: 'articles' }, ...body.articles.map(articleView));
    case 'group':
    case 'notice':
    case 'recalled':
    case 'liveOver':
    case 'other':
      return h('p', { class: 'text muted', dir: 'auto' }, lineOf(body));
  }
}
