// The demo's small map: where places come to lie in it, and how far they are apart.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { build } from 'esbuild';
import { inRoot } from '../../scripts/lib/paths.mjs';

const { outputFiles } = await build({ entryPoints: [inRoot('www', 'src', 'map.ts')], bundle: true, write: false, format: 'esm' });
const { distance, draw, roundLength } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);

const SIZE = { width: 320, height: 160, margin: 30, least: 200 };
const place = (latitude, longitude) => ({ latitude, longitude });

describe('a small map', () => {
  it('knows distances, also over the date line and to the other end of the earth', () => {
    assert.equal(Math.round(distance(place(0, 0), place(1, 0)) / 1000), 111);
    assert.equal(Math.round(distance(place(0, 179.5), place(0, -179.5)) / 1000), 111);
    assert.equal(Math.round(distance(place(90, 0), place(-90, 0)) / 1000), 20015);
    assert.equal(distance(place(5, 5), place(5, 5)), 0);
  });

  it('puts north up, east to the right, and everything inside its margin', () => {
    const { points: [first, north, east] } = draw([place(31, 121), place(31.01, 121), place(31, 121.02)], SIZE);
    assert.ok(north.y < first.y && Math.abs(north.x - first.x) < 1e-9);
    assert.ok(east.x > first.x && Math.abs(east.y - first.y) < 1e-9);
    for (const { x, y } of [first, north, east]) {
      assert.ok(x >= 30 - 1e-9 && x <= 290 + 1e-9 && y >= 30 - 1e-9 && y <= 130 + 1e-9);
    }
  });

  it('does not part those who are at one place, nor tear those beside the date line apart', () => {
    const together = draw([place(1, 1), place(1, 1)], SIZE);
    assert.deepEqual(together.points, [{ x: 160, y: 80 }, { x: 160, y: 80 }]);
    assert.equal(together.scale, 200 / 320);
    const { points: [west, east] } = draw([place(0, 179.999), place(0, -179.999)], SIZE);
    assert.ok(east.x > west.x);
    assert.deepEqual(draw([], SIZE).points, []);
  });

  it('measures in round lengths', () => {
    assert.deepEqual([1, 3, 7, 49, 50, 130, 2400].map(roundLength), [1, 2, 5, 20, 50, 100, 2000]);
  });
});
