/** Small pictures that travel inside a message, made in the page. */
import { UploadError } from './errors.js';

/** Pixels of the longer side, and bytes of base64, that other clients expect at most. */
const MOST_PIXELS = 240;
const MOST_BYTES = 10_240;
const QUALITIES = [0.75, 0.6, 0.45, 0.3];

/**
 * A JPEG of the picture as base64, without what a camera writes into files (place, time, device).
 * @param {Blob} picture
 * @param {{maxPixels?: number, maxBytes?: number}} [limits]
 * @returns {Promise<{content: string, width: number, height: number}>} width and height of the picture itself
 */
export async function thumbnail(picture, limits) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(picture, { imageOrientation: 'from-image' });
  } catch (cause) {
    throw new UploadError(33081, 'caller', 'the picture cannot be read', cause);
  }
  try {
    const { width, height } = bitmap;
    return { content: await drawn(bitmap, width, height, limits), width, height };
  } finally {
    bitmap.close();
  }
}

/** What can be drawn, as base64 of a small JPEG. */
export async function drawn(source, width, height, { maxPixels = MOST_PIXELS, maxBytes = MOST_BYTES } = {}) {
  let content = '';
  for (let side = Math.min(maxPixels, Math.max(width, height)); side >= 16; side = Math.floor(side * 0.7)) {
    const scale = side / Math.max(width, height);
    const canvas = painted(source, Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
    for (const quality of QUALITIES) {
      content = await jpeg(canvas, quality);
      if (content.length <= maxBytes) return content;
    }
  }
  return content;
}

function painted(source, width, height) {
  const canvas = globalThis.OffscreenCanvas ? new OffscreenCanvas(width, height) : Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  // JPEG knows no transparency: without a ground it would be black.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, 0, 0, width, height);
  return canvas;
}

async function jpeg(canvas, quality) {
  const how = { type: 'image/jpeg', quality };
  const blob = canvas.convertToBlob
    ? await canvas.convertToBlob(how)
    : await new Promise((resolve) => canvas.toBlob(resolve, how.type, quality));
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
