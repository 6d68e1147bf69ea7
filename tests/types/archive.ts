// The archive's types. Compiled, never run.
import { createClient } from 'hongyan';
import { link, open } from 'hongyan/archive';
import type { Archive, SearchHit, StoredMessage } from 'hongyan/archive';
import { expect, type Equal } from './expect.ts';

const archive: Archive = await open({ appKey: 'k', userId: 'u', maxMessages: 5 });
const bob = { type: 1, targetId: 'bob' } as const;
expect<Equal<Awaited<ReturnType<Archive['get']>>, StoredMessage | null>>();
const { messages, more } = await archive.page(bob, { count: 10 });
expect<Equal<typeof more, boolean>>();
const oldest = messages[0];
if (oldest) await archive.page(bob, { before: oldest });
const { hits, next } = await archive.search('hello', { conversation: bob, types: ['RC:TxtMsg'] });
expect<Equal<typeof hits, readonly SearchHit[]>>();
if (next) await archive.search('hello', { before: next });
archive.on('error', ({ reason, code }) => void [reason satisfies string, code satisfies number]);
const client = createClient({ appKey: 'k', navigators: 'im.example.com' });
client.on('message', (message) => void archive.put([message]));
await link(client, archive).stop();

// @ts-expect-error a slip in an option's name does not go unnoticed
await open({ appKey: 'k', userId: 'u', maxMesages: 5 });
await archive.get({ clientId: '1' });
// @ts-expect-error a message is named by its messageUId, its localId or its clientId
await archive.get({});
