// Which tabs are in which chatrooms, as each knows it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rooms } from '../../pkg-template/tabs/rooms.js';

const [JOIN, REJOIN, LEAVE] = [7, 8, 9];
const change = (rooms, page, what, number = 0) => rooms.note(page, 'change', [4, 'hall', what, number, '']);
const message = (sentTime, type = 4) => ({ conversation: { type, targetId: 'hall' }, sentTime });

test('a room is left with the last page that was in it', () => {
  const rooms = new Rooms();
  for (const page of ['', 'b', 'c']) change(rooms, page, JOIN);
  assert.deepEqual(['', 'b', 'c'].map((page) => change(rooms, page, LEAVE).stays), [true, true, false]);
  assert.equal(change(rooms, 'd', LEAVE).stays, false, 'nobody is in it');
});

test('a page goes on in its rooms from what it has heard', () => {
  const rooms = new Rooms();
  change(rooms, '', JOIN);
  assert.deepEqual(rooms.mine(), [], 'not known to be in it');
  rooms.hear('room', 'hall', 'joined', 10);
  rooms.hear('messages', [message(12), message(11), message(99, 3)]);
  assert.deepEqual(rooms.mine(), [[4, 'hall', REJOIN, 12, '']]);
  assert.deepEqual(change(rooms, 'b', JOIN), { known: 12 });
  rooms.forgetOthers();
  assert.equal(change(rooms, '', LEAVE).stays, false);
  rooms.hear('room', 'hall', 'left', 23409);
  assert.deepEqual(rooms.mine(), []);
});

test('a page that goes for good leaves its rooms and enters none again', () => {
  const rooms = new Rooms();
  change(rooms, '', JOIN);
  rooms.hear('room', 'hall', 'joined', 10);
  assert.deepEqual(rooms.leaveAll(), [[4, 'hall', LEAVE, 10, '']]);
  assert.deepEqual(rooms.mine(), []);
});
