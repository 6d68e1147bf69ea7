// Whose picture stands where: of a user, of a conversation, and as the way to a profile.
import type { ConversationRef } from 'hongyan';
import type { Chat } from '../chat.ts';
import { avatar, h } from '../dom.ts';
import { t } from '../i18n.ts';
import { openPerson } from './person.ts';

const PRIVATE = 1;

export const userFace = (chat: Chat, userId: string): HTMLElement => avatar(chat.nameOf(userId), chat.portraitOf(userId));

export const chatFace = (chat: Chat, ref: ConversationRef): HTMLElement =>
  ref.type === PRIVATE ? userFace(chat, ref.targetId) : avatar(chat.titleOf(ref));

/** A picture that opens the profile. `silent`: beside a name that opens it, too, for those who see the picture. */
export function faceButton(chat: Chat, userId: string, silent = false): HTMLElement {
  return h('button', {
    type: 'button', class: 'face', tabindex: silent ? -1 : 0, 'aria-hidden': silent ? 'true' : undefined,
    'aria-label': t('profileOf', { name: chat.nameOf(userId) }), title: t('profileOf', { name: chat.nameOf(userId) }),
    on: { click: () => openPerson(chat, userId) },
  }, userFace(chat, userId));
}
