// What the types of the package must allow and what they must refuse. Compiled, never run.
import { ConversationType, createClient, HongyanError, init } from 'hongyan';
import type { Client, Conversation, Message, SendState, Status } from 'hongyan';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_ extends true>() => {};

holds<Same<ReturnType<typeof init>, Promise<void>>>();
holds<Same<Awaited<ReturnType<Client['send']>>, Message>>();
holds<Same<Awaited<ReturnType<Client['conversations']>>, Conversation[]>>();
holds<Same<typeof ConversationType.GROUP, 3>>();

const client = createClient({ appKey: 'key', navigators: ['https://im.example.com'] });
const to = { type: ConversationType.PRIVATE, targetId: 'bob' };
const stop: () => void = client.on('message', (message, { left, hasMore }) => {
  holds<Same<typeof message, Message>>();
  holds<Same<typeof left, number>>();
  holds<Same<typeof hasMore, boolean>>();
});
stop();
client.on('status', (status) => holds<Same<typeof status, Status>>());
client.on('send', ({ state }: { state: SendState }) => {
  // The error exists in the failed state only.
  if (state.name === 'failed') holds<Same<typeof state.error, HongyanError>>();
});
const supplied = createClient({
  appKey: 'key',
  navigators: 'im.example.com',
  token: ({ refused, signal }) => {
    holds<Same<typeof refused, HongyanError | null>>();
    holds<Same<typeof signal, AbortSignal>>();
    return 'token';
  },
});
void supplied.connect();
void client.connect(async () => 'token', { userId: 'me' });
// @ts-expect-error a function for tokens gives texts
void client.connect(() => 5);
void client.send(to, 'hello');
void client.send(to, { objectName: 'my:Vote', body: { yes: true } }, { giveUpAfterMs: 5_000 });

void (async () => {
  const { downloadUrl } = await client.ask('qnUrl', null, { type: 4, key: 'k' });
  holds<Same<typeof downloadUrl, string>>();
  const { status } = await client.ask('blackStat', 'bob', { userId: 'bob' });
  holds<Same<typeof status, number>>();
  const page = await client.history(to, { before: Date.now(), count: 50 });
  await client.history(to, { before: page.next });
  await client.history(to, { after: page.messages[0] });
  for await (const { messages } of client.historyPages(to)) holds<Same<typeof messages, Message[]>>();
  await client.deleteMessages(to, page.messages);
})();
void (async () => {
  for (const { clientId, state, message } of await client.outbox()) {
    if (state.name === 'failed' && state.error.retryable) holds<Same<typeof message, Message>>();
    holds<Same<boolean, Awaited<ReturnType<typeof client.cancel>>>>();
    await client.retry(clientId, { giveUpAfterMs: 1000, signal: new AbortController().signal });
  }
})();
client.on('deleted', ({ messageUIds, upTo }) => holds<Same<[typeof messageUIds, typeof upTo], [readonly string[], number | null]>>());
client.on('recalled', ({ messageUId }) => holds<Same<typeof messageUId, string>>());

// @ts-expect-error there is no such question
void client.ask('qnUrll', null, {});
// @ts-expect-error this one goes to the user
void client.ask('qnUrl', 'bob', { type: 4, key: 'k' });
// @ts-expect-error its key is compulsory
void client.ask('qnUrl', null, { type: 4 });
// @ts-expect-error the app key is compulsory
createClient({ navigators: 'https://im.example.com' });
// @ts-expect-error a slip in an option's name does not go unnoticed
createClient({ appKey: 'key', navigators: 'im.example.com', navigationTimeout: 1 });
// @ts-expect-error a conversation is a type and a target
void client.send('bob', 'hello');
// @ts-expect-error there is no such event
client.on('mesage', () => {});
// @ts-expect-error read only
client.userId = 'other';
// @ts-expect-error made by createClient alone
new Client();
// @ts-expect-error an error exists in the failed state only
client.on('send', ({ state }) => state.error);
