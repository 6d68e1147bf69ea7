/** Contents of messages with a file: uploaded, described, ready for `client.send`. */
import { FileKind } from './kinds.js';
import { mediaFacts } from './media.js';
import { thumbnail } from './thumbnail.js';
import { upload } from './upload.js';

const content = (objectName, body, { extra, user }) => ({
  objectName,
  body: { ...body, ...(extra !== undefined && { extra }), ...(user !== undefined && { user }) },
});

const extension = (name) => /\.([A-Za-z0-9]{1,16})$/.exec(name)?.[1].toLowerCase() ?? '';
const seconds = (duration) => Math.max(1, Math.round(duration));

/** RC:ImgMsg: a picture with its thumbnail. */
export async function imageMessage(source, file, options = {}) {
  const small = await thumbnail(file);
  const { url } = await upload(source, file, { ...options, kind: FileKind.IMAGE });
  return content('RC:ImgMsg', { content: small.content, imageUri: url }, options);
}

/** RC:FileMsg: any file. */
export async function fileMessage(source, file, options = {}) {
  const { url, name, size, type } = await upload(source, file, { ...options, kind: FileKind.FILE });
  return content('RC:FileMsg', { name, size, type: extension(name) || type, fileUrl: url }, options);
}

/** RC:HQVCMsg: a voice message. `duration` (seconds) where the page knows it better. */
export async function voiceMessage(source, file, options = {}) {
  const duration = options.duration ?? (await mediaFacts(file)).duration;
  const { url } = await upload(source, file, { ...options, kind: FileKind.AUDIO });
  return content('RC:HQVCMsg', { type: format(file.type), remoteUrl: url, duration: seconds(duration) }, options);
}

/** RC:SightMsg: a short video with a thumbnail of its beginning. */
export async function sightMessage(source, file, options = {}) {
  const facts = await mediaFacts(file);
  const { url, name, size } = await upload(source, file, { ...options, kind: FileKind.VIDEO });
  const duration = seconds(options.duration ?? facts.duration);
  return content('RC:SightMsg', { sightUrl: url, content: facts.content, duration, size, name }, options);
}

/** `aac` is what other clients write and take for granted. */
function format(type) {
  const [, name = ''] = /^audio\/(?:x-)?([\w-]+)/.exec(type) ?? [];
  return ['', 'mp4', 'm4a', 'aac'].includes(name) ? 'aac' : name;
}
