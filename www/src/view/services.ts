// What services there are (a dialog), and what one can do with the open one (a bar above the composer).
import type { MenuItem, PublicServiceProfile, Talk } from 'hongyan/services';
import type { Chat } from '../chat.ts';
import { avatar, h } from '../dom.ts';
import { t, type TextKey } from '../i18n.ts';
import { HELP } from '../services.ts';
import { openMenu } from './menu.ts';
import { rateDialog } from './rate.ts';
import { toast } from './toast.ts';

const CUSTOMER_SERVICE = 5;
/** Writing rests for so long before it is searched for, ms. */
const SEARCH_AFTER = 250;

const failed = (error: unknown) => {
  console.warn(error);
  toast(t('cannotNow'));
};

function serviceRow(chat: Chat, profile: PublicServiceProfile, close: () => void, draw: () => void): HTMLElement {
  const { conversation, name, introduction, followed } = profile;
  const follow = () => void chat.services.setFollowed(conversation, !followed).then(draw, failed);
  return h('li', { class: 'service' },
    avatar(name),
    h('div', { class: 'who' }, h('strong', { class: 'name', dir: 'auto' }, name), h('span', { class: 'muted small', dir: 'auto' }, introduction)),
    h('button', { type: 'button', class: 'quiet', on: { click: follow } }, t(followed ? 'unfollow' : 'follow')),
    h('button', {
      type: 'button', class: 'quiet', on: {
        click: () => {
          close();
          chat.show(conversation);
        },
      },
    }, t('openService')));
}

/** Opens the list of services. */
export function openServices(chat: Chat): void {
  const list = h('ul', { class: 'services' });
  const keyword = h('input', { type: 'search', placeholder: t('findService'), 'aria-label': t('findService'), maxlength: 64 });
  const dialog = h('dialog', { class: 'card wide', 'aria-label': t('services') });
  const close = () => dialog.close();
  let asked = 0;
  const draw = () => {
    asked += 1;
    const [own, wanted] = [asked, keyword.value.trim()];
    chat.services.search(wanted).then((found) => {
      // What was asked for since is newer.
      if (own !== asked) return;
      const rows = found.map((profile) => serviceRow(chat, profile, close, draw));
      list.replaceChildren(...(rows.length > 0 ? rows : [h('li', { class: 'muted' }, t(wanted === '' ? 'noneFollowed' : 'noServices'))]));
    }, failed);
  };
  let timer = 0;
  keyword.addEventListener('input', () => {
    clearTimeout(timer);
    timer = window.setTimeout(draw, SEARCH_AFTER);
  });
  const ask = () => {
    close();
    void chat.startTalk(HELP).catch(failed);
  };
  dialog.append(
    h('h2', {}, t('services')),
    h('p', { class: 'muted small' }, t('servicesHint')),
    h('div', { class: 'service' }, avatar(t('customerService')), h('strong', { class: 'who name' }, t('customerService')),
      h('button', { type: 'button', class: 'primary', on: { click: ask } }, t('startTalk'))),
    keyword, list,
    h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'quiet', on: { click: close } }, t('close'))));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  draw();
}

async function wantHuman(talk: Talk): Promise<void> {
  const { answer, before } = await talk.human();
  const texts: Record<typeof answer, TextKey> = { coming: before > 0 ? 'waitingAfter' : 'comingSoon', nobody: 'nobodyThere', never: 'neverThere' };
  toast(t(texts[answer], { count: before }));
}

function talkBar(chat: Chat, talk: Talk): HTMLElement[] {
  const button = (key: TextKey, run: () => Promise<unknown>) =>
    h('button', { type: 'button', class: 'quiet', on: { click: () => void run().catch(failed) } }, t(key));
  const state = h('span', { class: 'muted small', role: 'status' }, t(`talk_${talk.mode}`));
  const rate = h('button', { type: 'button', class: 'quiet', on: { click: () => rateDialog(talk) } }, t('rate'));
  if (talk.mode === 'over') return [state, rate, button('talkAgain', () => chat.startTalk(talk.serviceId))];
  return [state, ...(talk.mode === 'robot' ? [button('wantHuman', () => wantHuman(talk))] : []), rate, button('endTalk', () => talk.end())];
}

function menuBar(chat: Chat, profile: PublicServiceProfile): HTMLElement[] {
  const run = (item: MenuItem) => {
    if (item.type === 2 && /^https?:/.test(item.url ?? '')) window.open(item.url, '_blank', 'noopener,noreferrer');
    else void chat.services.choose(profile.conversation, item).catch(failed);
  };
  return profile.menu.map((item) => {
    const below = item.sunMenuItems ?? [];
    const button = h('button', { type: 'button', class: 'quiet', dir: 'auto' }, item.name ?? item.id);
    button.addEventListener('click', () => {
      if (below.length === 0) run(item);
      else openMenu(button, below.map((one) => ({ label: one.name ?? one.id, run: () => run(one) })));
    });
    return button;
  });
}

/** The bar of the open conversation, if it is one with a service. */
export function serviceBar(chat: Chat): HTMLElement {
  const bar = h('div', { class: 'service-bar', hidden: true });
  const draw = () => {
    const { open } = chat;
    const talk = open && chat.services.talk(open);
    const profile = open && chat.services.profile(open);
    const parts = talk ? talkBar(chat, talk) : profile ? menuBar(chat, profile) : [];
    if (!talk && open?.type === CUSTOMER_SERVICE) {
      parts.push(h('button', { type: 'button', class: 'quiet', on: { click: () => void chat.startTalk(open.targetId).catch(failed) } }, t('talkAgain')));
    }
    bar.setAttribute('aria-label', open ? t('menuOf', { name: chat.titleOf(open) }) : '');
    bar.hidden = parts.length === 0;
    bar.replaceChildren(...parts);
  };
  chat.on('open', draw);
  chat.on('services', draw);
  draw();
  return bar;
}
