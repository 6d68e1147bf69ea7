// What a search found: the piece of its text that is shown, and the way to it.
import type { Archive, Highlight, SearchHit, StoredMessage } from 'hongyan/archive';

/** Messages before the one that was found. */
const BEFORE = 50;
/** Messages that are read at once on the way from there to the newest. */
const STRETCH = 1000;
/** Characters before the first mark. */
const LEAD = 18;
/** The longest piece of a text that is shown, UTF-16 units. */
const LONGEST = 120;

/** Part of a text; `marked`: it is what was looked for. */
export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

/** Not between the halves of a character. */
function whole(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}

/** A text around its first mark, in pieces. `marks` are sorted and apart. */
export function piecesOf(text: string, marks: readonly Highlight[]): Piece[] {
  const first = marks[0]?.start ?? 0;
  const start = first <= LEAD * 2 ? 0 : whole(text, first - LEAD);
  const end = whole(text, Math.min(text.length, start + LONGEST));
  const pieces: Piece[] = [];
  const add = (from: number, to: number, marked: boolean) => {
    if (from < to) pieces.push({ text: text.slice(from, to), marked });
  };
  if (start > 0) pieces.push({ text: '…', marked: false });
  let at = start;
  for (const mark of marks) {
    const [from, to] = [Math.min(mark.start, end), Math.min(mark.end, end)];
    add(at, from, false);
    add(from, to, true);
    at = to;
  }
  add(at, end, false);
  if (end < text.length) pieces.push({ text: '…', marked: false });
  return pieces;
}

/** What a hit shows of its message: the first text of its content that has a mark. */
export function hitPieces({ message, highlights }: SearchHit): Piece[] {
  const field = highlights[0]?.field ?? '';
  const text = message.content[field];
  return typeof text === 'string' ? piecesOf(text, highlights.filter((mark) => mark.field === field)) : [];
}

/** Reads everything from a little before a message to the newest: a log has no gaps. */
export async function readTo(archive: Archive, to: StoredMessage, each: (message: StoredMessage) => void): Promise<void> {
  const { messages } = await archive.page(to.conversation, { before: to, count: BEFORE });
  for (const message of [...messages, to]) each(message);
  for (let after: StoredMessage | undefined = to; after;) {
    const { messages: newer, more }: Awaited<ReturnType<Archive['page']>> = await archive.page(to.conversation, { after, count: STRETCH });
    for (const message of newer) each(message);
    after = more ? newer.at(-1) : undefined;
  }
}
