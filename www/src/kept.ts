// The newest messages of each conversation in localStorage, so that a reload shows them. A page
// that may not store simply starts empty.
import type { ConversationRef } from 'hongyan';
import type { Row } from './timeline.ts';

const ROWS = 200;

export class Kept {
  private readonly prefix: string;

  constructor(appKey: string, userId: string) {
    this.prefix = `hongyan-demo:rows2:${[appKey, userId].map(encodeURIComponent).join(':')}:`;
  }

  load(ref: ConversationRef): readonly Row[] {
    try {
      return JSON.parse(localStorage.getItem(this.key(ref)) ?? '[]');
    } catch {
      return [];
    }
  }

  save(ref: ConversationRef, rows: readonly Row[]): void {
    try {
      localStorage.setItem(this.key(ref), JSON.stringify(rows.slice(-ROWS)));
    } catch {
      // Full or forbidden: the page goes on from memory.
    }
  }

  private key(ref: ConversationRef): string {
    return `${this.prefix}${ref.type}:${encodeURIComponent(ref.targetId)}`;
  }
}
