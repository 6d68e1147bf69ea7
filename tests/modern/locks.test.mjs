// Without Web Locks one page of a browser owns a user's state all the same, and the others know it.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { lock } from '../../pkg-template/tabs/locks.js';

const [NAME, KEY] = ['state', 'hongyan-owner:state'];
let stored;

beforeEach(() => {
  stored = new Map();
  const localStorage = {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => stored.set(key, value),
    removeItem: (key) => stored.delete(key),
  };
  Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  Object.defineProperty(globalThis, 'localStorage', { value: localStorage, configurable: true, writable: true });
});

/** A page that asks: what it was told, and how it leaves. */
function ask() {
  const page = { told: [] };
  page.leave = lock(NAME, 150, (owned) => page.told.push(owned));
  return page;
}

/** Time passes; timers run every `step` ms. */
function pass(t, ms, step = 10) {
  for (let passed = 0; passed < ms; passed += step) t.mock.timers.tick(step);
}

const clocks = (t) => t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });

test('one of two pages that ask at once owns it, until it leaves', (t) => {
  clocks(t);
  const [first, second] = [ask(), ask()];
  assert.deepEqual([first.told, second.told], [[], []], 'nothing is answered at once');
  pass(t, 1_000);
  assert.deepEqual([first.told, second.told], [[true], [false]]);
  first.leave();
  assert.equal(stored.size, 0);
  const third = ask();
  pass(t, 1_000);
  assert.deepEqual(third.told, [true]);
  third.leave();
});

test('a page that wakes once a minute keeps it; a dead one does not', (t) => {
  clocks(t);
  const first = ask();
  for (let seconds = 0; seconds < 600; seconds += 60) pass(t, 60_000, 60_000);
  const second = ask();
  pass(t, 1_000);
  assert.deepEqual([first.told, second.told], [[true], [false]]);
  first.leave();
  stored.set(KEY, `0.5 ${Date.now() - 90_001}`);
  const third = ask();
  pass(t, 1_000);
  assert.deepEqual(third.told, [true]);
  third.leave();
});

test('a page that finds it taken over says so and leaves it alone', (t) => {
  clocks(t);
  const frozen = ask();
  pass(t, 1_000);
  const other = `0.5 ${Date.now()}`;
  stored.set(KEY, other);
  pass(t, 30_000);
  assert.deepEqual(frozen.told, [true, false]);
  frozen.leave();
  assert.equal(stored.get(KEY), other);
});

test('a full storage makes nobody the owner, a page without storage is alone', (t) => {
  clocks(t);
  localStorage.setItem = () => { throw new Error('full'); };
  const full = ask();
  pass(t, 1_000);
  assert.deepEqual(full.told, [false]);
  full.leave();
  Object.defineProperty(globalThis, 'localStorage', { get: () => { throw new Error('denied'); }, configurable: true });
  const alone = ask();
  pass(t, 1_000);
  assert.deepEqual(alone.told, [true]);
  alone.leave();
});
