// What the types of `hongyan/rooms` allow and refuse. Compiled, never run.
import type { Client, HongyanError } from 'hongyan';
import { Rooms } from 'hongyan/rooms';
import type { Room, RoomMember } from 'hongyan/rooms';

export async function visit(client: Client): Promise<RoomMember[]> {
  const rooms = new Rooms(client);
  const room: Room = rooms.room('hall');
  room.on('message', (message, { left }) => console.log(message.messageUId, left));
  const off = room.on('left', ({ error }: { error: HongyanError | null }) => console.log(error?.code));
  // @ts-expect-error there is no such event
  room.on('destroyed', () => {});
  await room.join({ history: 20 });
  // @ts-expect-error the count is a number
  await rooms.join('hall', { history: '20' });
  await room.setEntry('topic', 'Books', { force: true, autoDelete: true, notify: true, extra: 'x' });
  // @ts-expect-error values are texts
  await room.setEntry('topic', 1);
  const value: string | undefined = room.entry('topic');
  const { members } = await room.info({ count: 5, order: 'newest' });
  // @ts-expect-error rooms are made by Rooms
  new Room('hall');
  off();
  console.log(value, room.entries.topic, rooms.joined.length);
  return members;
}
