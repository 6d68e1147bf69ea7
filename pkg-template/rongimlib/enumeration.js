/**
 * An enum as 2.x has it: names lead to numbers, and numbers back to names. The way back is not
 * enumerable, so walking over an enum meets its names only. Where two names share a number, the
 * number leads to the first of them.
 *
 * @template {Record<string, number>} T
 * @param {T} members
 * @returns {Readonly<T & Record<number, string>>}
 */
export function enumeration(members) {
  const made = { ...members };
  for (const [name, number] of Object.entries(members)) {
    if (!(number in made)) Object.defineProperty(made, number, { value: name });
  }
  return Object.freeze(made);
}
