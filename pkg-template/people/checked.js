/** Arguments that can be meant. */

/** @param {unknown} text */
export const isText = (text) => typeof text === 'string' && text !== '';

/** A list of user ids, each once; null for anything else. @param {unknown} users */
export const usersIn = (users, least = 1) =>
  (Array.isArray(users) && users.length >= least && users.every(isText) ? [...new Set(users)] : null);
