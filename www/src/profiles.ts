// Names and portraits of users, as the server was told: asked for once each, one at a time.
import type { UserInfo } from 'hongyan/people';

const UNKNOWN_USER = 23407;

interface Source {
  /** Whether there is somebody to ask now. */
  connected(): boolean;
  userInfo(userId: string): Promise<UserInfo>;
}

export class Profiles {
  /** Null for a user whom the server does not know. */
  private readonly known = new Map<string, UserInfo | null>();
  private readonly wanted = new Set<string>();
  private asking = false;

  /** `onChange`: somebody is called otherwise now, or looks otherwise. */
  constructor(private readonly source: Source, private readonly onChange: () => void) {}

  /** What is known by now; what is not is asked for. */
  get(userId: string): UserInfo | null {
    const known = this.known.get(userId);
    if (known === undefined) this.refresh(userId);
    return known ?? null;
  }

  /** Asks anew. */
  refresh(userId: string): void {
    this.wanted.add(userId);
    void this.run();
  }

  /** Asks for all that waited for a connection. */
  async run(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    for (const userId of this.wanted) {
      if (!this.source.connected() || !(await this.ask(userId))) break;
      this.wanted.delete(userId);
    }
    this.asking = false;
  }

  /** Whether there was an answer. */
  private async ask(userId: string): Promise<boolean> {
    const before = this.known.get(userId);
    try {
      this.known.set(userId, await this.source.userInfo(userId));
    } catch (error) {
      if ((error as { code?: number }).code !== UNKNOWN_USER) return false;
      this.known.set(userId, null);
    }
    const [was, is] = [before, this.known.get(userId)].map((one) => [one?.name || userId, one?.portraitUri ?? ''].join('\n'));
    if (was !== is) this.onChange();
    return true;
  }
}
