/**
 * The calls of a page, one at a time. `hongyan/rtc` says who calls whom and who takes it; {@link CallLink} carries the media.
 *
 * ```text
 *   idle ── call() ──▶ asking ──▶ calling ── taken ──▶ talking ──▶ over ──▶ idle
 *     └──── somebody calls ─────▶ ringing ── accept() ──▶ ┘           ▲
 *                                   └── refused, cancelled, taken elsewhere ┘
 * ```
 */
import { CallEnd, Calls as Package, MediaType } from 'hongyan/rtc';
import type { CallChange, CallState, CallSummary } from 'hongyan/rtc';
import type { Client, ConversationRef, MessageContent } from 'hongyan';
import type { TextKey } from '../i18n.ts';
import { CallLink } from './link.ts';
import { closeMedia, hasPicture, MediaProblem, openMedia } from './media.ts';

const PRIVATE = 1;
const BLOCKED = 405;
/** How long it is told how a call ended, ms. */
const TOLD_MS = 5000;

/** `peer`: the other one's id; `video`: whether it is meant to have pictures. */
interface With {
  readonly peer: string;
  readonly video: boolean;
}

export type Stage =
  | { readonly name: 'idle' }
  /** The browser asks for the microphone. */
  | (With & { readonly name: 'asking' })
  /** `rings`: there; `away`: the other one is offline, it rings there later. */
  | (With & { readonly name: 'calling'; readonly at: 'sent' | 'rings' | 'away' })
  /** `problem`: why it could not be taken yet; `taking`: it is about to be. */
  | (With & { readonly name: 'ringing'; readonly problem: TextKey | null; readonly taking: boolean })
  /** `since`: Unix ms; `flows`: whether media arrive. */
  | (With & { readonly name: 'talking'; readonly since: number; readonly flows: boolean; readonly sees: boolean })
  | (With & { readonly name: 'over'; readonly why: TextKey });

const ENDS: Readonly<Record<number, TextKey>> = {
  [CallEnd.CANCEL]: 'callEnded',
  [CallEnd.REJECT]: 'callEnded',
  [CallEnd.HANGUP]: 'callEnded',
  [CallEnd.REMOTE_CANCEL]: 'callMissed',
  [CallEnd.REMOTE_REJECT]: 'callRefused',
  [CallEnd.REMOTE_HANGUP]: 'callEnded',
  [CallEnd.REMOTE_BUSYLINE]: 'callBusy',
  [CallEnd.REMOTE_ENGINE_UN_SUPPORTED]: 'callTheirsCannot',
  [CallEnd.NETWORK_ERROR]: 'callLost',
  [CallEnd.REMOTE_NETWORK_ERROR]: 'callLost',
  [CallEnd.ELSEWHERE]: 'callElsewhere',
};

/** What a conversation keeps of a call: only what counts is shown in the list. `video`: as it was begun. */
function recordOf(summary: CallSummary, video: boolean): MessageContent {
  const mediaType = video ? MediaType.VIDEO : MediaType.AUDIO;
  return { objectName: 'RC:VCSummary', body: { ...summary, mediaType }, persisted: true, counted: true };
}

interface Options {
  readonly client: Client;
  readonly isOnline: (userId: string) => Promise<boolean>;
  /** Whether this user hears nothing of another: neither would it hear the answer. */
  readonly isBlocked: (userId: string) => boolean;
  /** Puts a call into its conversation. */
  readonly record: (content: MessageContent, to: ConversationRef) => void;
  readonly onChange: () => void;
}

export class Calls {
  stage: Stage = { name: 'idle' };
  /** What this side sends, and what it gets. */
  own: MediaStream | null = null;
  theirs: MediaStream | null = null;
  private readonly calls: Package;
  private link: CallLink | null = null;
  /** The call that the stage speaks of. */
  private id = '';
  private timer = 0;

  constructor(private readonly options: Options) {
    this.calls = new Package(options.client);
    this.calls.watch((change) => this.changed(change));
  }

  get busy(): boolean {
    return this.stage.name !== 'idle' && this.stage.name !== 'over';
  }

  /** Calls somebody. */
  async call(peer: string, video: boolean): Promise<void> {
    if (this.busy) return;
    this.become({ name: 'asking', peer, video });
    if (this.options.isBlocked(peer)) return this.end('callYouBlocked');
    const own = await this.media(video, (why) => this.end(why));
    if (!own) return;
    this.become({ name: 'calling', peer, video: hasPicture(own), at: 'sent' });
    void this.options.isOnline(peer).then((online) => !online && this.reached('away')).catch(() => {});
    const mediaType = hasPicture(own) ? MediaType.VIDEO : MediaType.AUDIO;
    const started = this.calls.start({ type: PRIVATE, targetId: peer }, { mediaType });
    const { id = '' } = this.calls.current ?? {};
    this.id = id;
    await started.catch((error: { code?: number }) => {
      console.warn(error);
      if (this.id === id) this.end(error.code === BLOCKED ? 'callBlocked' : 'callLost');
    });
  }

  /** Takes the call that rings, with sound alone if `video` is false. */
  async accept(video: boolean): Promise<void> {
    const { stage } = this;
    const call = this.calls.current;
    if (stage.name !== 'ringing' || stage.taking || !call) return;
    this.become({ ...stage, problem: null, taking: true });
    const own = await this.media(video, (problem) => this.become({ ...stage, problem, taking: false }));
    if (!own) return;
    try {
      this.talk(await this.calls.accept({ mediaType: hasPicture(own) ? MediaType.VIDEO : MediaType.AUDIO }), false);
    } catch (error) {
      console.warn(error);
      if (this.id !== call.id) return;
      this.end((error as { code?: number }).code === BLOCKED ? 'callBlocked' : 'callLost');
      if (this.calls.current?.id === call.id) void this.hangUp(CallEnd.NETWORK_ERROR);
    }
  }

  /** Cancels, refuses or hangs up. Resolves once the other side was told. */
  async hangUp(reason?: number): Promise<void> {
    if (this.stage.name === 'asking') this.end('callEnded');
    else if (this.calls.current) await this.calls.hangUp(reason).catch((error: unknown) => console.warn(error));
  }

  /** Whether the other side hears this one. */
  get sounds(): boolean {
    return this.own?.getAudioTracks().some(({ enabled }) => enabled) ?? false;
  }

  get shows(): boolean {
    return this.own?.getVideoTracks().some(({ enabled }) => enabled) ?? false;
  }

  setSounds(on: boolean): void {
    for (const track of this.own?.getAudioTracks() ?? []) track.enabled = on;
    this.options.onChange();
  }

  setShows(on: boolean): void {
    for (const track of this.own?.getVideoTracks() ?? []) track.enabled = on;
    this.calls.setMediaType(on ? MediaType.VIDEO : MediaType.AUDIO).catch((error: unknown) => console.warn(error));
    this.options.onChange();
  }

  async close(): Promise<void> {
    const told = this.hangUp();
    this.release();
    clearTimeout(this.timer);
    await told;
    this.calls.destroy();
  }

  /** The devices; null where there are none, or nobody waits for them any more. */
  private async media(video: boolean, failed: (why: TextKey) => void): Promise<MediaStream | null> {
    const { stage } = this;
    const still = () => this.stage === stage;
    try {
      const own = await openMedia(video);
      if (still()) return (this.own = own);
      closeMedia(own);
    } catch (error) {
      if (still()) failed(error instanceof MediaProblem ? error.key : 'callCannot');
    }
    return null;
  }

  private changed({ what, call, summary, userId }: CallChange): void {
    if (what === 'incoming') return this.ring(call);
    if (what === 'ended') return this.ended(call, summary);
    if (call.id !== this.id) return;
    switch (what) {
      case 'ringing':
        return this.reached('rings');
      case 'accepted':
        if (this.stage.name === 'calling') this.talk(call, true);
        return;
      case 'media':
        if (this.stage.name === 'talking' && userId === this.stage.peer) this.become({ ...this.stage, sees: seesOf(call) });
        return;
      case 'connected':
      case 'members':
      case 'left':
    }
  }

  private ring(call: CallState): void {
    // Calls of groups need more than one link.
    if (call.conversation.type !== PRIVATE) return this.refuse(CallEnd.ENGINE_UN_SUPPORTED);
    // The browser is asking for the devices of a call that did not leave yet.
    if (this.busy) return this.refuse(CallEnd.BUSYLINE);
    this.id = call.id;
    this.become({ name: 'ringing', peer: call.inviter, video: call.mediaType === MediaType.VIDEO, problem: null, taking: false });
  }

  /** Says no to a call that this page does not show. */
  private refuse(reason: number): void {
    this.calls.hangUp(reason).catch((error: unknown) => console.warn(error));
  }

  private reached(at: 'rings' | 'away'): void {
    if (this.stage.name === 'calling' && this.stage.at === 'sent') this.become({ ...this.stage, at });
    else if (this.stage.name === 'calling' && at === 'rings') this.become({ ...this.stage, at });
  }

  private talk(call: CallState, calls: boolean): void {
    const { own, stage } = this;
    if (!own || !('peer' in stage)) return;
    this.become({ name: 'talking', peer: stage.peer, video: stage.video, since: Date.now(), flows: false, sees: seesOf(call) });
    this.link = new CallLink({
      client: this.options.client,
      id: call.channelInfo.Id,
      own,
      calls,
      onMedia: (stream) => {
        this.theirs = stream;
        this.options.onChange();
      },
      onFlow: (flows) => this.stage.name === 'talking' && this.become({ ...this.stage, flows }),
      onLost: (why) => {
        console.warn(why);
        void this.hangUp(CallEnd.NETWORK_ERROR);
      },
    });
  }

  private ended(call: CallState, summary: CallSummary | null): void {
    const reason = call.end?.reason ?? CallEnd.HANGUP;
    const { userId } = this.options.client;
    // A call that never left is told by who began it.
    const left = call.connectedTime > 0 || reason !== CallEnd.NETWORK_ERROR;
    if (summary && call.caller === userId && left && call.conversation.type === PRIVATE) {
      this.options.record(recordOf(summary, 'peer' in this.stage && this.stage.video), call.conversation);
    };
    if (call.id !== this.id) return;
    const unanswered = reason === CallEnd.NO_RESPONSE || reason === CallEnd.REMOTE_NO_RESPONSE;
    if (unanswered) this.end(call.caller === userId ? 'callNoAnswer' : 'callMissed');
    // While it is being sent, what is in the way is told by `call`.
    else if (left) this.end(ENDS[reason] ?? 'callEnded');
  }

  private end(why: TextKey): void {
    if (!('peer' in this.stage) || this.stage.name === 'over') return;
    const { peer, video } = this.stage;
    this.release();
    this.become({ name: 'over', peer, video, why });
    this.timer = window.setTimeout(() => this.become({ name: 'idle' }), TOLD_MS);
  }

  private release(): void {
    this.link?.close();
    closeMedia(this.own);
    [this.link, this.own, this.theirs] = [null, null, null];
  }

  private become(stage: Stage): void {
    clearTimeout(this.timer);
    this.stage = stage;
    this.options.onChange();
  }
}

/** Whether the other side sends a picture. */
const seesOf = (call: CallState): boolean => call.members.some(({ mediaType }) => mediaType === MediaType.VIDEO);
