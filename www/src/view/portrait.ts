// One's own portrait: a picture is cut to a small square here, and lies on the server once it is chosen.
import type { Client } from 'hongyan';
import { upload } from 'hongyan/upload';
import { avatar, h } from '../dom.ts';
import { t } from '../i18n.ts';

/** Width and height, px. */
const SIDE = 256;
const JPEG_QUALITY = 0.85;
/** The kind of an upload: a picture. */
const IMAGE = 1;

/** The middle of a picture as a JPEG, without what a camera wrote into it; null for what is no picture. */
async function squareOf(file: File): Promise<File | null> {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return null;
  const { width, height } = picture;
  const side = Math.min(width, height);
  const canvas = h('canvas', { width: SIDE, height: SIDE });
  canvas.getContext('2d')?.drawImage(picture, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  picture.close();
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', JPEG_QUALITY));
  return blob && new File([blob], 'portrait.jpg', { type: blob.type });
}

/** `tell`: shows what went wrong, '' for nothing. */
export function portraitField(client: Client, name: string, before: string, tell: (problem: string) => void): { element: HTMLElement; value: () => string } {
  let value = before;
  const shown = h('div', { class: 'portrait' });
  const file = h('input', { type: 'file', accept: 'image/*', hidden: true, 'aria-hidden': 'true', tabindex: -1 });
  const choose = h('button', { type: 'button', class: 'quiet', on: { click: () => file.click() } }, t('choosePortrait'));
  const remove = h('button', { type: 'button', class: 'quiet' }, t('removePortrait'));
  const set = (address: string) => {
    value = address;
    shown.replaceChildren(avatar(name, address));
    remove.hidden = address === '';
  };
  const take = async (chosen: File) => {
    tell('');
    choose.disabled = true;
    try {
      const square = await squareOf(chosen);
      if (square) set((await upload(client, square, { kind: IMAGE })).url);
      else tell(t('notAPicture'));
    } catch (error) {
      console.warn(error);
      tell(t('cannotNow'));
    }
    choose.disabled = false;
  };
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? [];
    if (chosen) void take(chosen);
    file.value = '';
  });
  remove.addEventListener('click', () => {
    set('');
    choose.focus();
  });
  set(before);
  return { element: h('div', { class: 'portrait-field', role: 'group', 'aria-label': t('portrait') }, shown, choose, remove, file), value: () => value };
}
