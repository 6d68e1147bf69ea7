// Files on their way to the server. Once a file is there, its message is sent like any other.
import { HongyanError } from 'hongyan';
import type { Client, ConversationRef, MessageContent } from 'hongyan';
import { fileMessage, imageMessage, sightMessage, voiceMessage } from 'hongyan/upload';

export interface Upload {
  readonly id: number;
  readonly to: ConversationRef;
  readonly name: string;
  /** 0 to 1. */
  readonly part: number;
  /** The code of why it ended without a message, 0 where there is none; null while it goes on. */
  readonly problem: number | null;
}

function messageOf(file: File): typeof imageMessage {
  const [kind] = file.type.split('/');
  if (kind === 'image') return imageMessage;
  if (kind === 'audio') return voiceMessage;
  return kind === 'video' ? sightMessage : fileMessage;
}

export class Uploads {
  private running = new Map<number, Upload>();
  private readonly ends = new Map<number, AbortController>();
  private last = 0;

  constructor(
    private readonly client: Client,
    private readonly onChange: () => void,
    private readonly onDone: (to: ConversationRef, content: MessageContent) => void,
  ) {}

  of(ref: ConversationRef): Upload[] {
    return [...this.running.values()].filter(({ to }) => to.type === ref.type && to.targetId === ref.targetId);
  }

  async add(to: ConversationRef, file: File): Promise<void> {
    this.last += 1;
    const id = this.last;
    const end = new AbortController();
    this.ends.set(id, end);
    this.set({ id, to, name: file.name, part: 0, problem: null });
    try {
      const content = await messageOf(file)(this.client, file, {
        signal: end.signal,
        onProgress: ({ sent, total }) => this.set({ id, to, name: file.name, part: total > 0 ? sent / total : 0, problem: null }),
      });
      this.drop(id);
      this.onDone(to, content);
    } catch (error) {
      if (end.signal.aborted) this.drop(id);
      else this.set({ id, to, name: file.name, part: 0, problem: error instanceof HongyanError ? error.code : 0 });
    }
  }

  /** Cancels an upload, or takes a failed one out of sight. */
  cancel(id: number): void {
    this.ends.get(id)?.abort();
    this.drop(id);
  }

  private set(upload: Upload): void {
    if (!this.ends.has(upload.id)) return;
    this.running.set(upload.id, upload);
    this.onChange();
  }

  private drop(id: number): void {
    this.running.delete(id);
    this.ends.delete(id);
    this.onChange();
  }
}
