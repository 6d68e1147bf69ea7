// Other people, as the demo's page has them: who is online in the open chat, who is blocked, quiet hours.
import { isQuiet, People as Package } from 'hongyan/people';
import type { QuietHours } from 'hongyan/people';
import type { Client, ConversationRef } from 'hongyan';
import { Profiles } from './profiles.ts';

const PRIVATE = 1;

export class People {
  readonly profiles: Profiles;
  private readonly people: Package;
  private blocked = new Set<string>();
  private hours: QuietHours | null = null;
  private online = false;
  /** Whom the open chat is with; '' for nobody. */
  private peer = '';
  private stop = () => {};

  /**
   * `onChange`: who is online, blocked, or whether it is quiet may be otherwise now; `onName`: what somebody is called,
   * or looks like.
   */
  constructor(client: Client, private readonly onChange: () => void, onName: () => void) {
    this.people = new Package(client);
    this.profiles = new Profiles({
      connected: () => client.status.name === 'connected', userInfo: (userId) => this.people.userInfo(userId),
    }, onName);
    this.people.onQuietHours((hours) => {
      this.hours = hours;
      onChange();
    });
  }

  async refresh(): Promise<void> {
    void this.profiles.run();
    const [blocked, hours] = await Promise.all([this.people.blacklist(), this.people.quietHours()]);
    [this.blocked, this.hours] = [new Set(blocked), hours];
    this.onChange();
  }

  /** Watches whom the open chat is with. */
  async show(open: ConversationRef | null): Promise<void> {
    const peer = open?.type === PRIVATE ? open.targetId : '';
    if (peer === this.peer) return;
    this.stop();
    [this.peer, this.online, this.stop] = [peer, false, () => {}];
    if (peer === '') return;
    const stop = await this.people.watch([peer], ({ userId, online }) => {
      if (userId !== this.peer) return;
      this.online = online;
      this.onChange();
    });
    if (peer === this.peer) this.stop = stop;
    else stop();
  }

  /** Tells whether somebody is online, now and whenever that changes. Returns what ends it. */
  async watch(userId: string, tell: (online: boolean) => void): Promise<() => void> {
    return this.people.watch([userId], (presence) => presence.userId === userId && tell(presence.online));
  }

  async isOnlineNow(userId: string): Promise<boolean> {
    return (await this.people.presence(userId)).online;
  }

  /** Whether somebody is online; null for other chats than the open one. */
  isOnline({ type, targetId }: ConversationRef): boolean | null {
    return type === PRIVATE && targetId === this.peer ? this.online : null;
  }

  /** Null where nobody can be blocked. */
  isBlocked({ type, targetId }: ConversationRef): boolean | null {
    return type === PRIVATE ? this.blocked.has(targetId) : null;
  }

  async setBlocked(userId: string, on: boolean): Promise<void> {
    await (on ? this.people.block(userId) : this.people.unblock(userId));
    if (on) this.blocked.add(userId);
    else this.blocked.delete(userId);
    this.onChange();
  }

  get quietHours(): QuietHours | null {
    return this.hours;
  }

  get quiet(): boolean {
    return isQuiet(this.hours);
  }

  async setQuietHours(hours: QuietHours | null): Promise<void> {
    await (hours ? this.people.setQuietHours(hours.start, hours.minutes) : this.people.removeQuietHours());
  }
}
