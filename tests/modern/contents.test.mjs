// What a content becomes on its way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wireContent } from '../../pkg-template/contents.js';
import { builtInKinds } from '../../pkg-template/rongimlib/message-classes.js';

test('a class is kept and counted as the 2.x face keeps and counts it', () => {
  for (const { objectName, persisted, counted } of builtInKinds.filter((kind) => kind.objectName !== '')) {
    const wire = wireContent({ objectName, body: {} });
    assert.deepEqual([wire.persisted, wire.counted], [persisted, counted], objectName);
  }
});
