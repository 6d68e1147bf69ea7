// The microphone and the camera, and what to say when there is none.
import type { TextKey } from '../i18n.ts';

/** Why there is neither sound nor a picture. */
export class MediaProblem extends Error {
  constructor(readonly key: TextKey) {
    super(key);
  }
}

/** By the names of the browser's errors. */
const PROBLEMS: Readonly<Record<string, TextKey>> = {
  NotAllowedError: 'callNotAllowed',
  SecurityError: 'callNotAllowed',
  NotFoundError: 'callNoMicrophone',
  OverconstrainedError: 'callNoMicrophone',
  NotReadableError: 'callDeviceBusy',
  AbortError: 'callDeviceBusy',
};

const problemOf = (error: unknown): MediaProblem =>
  new MediaProblem(PROBLEMS[(error as { name?: string }).name ?? ''] ?? 'callCannot');

/** Sound, and a picture if one is wanted and there is a camera. Rejects with a {@link MediaProblem}. */
export async function openMedia(video: boolean): Promise<MediaStream> {
  if (!('RTCPeerConnection' in window)) throw new MediaProblem('callUnsupported');
  // Browsers keep devices from pages that came over plain HTTP.
  if (!window.isSecureContext || !navigator.mediaDevices) throw new MediaProblem('callInsecure');
  const open = (picture: boolean) => navigator.mediaDevices.getUserMedia({ audio: true, video: picture });
  try {
    return await open(video);
  } catch (error) {
    const { key } = problemOf(error);
    if (!video || key === 'callNotAllowed') throw problemOf(error);
    return open(false).catch((other: unknown) => {
      throw problemOf(other);
    });
  }
}

export const hasPicture = (stream: MediaStream): boolean => stream.getVideoTracks().length > 0;

export function closeMedia(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
