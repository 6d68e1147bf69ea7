// The browser of the tests, found, never downloaded. CHROME and CHROMEDRIVER name others.
import { existsSync } from 'node:fs';

const first = (paths) => paths.find((path) => path && existsSync(path)) ?? null;

/** Path of Chromium or Chrome, or null. */
export const chromium = () =>
  first([
    process.env.CHROME,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ]);

/** Path of chromedriver, or null. */
export const chromedriver = () => first([process.env.CHROMEDRIVER, '/usr/bin/chromedriver']);

/** What every start of Chromium gets: works as root and in containers, talks to nobody outside. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-first-run',
];
