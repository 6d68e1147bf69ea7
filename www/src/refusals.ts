// Why a message or a file was not taken, in words, and whether the same thing sent again could be.
import { t, type TextKey } from './i18n.ts';

export interface Refusal {
  readonly text: string;
  readonly again: boolean;
}

/** By code: the words, and whether it helps to send the same again. */
const REFUSALS: Readonly<Record<number, readonly [TextKey, boolean]>> = {
  405: ['refusedBlocked', false],
  20106: ['refusedMutedAll', true],
  20406: ['refusedNotAllowed', false],
  20604: ['refusedTooFast', true],
  21406: ['refusedNotMember', false],
  21501: ['refusedWords', false],
  22406: ['refusedNotMember', false],
  22408: ['refusedMuted', true],
  26106: ['refusedFileSize', false],
  30016: ['refusedTooLarge', false],
  33003: ['refusedInvalid', false],
  33081: ['refusedFileKind', false],
  33082: ['refusedQuota', false],
  33087: ['refusedNoFiles', false],
  33088: ['refusedUnreadable', false],
  33091: ['refusedExpired', true],
};

/** Why a file was not taken: an argument that cannot be meant is one without a byte. */
export const fileRefusal = (code: number): string => (code === 33003 ? t('refusedEmptyFile') : refusalOf(code, '').text);

/** `to`: what the conversation is called. */
export function refusalOf(code: number, to: string): Refusal {
  const [key, again] = REFUSALS[code] ?? (['failed', true] as const);
  return { text: t(key, { name: to }), again };
}
