// What a page was shown is known again behind the beginning of a session, however it was noted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Shown } from '../../pkg-template/tabs/shown.js';

const tell = (shown, from, to) => {
  let count = 0;
  for (let n = from; n < to; n += 1) count += Number(shown.isNew(`uid-${n}`));
  return count;
};

test('what was shown before a session begins is not shown again in it', () => {
  const shown = new Shown();
  assert.equal(tell(shown, 0, 100), 100);
  shown.begin();
  assert.equal(tell(shown, 50, 150), 50);
  assert.equal(tell(shown, 50, 150), 0);
});

test('the last 2,000 are known, however many there were and however often sessions begin', () => {
  const shown = new Shown();
  tell(shown, 0, 9_500);
  for (let again = 0; again < 3; again += 1) {
    shown.begin();
    assert.equal(tell(shown, 7_500, 9_500), 0);
  }
  assert.equal(tell(shown, 9_500, 13_000), 3_500);
  shown.begin();
  assert.equal(tell(shown, 11_000, 13_000), 0, 'of those that ended the doubt, and those behind them');
});

test('what nobody keeps is always new', () => {
  const shown = new Shown();
  shown.begin();
  assert.ok(shown.isNew('') && shown.isNew(''));
});
