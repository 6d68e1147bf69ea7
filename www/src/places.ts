// Live locations of the page: who shares one in a conversation, and one's own, told as the device moves.
import { LiveLocations } from 'hongyan/location';
import type { LiveLocation, Participant } from 'hongyan/location';
import type { Client, ConversationRef } from 'hongyan';
import type { TextKey } from './i18n.ts';

/** The others are told of a move at most so often, ms. */
const MOVE_EVERY = 2000;
/** How long the device may look for itself, ms. */
const PATIENCE = 20_000;
const TOO_MANY = 4;
/** Numbers of `GeolocationPositionError`. */
const PROBLEMS: Readonly<Record<number, TextKey>> = { 1: 'liveRefused', 2: 'liveUnavailable', 3: 'liveTimeout' };

/** Why one's own place is not shared. */
export class PlaceProblem extends Error {
  constructor(readonly key: TextKey) {
    super(key);
  }
}

/** One's own sharing: in one conversation at a time. */
interface Sharing {
  readonly ref: ConversationRef;
  readonly live: LiveLocation;
  readonly watch: number;
}

const same = (one: ConversationRef, other: ConversationRef) => one.type === other.type && one.targetId === other.targetId;
const options: PositionOptions = { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 10_000 };

function whereNow(): Promise<GeolocationPosition> {
  if (!window.isSecureContext || !navigator.geolocation) return Promise.reject(new PlaceProblem('liveInsecure'));
  return new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(resolve, ({ code }) => reject(new PlaceProblem(PROBLEMS[code] ?? 'liveUnavailable')), options);
  });
}

export class Places {
  private readonly all: LiveLocations;
  private readonly heard = new Set<LiveLocation>();
  private sharing: Sharing | null = null;

  /** `onProblem`: sharing ended by itself. */
  constructor(client: Client, private readonly onChange: () => void, private readonly onProblem: (key: TextKey) => void) {
    this.all = new LiveLocations(client);
  }

  /** Everybody who shares there, this user first. */
  participants(ref: ConversationRef): Participant[] {
    return this.of(ref).participants;
  }

  /** Where this user shares its place; null for nowhere. */
  get where(): ConversationRef | null {
    return this.sharing?.ref ?? null;
  }

  shares(ref: ConversationRef): boolean {
    return this.sharing !== null && same(this.sharing.ref, ref);
  }

  /** Begins to share one's place, or joins those who do; rejects with a {@link PlaceProblem} before anybody was told. */
  async share(ref: ConversationRef): Promise<void> {
    const { coords } = await whereNow();
    void this.stop();
    const live = this.of(ref);
    await (live.state === 'incoming' ? live.join() : live.start()).catch((error: { code?: number }) => {
      throw error.code === TOO_MANY ? new PlaceProblem('liveTooMany') : error;
    });
    await live.update(coords.latitude, coords.longitude);
    let told = Date.now();
    let timer = 0;
    // Where it came to rest is told, too.
    const moved = ({ coords: { latitude, longitude } }: GeolocationPosition) => {
      clearTimeout(timer);
      timer = window.setTimeout(() => {
        told = Date.now();
        if (this.shares(ref)) live.update(latitude, longitude).catch((error: unknown) => console.warn(error));
      }, Math.max(0, told + MOVE_EVERY - Date.now()));
    };
    const failed = ({ code }: GeolocationPositionError) => {
      // The device finds itself again; who takes the leave back means it.
      if (code !== GeolocationPositionError.PERMISSION_DENIED) return;
      void this.stop();
      this.onProblem('liveRefused');
    };
    this.sharing = { ref, live, watch: navigator.geolocation.watchPosition(moved, failed, options) };
    this.onChange();
  }

  /** Resolves once the others were told. */
  async stop(): Promise<void> {
    const { sharing } = this;
    if (!sharing) return;
    this.sharing = null;
    navigator.geolocation.clearWatch(sharing.watch);
    const told = sharing.live.quit();
    this.onChange();
    await told.catch((error: unknown) => console.warn(error));
  }

  async close(): Promise<void> {
    await this.stop();
    this.all.close();
  }

  private of(ref: ConversationRef): LiveLocation {
    const live = this.all.of(ref);
    if (!this.heard.has(live)) {
      this.heard.add(live);
      live.on(() => this.onChange());
    }
    return live;
  }
}
