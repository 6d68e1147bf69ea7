// Times, sizes and lengths as people read them, by Intl alone.
import { language } from './i18n.ts';

const locale = () => (language() === 'zh' ? 'zh-CN' : 'en');
const format = (time: number, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale(), options).format(time);

/** Days since 1970 in the user's time zone. */
export function dayOf(time: number): number {
  return Math.floor((time - new Date(time).getTimezoneOffset() * 60_000) / 86_400_000);
}

export const clock = (time: number) =>
  format(time, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

export const full = (time: number) => format(time, { dateStyle: 'medium', timeStyle: 'medium' });

function recentDay(ago: number): string | null {
  if (ago !== 0 && ago !== 1) return null;
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(-ago, 'day');
}

/** The heading over the messages of one day. */
export function dayName(time: number, now = Date.now()): string {
  const ago = dayOf(now) - dayOf(time);
  const recent = recentDay(ago);
  if (recent) return recent.charAt(0).toLocaleUpperCase() + recent.slice(1);
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return format(time, {
    weekday: 'long', month: 'long', day: 'numeric', ...(sameYear ? {} : { year: 'numeric' as const }),
  });
}

/** The time beside a row of the list: shorter the longer ago. */
export function listTime(time: number, now = Date.now()): string {
  const ago = dayOf(now) - dayOf(time);
  if (ago <= 0) return clock(time);
  if (ago < 7) return recentDay(ago) ?? format(time, { weekday: 'short' });
  return format(time, { month: 'numeric', day: 'numeric' });
}

/** Minutes and seconds of a recording. */
export const span = (seconds: number) =>
  `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, '0')}`;

/** Metres, or kilometres from 1000 on. */
export function lengthText(metres: number): string {
  const [value, unit] = metres < 1000 ? [metres, 'meter'] : [metres / 1000, 'kilometer'];
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: unit === 'meter' ? 0 : 1 }).format(value);
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** How large a file is, in words of three digits at most. */
export function fileSize(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const unit = UNITS[step] ?? 'byte';
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'narrow', maximumFractionDigits: 1 }).format(bytes / 1000 ** step);
}
