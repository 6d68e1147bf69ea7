// What the types of `hongyan/people` and `hongyan/rtc` allow and refuse. Compiled, never run.
import { createClient } from 'hongyan';
import { isQuiet, People } from 'hongyan/people';
import type { Presence, QuietHours } from 'hongyan/people';
import { CallEnd, CallRoom, Calls } from 'hongyan/rtc';
import type { CallState } from 'hongyan/rtc';
import { type Equal, expect } from './expect.js';

const client = createClient({ appKey: 'key', navigators: 'https://im.example.com' });
const people = new People(client);
expect<Equal<Awaited<ReturnType<People['quietHours']>>, QuietHours | null>>();
void people.watch(['ada'], (presence) => expect<Equal<typeof presence, Presence>>());
const quiet: boolean = isQuiet({ start: '22:00:00', minutes: 480 });
void quiet;
// @ts-expect-error a status is a number
void people.setStatus('busy');
// @ts-expect-error users are a list
void people.invite('d', 'ada');

const calls = new Calls(client, { ringMs: 30_000 });
calls.watch(({ what, call, summary }) => {
  expect<Equal<typeof call, CallState>>();
  if (what === 'ended' && call.end?.reason === CallEnd.REMOTE_BUSYLINE) void summary?.duration;
});
void calls.start({ type: 1, targetId: 'ada' }, { mediaType: 2 });
// @ts-expect-error 3 is no media type
void calls.start({ type: 1, targetId: 'ada' }, { mediaType: 3 });
void new CallRoom(client, 'r').set('k', 'v', { owner: 'room', notice: { objectName: 'app:Mic', body: {} } });
// @ts-expect-error there is no such owner
void new CallRoom(client, 'r').get([], { owner: 'bob' });
client.on('told', ({ topic }) => expect<Equal<typeof topic, 's_stat' | 's_us' | 'rtc_ntf'>>());
