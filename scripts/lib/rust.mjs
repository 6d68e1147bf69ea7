// What the installed Rust brings.
import { join } from 'node:path';
import { output } from './run.mjs';

/** Where the sources of the standard library are, if they are installed. */
export const standardLibrary = () =>
  join(output('rustc', '--print', 'sysroot') ?? '', 'lib', 'rustlib', 'src', 'rust', 'library', 'std');
