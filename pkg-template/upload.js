/** Files: `hongyan/upload`. Loaded by pages that send files, and by nobody else. */
export { FileKind } from './upload/kinds.js';
export { fileMessage, imageMessage, sightMessage, voiceMessage } from './upload/messages.js';
export { mediaFacts } from './upload/media.js';
export { thumbnail } from './upload/thumbnail.js';
export { upload } from './upload/upload.js';
