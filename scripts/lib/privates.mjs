// Private members in a script for engines that have none. A bundler puts each into a WeakMap of its
// own: two kilobytes of download, and a look-up whenever one is read. Classes whose objects no page
// gets have ordinary members instead, under names that no other file's class has.
import { readFileSync } from 'node:fs';

/** Pages get objects of these classes, and would see the members. */
const SHOWN = /\/(models|rtc\/call)\.js$/;
const USED = /(?<=\.)#(\w+)/g;
const DECLARED = /^(\s+(?:async |get |set |\*)*)#(\w+)/gm;

/** What every such name is like, for a minifier to make it short. */
export const PRIVATE = /^\$private\d+_/;

/** For esbuild. Fields are set, as those names are nobody else's, not defined. */
export const plainPrivates = {
  name: 'plain-privates',
  setup({ initialOptions, onLoad }) {
    const files = new Map();
    initialOptions.tsconfigRaw = { compilerOptions: { useDefineForClassFields: false } };
    onLoad({ filter: /\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (SHOWN.test(path) || text.search(USED) < 0) return undefined;
      if (!files.has(path)) files.set(path, `$private${files.size}_`);
      const own = files.get(path);
      const contents = text.replace(USED, (_, name) => own + name).replace(DECLARED, (_, head, name) => head + own + name);
      return { contents, loader: 'ts' };
    });
  },
};
