// Public services and the talk with the customer service, as the demo's page has them.
import { CustomerService, PublicServices } from 'hongyan/services';
import type { MenuItem, PublicServiceProfile, Talk } from 'hongyan/services';
import type { Client, ConversationRef } from 'hongyan';

/** The customer service of a server for trying out. */
export const HELP = 'help';

const same = (one: ConversationRef, other: ConversationRef) => one.type === other.type && one.targetId === other.targetId;

export class Services {
  private readonly services: PublicServices;
  private readonly desk: CustomerService;
  /** What the server told of public services, the newest word of each. */
  private known: readonly PublicServiceProfile[] = [];

  /** `onChange`: names, menus or who has the talk may read differently now. */
  constructor(client: Client, private readonly onChange: () => void) {
    this.services = new PublicServices(client);
    this.desk = new CustomerService(client);
  }

  profile(ref: ConversationRef): PublicServiceProfile | undefined {
    return this.known.find(({ conversation }) => same(conversation, ref));
  }

  /** What a conversation with a service is called. */
  titleOf(ref: ConversationRef): string | undefined {
    return this.profile(ref)?.name ?? (this.talk(ref)?.data['companyName'] as string | undefined);
  }

  talk({ type, targetId }: ConversationRef): Talk | null {
    return type === 5 ? this.desk.talk(targetId) : null;
  }

  async refresh(): Promise<void> {
    this.learn(await this.services.followed());
  }

  async search(keyword: string): Promise<PublicServiceProfile[]> {
    const found = keyword === '' ? await this.services.followed() : await this.services.search(keyword);
    this.learn(found);
    return found;
  }

  async setFollowed(ref: ConversationRef, on: boolean): Promise<void> {
    const profile = await (on ? this.services.follow(ref) : this.services.unfollow(ref));
    if (profile) this.learn([profile]);
  }

  async choose(ref: ConversationRef, item: MenuItem): Promise<void> {
    await this.services.choose(ref, item);
  }

  /** Begins the talk, or goes on with it. */
  async begin(serviceId: string): Promise<Talk> {
    const before = this.desk.talk(serviceId);
    const talk = await this.desk.begin(serviceId);
    if (talk !== before) talk.onMode(() => this.onChange());
    this.onChange();
    return talk;
  }

  private learn(profiles: readonly PublicServiceProfile[]): void {
    const others = this.known.filter(({ conversation }) => !profiles.some((one) => same(one.conversation, conversation)));
    this.known = [...others, ...profiles];
    this.onChange();
  }
}
