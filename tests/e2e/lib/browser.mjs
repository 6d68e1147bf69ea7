// One Chromium for a test file; a fresh profile for every person.
import { chromium } from 'playwright-core';
import { CHROMIUM_ARGS, chromium as path } from '../../../scripts/lib/chromium.mjs';

export const launch = (options) => chromium.launch({ executablePath: path(), args: CHROMIUM_ARGS, ...options });

/**
 * A page in a profile of its own. `page.problems` collects what must not happen: script errors and
 * violations of the page's policy.
 */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  watch(page);
  return page;
}

export function watch(page) {
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy|TrustedHTML|Refused to/.test(message.text())) page.problems.push(message.text());
  });
}
