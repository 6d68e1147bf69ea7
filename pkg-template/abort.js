/** Calls `cancel` once `signal` is aborted, unless `work` has come to its end before. @param {AbortSignal | undefined} signal */
export function onAbort(signal, work, cancel) {
  if (!signal) return;
  if (signal.aborted) return cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const over = () => signal.removeEventListener('abort', cancel);
  work.then(over, over);
}
