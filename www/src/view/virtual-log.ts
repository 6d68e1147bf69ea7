// A long log with few elements: only the rows near the window are in the page, and the end stays
// in sight while rows are added at either side.
import {
  elementScroll, observeElementOffset, observeElementRect, Virtualizer, type VirtualizerOptions,
} from '@tanstack/virtual-core';
import { Keyed } from './keyed.ts';

/** The rows, by place. They are asked for only when they come near the window. */
export interface Rows {
  readonly count: number;
  /** Names the row for as long as it is in the log, wherever it moves. */
  key(index: number): string;
  /** Equal shapes look equal: the element is made anew only when it differs. */
  shape(index: number): string;
  make(index: number): HTMLElement;
}

const NO_ROWS: Rows = { count: 0, key: String, shape: String, make: () => document.createElement('div') };

/** What a row measures before it was seen, px. */
const GUESS = 44;
/** Rows kept ready beyond each border of the window. */
const READY = 4;
/** Above the first row and below the last, px. */
const MARGIN = 16;
/** Nearer to the end than this, the log follows what is added there, px. */
const NEAR_END = 80;

export class VirtualLog {
  private rows: Rows = NO_ROWS;
  private readonly keyed: Keyed;
  private readonly virtualizer: Virtualizer<HTMLElement, HTMLElement>;

  /** `log` lies in `scroller`, which calls `onScroll` when what is in sight has changed. */
  constructor(
    private readonly scroller: HTMLElement,
    private readonly log: HTMLElement,
    private readonly onScroll: () => void,
  ) {
    this.keyed = new Keyed(log);
    this.virtualizer = new Virtualizer(this.options());
  }

  /** Begins to watch the scroller; it has to be in the page. Returns what ends it. */
  start(): () => void {
    const stop = this.virtualizer._didMount();
    this.virtualizer._willUpdate();
    const resized = this.watchSize();
    return () => {
      resized.disconnect();
      stop();
    };
  }

  /** Shows these rows. Another log than before forgets what the former one measured. */
  show(rows: Rows, another: boolean): void {
    this.rows = rows;
    this.virtualizer.setOptions(this.options());
    if (another) this.virtualizer.measure();
    // The log has to have its new height before it is scrolled in.
    this.draw();
    this.virtualizer._willUpdate();
    if (another) this.toEnd();
  }

  toEnd(): void {
    if (this.rows.count > 0) this.virtualizer.scrollToEnd();
  }

  get atEnd(): boolean {
    return this.rows.count === 0 || this.virtualizer.isAtEnd(NEAR_END);
  }

  /** Brings a row into the middle of the window. */
  toRow(index: number): void {
    this.virtualizer.scrollToIndex(index, { align: 'center' });
  }

  /** The first row in sight. */
  get first(): number {
    return this.virtualizer.range?.startIndex ?? 0;
  }

  /** A window that shrinks from below, for a keyboard or a panel, keeps the end in sight. */
  private watchSize(): ResizeObserver {
    const { scroller } = this;
    let before = scroller.clientHeight;
    const observer = new ResizeObserver(() => {
      const wasAtEnd = scroller.scrollTop + before >= scroller.scrollHeight - NEAR_END;
      if (scroller.clientHeight < before && wasAtEnd) this.toEnd();
      before = scroller.clientHeight;
    });
    observer.observe(scroller);
    return observer;
  }

  private options(): VirtualizerOptions<HTMLElement, HTMLElement> {
    return {
      count: this.rows.count,
      getScrollElement: () => this.scroller,
      estimateSize: () => GUESS,
      getItemKey: (index) => this.rows.key(index),
      overscan: READY,
      paddingStart: MARGIN,
      paddingEnd: MARGIN,
      anchorTo: 'end',
      followOnAppend: true,
      scrollEndThreshold: NEAR_END,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: () => {
        this.draw();
        this.onScroll();
      },
    };
  }

  private draw(): void {
    const items = this.virtualizer.getVirtualItems();
    const [top, last] = [items[0]?.start ?? 0, items.at(-1)];
    this.log.style.paddingBlockStart = `${top}px`;
    this.log.style.paddingBlockEnd = `${this.virtualizer.getTotalSize() - (last?.end ?? 0)}px`;
    const shown = this.keyed.show(items.map(({ index }) => ({
      key: this.rows.key(index),
      shape: this.rows.shape(index),
      make: () => this.rows.make(index),
    })));
    shown.forEach((element, at) => {
      element.dataset['index'] = String(items[at]?.index);
      this.virtualizer.measureElement(element);
    });
  }
}
