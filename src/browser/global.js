/** The global object's member `name`; nothing where reading it throws (blocked storage). @param {string} name */
export function member(name) {
  try {
    return globalThis[name];
  } catch {
    return undefined;
  }
}
