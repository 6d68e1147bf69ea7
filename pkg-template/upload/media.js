/** What the browser tells of sound and video: how long, how large, how it looks. */
import { drawn } from './thumbnail.js';

/** A file that the browser cannot play says nothing, milliseconds. */
const PATIENCE = 5_000;
/** Far behind the end of everything: seeking there makes a browser look for the end. */
const BEHIND = 1e10;

/**
 * Duration in seconds, width and height of a recording, and a thumbnail of a video's beginning; 0
 * and '' for what the browser does not tell. Never rejects. A content security policy needs
 * `media-src blob:`.
 * @param {Blob} file
 * @returns {Promise<{duration: number, width: number, height: number, content: string}>}
 */
export async function mediaFacts(file) {
  const facts = { duration: 0, width: 0, height: 0, content: '' };
  if (typeof document === 'undefined') return facts;
  const player = document.createElement(file.type.startsWith('audio/') ? 'audio' : 'video');
  const url = URL.createObjectURL(file);
  try {
    await look(player, url, facts);
  } catch {
    // What was found out so far is what there is.
  } finally {
    player.removeAttribute('src');
    player.load();
    URL.revokeObjectURL(url);
  }
  return facts;
}

async function look(player, url, facts) {
  Object.assign(player, { muted: true, playsInline: true, preload: 'auto', src: url });
  await heard(player, 'loadedmetadata');
  facts.width = player.videoWidth ?? 0;
  facts.height = player.videoHeight ?? 0;
  facts.duration = await duration(player);
  if (facts.width === 0) return;
  const shown = heard(player, 'seeked');
  player.currentTime = Math.min(0.1, facts.duration / 2);
  await shown;
  facts.content = await drawn(player, facts.width, facts.height);
}

/** Recordings made in a page do not say how long they are until their end has been seen. */
async function duration(player) {
  if (!Number.isFinite(player.duration)) {
    const seeked = heard(player, 'seeked');
    player.currentTime = BEHIND;
    await seeked;
  }
  const known = Number.isFinite(player.duration) ? player.duration : player.currentTime;
  return Math.round(known * 1000) / 1000;
}

function heard(player, event) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(reject, PATIENCE);
    const end = (settle) => () => {
      clearTimeout(late);
      settle();
    };
    player.addEventListener(event, end(resolve), { once: true });
    player.addEventListener('error', end(reject), { once: true });
  });
}
