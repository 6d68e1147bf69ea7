// What the types of `hongyan/services` and `hongyan/location` allow and refuse. Compiled, never run.
import { createClient } from 'hongyan';
import { LiveLocations } from 'hongyan/location';
import type { LiveLocationState } from 'hongyan/location';
import { CustomerService, PublicServices } from 'hongyan/services';
import type { PublicServiceProfile, Talk, TalkMode } from 'hongyan/services';
import { type Equal, expect } from './expect.js';

const client = createClient({ appKey: 'key', navigators: 'https://im.example.com' });

const services = new PublicServices(client);
expect<Equal<Awaited<ReturnType<typeof services.followed>>, PublicServiceProfile[]>>();
void services.search('news', { type: 7, exact: true });
// @ts-expect-error: no such type
void services.search('news', { type: 1 });

const desk = new CustomerService(client, { answerMs: 5000 });
expect<Equal<Awaited<ReturnType<typeof desk.begin>>, Talk>>();
void desk.begin('help').then((talk) => {
  talk.onMode((mode) => expect<Equal<typeof mode, TalkMode>>());
  void talk.rateHuman({ stars: 5 });
  // @ts-expect-error: stars are needed
  void talk.rateHuman({ remark: 'good' });
});
void client.send({ type: 5, targetId: 'customer' }, 'yes', { asAgent: true });

const here = new LiveLocations(client).of({ type: 1, targetId: 'ada' });
expect<Equal<typeof here.state, LiveLocationState>>();
here.on((event) => {
  if (event.name === 'moved') expect<Equal<typeof event.latitude, number>>();
});
// @ts-expect-error: two numbers
void here.update(1);
