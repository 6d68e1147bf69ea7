/** What a file is sent as. */
import { parameterError } from './errors.js';

/** Kinds of files and their 2.x numbers. */
export const FileKind = /* @__PURE__ */ Object.freeze({ IMAGE: 1, AUDIO: 2, VIDEO: 3, FILE: 4 });

const FAMILIES = { image: 1, audio: 2, video: 3 };
/** Pictures that carry scripts, and that the server takes as files only. */
const NO_IMAGE = /^image\/svg/;

/** The kind that was asked for, or else the one of the file's type. */
export function kindOf(file, kind) {
  if (kind === undefined) return (NO_IMAGE.test(file.type) ? 0 : FAMILIES[file.type.split('/')[0]]) || FileKind.FILE;
  if (!Object.values(FileKind).includes(kind)) throw parameterError(`there is no kind ${kind} of files`, 41001);
  return kind;
}
