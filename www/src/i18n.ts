// The texts, in Chinese and English. The browser's language decides until the user does.

const en = {
  title: 'Hongyan',
  tagline: 'Messages that arrive. A chat on the Hongyan SDK and server.',
  yourName: 'Your name',
  namePlaceholder: 'For example: Alice',
  signIn: 'Start chatting',
  signingIn: 'Signing in …',
  signInHint: 'Open this page in a second window with another name, and write to each other.',
  signInRefused: 'This name cannot be used: no emoji, no @, at most 64 letters.',
  signInUnreachable: 'The server cannot be reached. Is it running?',
  signInAgain: 'Your session has ended. Please sign in again.',
  chats: 'Chats',
  newChat: 'New chat',
  newChatWith: 'Chat with',
  open: 'Open',
  cancel: 'Cancel',
  secondWindow: 'Open a second window as another user',
  signOut: 'Sign out',
  language: '中文',
  languageLabel: 'Switch to Chinese',
  noChats: 'No chats yet',
  noChatsHint: 'Start one with the name of someone who signed in here.',
  nothingOpen: 'Choose a chat',
  nothingOpenHint: 'Or open a second window, sign in with another name, and write to yourself there.',
  noMessages: 'No messages yet. Say hello!',
  back: 'Back to the chats',
  messagesWith: 'Messages with {name}',
  write: 'Write a message',
  send: 'Send',
  enterHint: 'Enter sends, Shift+Enter starts a new line',
  you: 'You: ',
  sending: 'Sending',
  waiting: 'Waiting for the connection',
  sent: 'Sent',
  failed: 'Not sent',
  retry: 'Retry',
  jump: 'Newest messages',
  jumpNew: '{count} new',
  says: '{name}: {text}',
  unread: '{count} unread',
  otherContent: '[Message of another kind]',
  image: '[Picture]',
  file: '[File] {name}',
  voice: '[Voice] {time}',
  video: '[Video]',
  place: '[Place] {name}',
  recalled: '{name} took back a message',
  connected: 'Connected',
  connecting: 'Connecting …',
  offline: 'Offline, trying again …',
  signedOut: 'Signed out',
  kicked: 'Signed in elsewhere',
  useHere: 'Use here',
  refused: 'The server refuses this connection',
  gap: 'Some older messages are no longer kept by the server.',
};

export type TextKey = keyof typeof en;

const zh: Record<TextKey, string> = {
  title: '鸿雁',
  tagline: '消息必达。运行在鸿雁 SDK 与服务端之上的聊天。',
  yourName: '你的名字',
  namePlaceholder: '例如：小雁',
  signIn: '开始聊天',
  signingIn: '正在登录…',
  signInHint: '在第二个窗口用另一个名字打开本页，就可以互相发消息。',
  signInRefused: '这个名字不能用：不能有表情符号和 @，最多 21 个汉字。',
  signInUnreachable: '连不上服务器，它在运行吗？',
  signInAgain: '登录已失效，请重新登录。',
  chats: '会话',
  newChat: '新会话',
  newChatWith: '和谁聊天',
  open: '打开',
  cancel: '取消',
  secondWindow: '以另一个用户打开新窗口',
  signOut: '退出登录',
  language: 'EN',
  languageLabel: '切换到英文',
  noChats: '还没有会话',
  noChatsHint: '输入一个已在这里登录的名字，开始聊天。',
  nothingOpen: '选择一个会话',
  nothingOpenHint: '或者打开第二个窗口，用另一个名字登录，和自己聊聊。',
  noMessages: '还没有消息，打个招呼吧！',
  back: '返回会话列表',
  messagesWith: '与 {name} 的消息',
  write: '输入消息',
  send: '发送',
  enterHint: 'Enter 发送，Shift+Enter 换行',
  you: '我：',
  sending: '发送中',
  waiting: '等待连接',
  sent: '已发送',
  failed: '未发送',
  retry: '重试',
  jump: '最新消息',
  jumpNew: '{count} 条新消息',
  says: '{name}：{text}',
  unread: '{count} 条未读',
  otherContent: '[其他类型的消息]',
  image: '[图片]',
  file: '[文件] {name}',
  voice: '[语音] {time}',
  video: '[视频]',
  place: '[位置] {name}',
  recalled: '{name} 撤回了一条消息',
  connected: '已连接',
  connecting: '连接中…',
  offline: '网络已断开，正在重连…',
  signedOut: '已退出',
  kicked: '已在别处登录',
  useHere: '在这里使用',
  refused: '服务器拒绝了连接',
  gap: '部分更早的消息已不在服务器上。',
};

export type Language = 'zh' | 'en';

const KEY = 'hongyan-demo:language';

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

let current: Language = (remembered() ?? navigator.language).startsWith('zh') ? 'zh' : 'en';

export const language = (): Language => current;

export function switchLanguage(): void {
  current = current === 'zh' ? 'en' : 'zh';
  try {
    localStorage.setItem(KEY, current);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

/** The text for `key`; `{name}` in it is replaced by `values.name`. */
export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  return (current === 'zh' ? zh : en)[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}
