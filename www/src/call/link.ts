/**
 * The way of sound and pictures between two users. They meet in a call room, where they tell each other their addresses:
 *
 * ```text
 *   caller                 call room                 callee
 *     │── join ──────────────▶│◀────────────── join ────│
 *     │◀─ who is there, who came                        │
 *     │── app:CallOffer ──────┼────────────────────────▶│
 *     │◀──────────────────────┼───────── app:CallAnswer │
 *     │◀═════════════ RTCPeerConnection ═══════════════▶│
 * ```
 */
import { CallRoom } from 'hongyan/rtc';
import type { Client, Message } from 'hongyan';

const CALL_ROOM = 12;
const OFFER = 'app:CallOffer';
const ANSWER = 'app:CallAnswer';
const STATE = 'RCRTC:state';
/** `state` of who came into the room. */
const CAME = '0';
/** Addresses of this device that are not found in so long are left out, ms. */
const GATHER_MS = 1500;
/** Without sound for so long the call is given up, ms. */
const LOST_MS = 20_000;

interface Options {
  readonly client: Client;
  /** The call room. */
  readonly id: string;
  readonly own: MediaStream;
  /** Whether this side makes the offer. */
  readonly calls: boolean;
  /** What the other side sends. */
  readonly onMedia: (stream: MediaStream) => void;
  readonly onFlow: (flows: boolean) => void;
  /** It cannot be had. */
  readonly onLost: (why: unknown) => void;
}

export class CallLink {
  private readonly peer = new RTCPeerConnection({ iceServers: [] });
  private readonly room: CallRoom;
  private readonly off: () => void;
  private timer = 0;
  private closed = false;

  constructor(private readonly options: Options) {
    const { client, id, own } = options;
    this.room = new CallRoom(client, id);
    for (const track of own.getTracks()) this.peer.addTrack(track, own);
    this.peer.addEventListener('track', ({ streams: [stream] }) => stream && options.onMedia(stream));
    this.peer.addEventListener('connectionstatechange', () => this.moved());
    this.off = client.on('message', (message) => this.hear(message));
    this.wait();
    this.attempt(this.meet());
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.off();
    this.peer.close();
    this.room.leave().catch((error: unknown) => console.warn(error));
  }

  private async meet(): Promise<void> {
    const { members } = await this.room.join();
    const others = Object.keys(members).filter((userId) => userId !== this.options.client.userId);
    if (others.length > 0) await this.offer();
  }

  private hear({ conversation, objectName, content, direction }: Message): void {
    if (conversation.type !== CALL_ROOM || conversation.targetId !== this.options.id || direction === 'sent') return;
    const sdp = typeof content['sdp'] === 'string' ? content['sdp'] : '';
    if (objectName === STATE) {
      const users = Array.isArray(content['users']) ? content['users'] : [];
      if (users.some((user: { state?: unknown } | null) => user?.state === CAME)) this.attempt(this.offer());
    } else if (objectName === OFFER) this.attempt(this.answer(sdp));
    else if (objectName === ANSWER) this.attempt(this.peer.setRemoteDescription({ type: 'answer', sdp }));
  }

  private async offer(): Promise<void> {
    if (!this.options.calls) return;
    await this.peer.setLocalDescription(await this.peer.createOffer());
    await this.say(OFFER);
  }

  private async answer(sdp: string): Promise<void> {
    await this.peer.setRemoteDescription({ type: 'offer', sdp });
    await this.peer.setLocalDescription(await this.peer.createAnswer());
    await this.say(ANSWER);
  }

  private async say(objectName: string): Promise<void> {
    await this.gathered();
    if (this.closed) return;
    await this.room.send({ objectName, body: { sdp: this.peer.localDescription?.sdp ?? '' }, persisted: false, counted: false });
  }

  /** Resolves once the description names the addresses of this device. */
  private gathered(): Promise<void> {
    const { peer } = this;
    if (peer.iceGatheringState === 'complete') return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, GATHER_MS);
      peer.addEventListener('icegatheringstatechange', () => {
        if (peer.iceGatheringState !== 'complete') return;
        clearTimeout(timer);
        resolve();
      });
    });
  }

  private moved(): void {
    const { connectionState } = this.peer;
    const flows = connectionState === 'connected';
    if (flows) {
      clearTimeout(this.timer);
      this.timer = 0;
    } else this.wait();
    if (connectionState === 'failed') {
      this.peer.restartIce();
      this.attempt(this.offer());
    }
    this.options.onFlow(flows);
  }

  /** Gives up after a while. */
  private wait(): void {
    if (this.timer === 0) this.timer = window.setTimeout(() => this.options.onLost('nothing arrives'), LOST_MS);
  }

  private attempt(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (!this.closed) this.options.onLost(error);
    });
  }
}
