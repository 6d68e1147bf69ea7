/** Quiet hours: every day from a time on, by the clock of the device. */

const DAY = 24 * 60;

/** Seconds after midnight; null for no time of day. @param {unknown} start */
export function secondsOf(start) {
  const parts = typeof start === 'string' ? /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d)$/.exec(start) : null;
  return parts && (Number(parts[1]) * 60 + Number(parts[2])) * 60 + Number(parts[3]);
}

/** @param {unknown} start @param {unknown} minutes */
export const areHours = (start, minutes) => secondsOf(start) !== null && Number.isInteger(minutes) && minutes >= 1 && minutes < DAY;

/**
 * Whether it is quiet at a time, by the clock of this device.
 * @param {import('../people.js').QuietHours | null} hours
 * @param {Date} [at]
 */
export function isQuiet(hours, at = new Date()) {
  const start = secondsOf(hours?.start);
  if (start === null) return false;
  const now = (at.getHours() * 60 + at.getMinutes()) * 60 + at.getSeconds();
  return (now - start + DAY * 60) % (DAY * 60) < hours.minutes * 60;
}

/** What the settings of the server say of them. */
export function hoursIn({ items = [] }) {
  const item = items.find(({ key }) => key === 'hyQuiet');
  try {
    const { start, minutes } = JSON.parse(item.value);
    return areHours(start, minutes) ? { start, minutes } : null;
  } catch {
    return null;
  }
}
