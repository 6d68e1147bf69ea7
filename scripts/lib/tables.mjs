// The tables of src/signal that say what questions and frames hold, for JS: the texts that `concat!`
// and the macros of those files put together.
import { readFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';

const TOKEN = /\/\/.*|"((?:[^"\\]|\\[^])*)"|(\w+)!\(|\$(\w+)|([),])|\s+/y;

/** A Rust text without its escapes: a backslash at the end of a line takes the next one's indent. */
const plain = (raw) => raw.replace(/\\(\n\s*|.)/g, (_all, escaped) => (escaped[0] === '\n' ? '' : { n: '\n' }[escaped] ?? escaped));

class Source {
  constructor(path) {
    this.text = readFileSync(inRoot(...path.split('/')), 'utf8');
    this.path = path;
    this.macros = new Map();
    for (const [, name, param, body] of this.text.matchAll(/macro_rules! (\w+) \{\n {4}\((?:\$(\w+):literal)?\) => \{\n([^]*?)\n {4}\};\n\}/g)) {
      this.macros.set(name, { param, body });
    }
  }

  /** The text of a constant. */
  constant(name) {
    const [, body] = new RegExp(`const ${name}: &str =([^;]*(?:;[^\\n][^;]*)*);\\n`).exec(this.text) ?? [];
    if (body === undefined) throw new Error(`${this.path} has no text ${name}`);
    return this.evaluate(body, {});
  }

  evaluate(body, given) {
    TOKEN.lastIndex = 0;
    const open = [{ name: 'concat', text: '' }];
    while (TOKEN.lastIndex < body.length) {
      const at = TOKEN.lastIndex;
      const token = TOKEN.exec(body);
      if (!token) throw new Error(`${this.path}: what is ${body.slice(at, at + 20)}?`);
      const [, raw, macro, param, mark] = token;
      const last = open.at(-1);
      if (raw !== undefined) last.text += plain(raw);
      if (param !== undefined) last.text += given[param];
      if (macro !== undefined) open.push({ name: macro, text: '' });
      if (mark === ')') {
        open.pop();
        const after = TOKEN.lastIndex;
        open.at(-1).text += this.expand(last);
        TOKEN.lastIndex = after;
      }
    }
    return open[0].text;
  }

  expand({ name, text }) {
    if (name === 'concat') return text;
    const { param, body } = this.macros.get(name);
    return this.evaluate(body, { [param]: text });
  }
}

/** The source of a module with these texts. */
export function tables() {
  const [questions, shapes] = ['src/signal/call/table.rs', 'src/signal/polling/shapes.rs'].map((path) => new Source(path));
  const texts = { QUESTIONS: questions.constant('CALLS').trimEnd(), SHAPES: shapes.constant('SHAPES').trimEnd(), UP_STREAM: shapes.constant('UP_STREAM') };
  return Object.entries(texts).map(([name, text]) => `export const ${name} = ${JSON.stringify(text)};\n`).join('');
}
