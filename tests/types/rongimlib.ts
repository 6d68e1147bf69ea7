// What the types of the 2.x face allow, what they infer, and what they refuse.
import RongIMLib, { ConnectionStatus, RongIMClient, TextMessage } from 'hongyan/rongimlib';
import type { Conversation, Message } from 'hongyan/rongimlib';
import * as everything from 'hongyan/rongimlib';
import { type Equal, expect } from './expect.js';

RongIMClient.init('key');
RongIMClient.init('key', { navi: 'im.example.com' });
RongIMClient.init('key', null, { navi: 'im.example.com', protobuf: {} }, () => {});
// @ts-expect-error the app key is text
RongIMClient.init(42);
// @ts-expect-error navi is text
RongIMClient.init('key', null, { navi: 7 });

RongIMClient.setConnectionStatusListener({ onChanged: (status) => expect<Equal<typeof status, number>>() });
// @ts-expect-error a listener has onChanged
RongIMClient.setConnectionStatusListener({});
RongIMClient.setOnReceiveMessageListener({
  onReceived(message, left, hasMore) {
    expect<Equal<typeof left, number>>();
    expect<Equal<typeof hasMore, boolean>>();
    expect<Equal<typeof message.messageUId, string>>();
  },
});

RongIMClient.connect('token', {
  onSuccess: (userId) => expect<Equal<typeof userId, string>>(),
  onTokenIncorrect: () => {},
  onError: (code) => expect<Equal<typeof code, number>>(),
});
RongIMClient.reconnect({}, { auto: true, url: 'x', rate: [100] });
// @ts-expect-error delays are numbers
RongIMClient.reconnect({}, { auto: true, rate: ['100'] });

expect<Equal<typeof ConnectionStatus.CONNECTED, 0>>();
expect<Equal<typeof RongIMLib.ConnectionState.UNACCEPTABLE_PAROTOCOL_VERSION, 1>>();
expect<Equal<typeof RongIMLib.ErrorCode.TIMEOUT, -1>>();
expect<Equal<(typeof everything)['ConversationType']['GROUP'], 3>>();
// @ts-expect-error no such status
ConnectionStatus.NO_SUCH_STATUS satisfies number;
// @ts-expect-error enums are read-only
ConnectionStatus.CONNECTED = 1;

expect<Equal<typeof RongIMClient.MessageType.TextMessage, 'TextMessage'>>();
expect<Equal<(typeof RongIMClient.MessageParams)['ImageMessage']['objectName'], string>>();

const im = RongIMLib.RongIMClient.getInstance();
// @ts-expect-error there is one instance, made by init
new RongIMClient();

const text = new TextMessage({ content: 'hello', extra: '' });
expect<Equal<typeof text.content, string>>();
// @ts-expect-error a text message has its text
new RongIMLib.TextMessage({});
// @ts-expect-error a text message needs its members
new RongIMLib.TextMessage();
new RongIMLib.HQVoiceMessage();
expect<Equal<ReturnType<typeof RongIMLib.LocationMessage.obtain>['latitude'], number>>();

im.sendMessage(RongIMLib.ConversationType.PRIVATE, 'ada', text, {
  onBefore: (id) => expect<Equal<typeof id, number>>(),
  onSuccess: (message) => expect<Equal<typeof message, Message>>(),
  onError: (_code, message) => expect<Equal<typeof message, Message | undefined>>(),
});
im.sendMessage(3, 'group', text, {}, true, 'push', null, null, { userIds: ['ada'], isVoipPush: true });
// @ts-expect-error the target is text
im.sendMessage(1, 42, text);
// @ts-expect-error content is an object of a message class
im.sendMessage(1, 'ada', 'hello');
im.sendTextMessage(1, 'ada', 'hello');

im.getConversationList({ onSuccess: (list) => expect<Equal<typeof list, Conversation[]>>() }, null, 10);
im.getConversation(1, 'ada', { onSuccess: (row) => expect<Equal<typeof row, Conversation | null>>() });
im.clearConversations({}, [1, 3]);
im.clearConversations({}, 1, 3);
im.getTotalUnreadCount({ onSuccess: (count) => expect<Equal<typeof count, number>>() });
expect<Equal<ReturnType<typeof im.getCurrentConnectionStatus>, number>>();

im.getHistoryMessages(1, 'ada', 0, 20, {
  onSuccess(list, hasMore) {
    expect<Equal<(typeof list)[0]['sentTime'], number>>();
    expect<Equal<typeof hasMore, boolean>>();
  },
});
im.getRemoteHistoryMessages({ conversationType: 1, targetId: 'ada', timestamp: 0 }, {});
im.getRemoteHistoryMessages(1, 'ada', null, 20, {}, { order: 1 });
// @ts-expect-error a page has a count
im.getHistoryMessages(1, 'ada', 0, {});
im.clearRemoteHistoryMessages({ conversationType: 1, targetId: 'ada', timestamp: 5 });
// @ts-expect-error a history is cleared up to a time
im.clearHistoryMessages({ conversationType: 1, targetId: 'ada' });
im.deleteMessages(1, 'ada', [new RongIMLib.DeleteMessage('uid', 5, 2)]);
im.insertMessage(1, 'ada', text, { onSuccess: (message) => expect<Equal<(typeof message)['messageId'], string>>() });
im.insertMessage(1, 'ada', 'me', text);
im.searchMessageByContent(1, 'ada', 'word', 0, 20, 1, { onSuccess: (_list, total) => expect<Equal<typeof total, number>>() });
im.sendRecallMessage(everything.ModelUtil.modelClone({} as Message), {});
im.saveTextMessageDraft(1, 'ada', 'dra');
// @ts-expect-error a draft is text
im.saveTextMessageDraft(1, 'ada', 5);
expect<Equal<ReturnType<typeof im.getTextMessageDraft>, string | undefined>>();
RongIMClient.Conversation.watch((list) => expect<Equal<typeof list, Conversation[]>>());
im.getFileToken(1, { onSuccess: ({ token }) => expect<Equal<typeof token, string>>() });
im.getFileToken(1, 'a.txt', {});

RongIMClient.registerMessageType('Person', 'app:person', new RongIMLib.MessageTag(true, true), ['name']);
// @ts-expect-error a codec has both directions
RongIMClient.registerMessageType('Person', 'app:person', new RongIMLib.MessageTag(true, true), { encode: () => '' });

window.RongIMLib.RongIMClient.init('key');
window.RongIMClient.getInstance().disconnect();
