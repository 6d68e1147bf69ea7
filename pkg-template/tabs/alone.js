/** A page that shares its link with no other. */
import { channelOf, VERSION } from './channel.js';
import { lock } from './locks.js';

/** How long a taken state is waited for, ms: a page that is being reloaded lets go of it within this time. */
const PATIENCE_MS = 150;

/**
 * Asks for the state `name`, and tells pages that would share the link that they cannot.
 * @param {string} name
 * @param {(owned: boolean) => void} answer
 * @returns {() => void} lets go of it
 */
export function alone(name, answer) {
  let channel = null;
  const leave = lock(name, PATIENCE_MS, (owned) => {
    channel?.close();
    channel = owned ? channelOf(name) : null;
    channel?.addEventListener('message', ({ data }) => {
      if (data?.kind === 'hello') channel.postMessage({ v: VERSION, kind: 'here', to: data.from, alone: true });
    });
    answer(owned);
  });
  return () => {
    channel?.close();
    leave();
  };
}
