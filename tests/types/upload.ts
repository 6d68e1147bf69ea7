// What the types of `hongyan/upload` allow and refuse. Compiled, never run.
import { createClient } from 'hongyan';
import { FileKind, fileMessage, imageMessage, mediaFacts, thumbnail, upload, voiceMessage } from 'hongyan/upload';
import type { UploadedFile, UploadSource } from 'hongyan/upload';
import { type Equal, expect } from './expect.js';

const client = createClient({ appKey: 'key', navigators: 'https://im.example.com' });
const file = new File(['x'], 'x.txt');
const own: UploadSource = async (kind) => {
  expect<Equal<typeof kind, FileKind>>();
  return { token: 'token', url: 'https://files.example.com/file' };
};

expect<Equal<Awaited<ReturnType<typeof upload>>, UploadedFile>>();
void upload(own, file);
void upload(own, new Blob(['x']), {
  kind: FileKind.AUDIO,
  name: 'voice.webm',
  signal: new AbortController().signal,
  onProgress: ({ sent, total }) => expect<Equal<[typeof sent, typeof total], [number, number]>>(),
});
void imageMessage(own, file, { extra: '' }).then((content) => client.send({ type: 1, targetId: 'ada' }, content));
void voiceMessage(own, file, { duration: 3 });
expect<Equal<Awaited<ReturnType<typeof thumbnail>>['content'], string>>();
expect<Equal<Awaited<ReturnType<typeof mediaFacts>>['duration'], number>>();

// @ts-expect-error there are four kinds
void upload(own, file, { kind: 5 });
// @ts-expect-error a file is a Blob
void upload(own, 'text');
// @ts-expect-error a token comes with where to upload
void upload(() => ({ token: 'token' }), file);
// @ts-expect-error the kind is what the function says
void fileMessage(own, file, { kind: FileKind.IMAGE });
