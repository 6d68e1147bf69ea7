// Starts the demo: the name, then the chat; a reload goes straight to the chat.
import { Chat } from './chat.ts';
import { language, switchLanguage, t, type TextKey } from './i18n.ts';
import { forgetSession, rememberedSession, type Session } from './session.ts';
import { closeDialogs } from './view/dialog.ts';
import { shellView } from './view/shell.ts';
import { signInView } from './view/sign-in.ts';
import { toast } from './view/toast.ts';

const app = document.getElementById('app') as HTMLElement;

function show(view: HTMLElement): void {
  closeDialogs();
  document.documentElement.lang = language() === 'zh' ? 'zh-CN' : 'en';
  app.replaceChildren(view);
}

function askName(problem: TextKey | null = null): void {
  forgetSession();
  show(signInView({ problem, onSession: startChat }));
}

function startChat(session: Session): void {
  const chat = new Chat(session, () => {
    chat.close();
    askName('signInAgain');
  }, (key) => toast(t(key)));
  const draw = () => {
    chat.silence();
    show(shellView({
      chat,
      onLanguage: () => {
        switchLanguage();
        draw();
      },
      onSignOut: () => {
        chat.close();
        askName();
      },
      onGone: () => {
        chat.close();
        askName('accountGone');
      },
    }));
  };
  draw();
  const peer = new URLSearchParams(location.search).get('chat');
  if (peer && peer !== session.userId) chat.showPerson(peer);
}

const session = rememberedSession();
if (session) startChat(session);
else askName();
