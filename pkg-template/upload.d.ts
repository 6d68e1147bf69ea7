/**
 * Files: uploaded to the server with progress, cancel and resume, and described for a message.
 *
 * A module of its own, so that pages without files do not load it. Importing does nothing;
 * everything here is safe to import in Node.
 */
import type { HongyanError, MessageContent } from './index.js';

/** What a file is sent as. The server checks the content against it. */
export declare const FileKind: {
  readonly IMAGE: 1;
  readonly AUDIO: 2;
  readonly VIDEO: 3;
  readonly FILE: 4;
};
export type FileKind = (typeof FileKind)[keyof typeof FileKind];

/** Where upload tokens come from: a connected client of a Hongyan server, or the page itself. */
export type UploadSource =
  | { ask(topic: 'qnTkn', targetId: null, body: { type: FileKind }): Promise<{ token: string; hyUpload?: string }> }
  | ((kind: FileKind) => UploadToken | Promise<UploadToken>);

/** Leave to upload, and where to: an endpoint that speaks tus 1.0 with bearer tokens. */
export interface UploadToken {
  readonly token: string;
  readonly url: string | URL;
}

/** Options of {@link upload}. */
export interface UploadOptions {
  /** Default: what the file's type says; any other type is a `FILE`. */
  kind?: FileKind;
  /** What people shall see. Default: the file's own name. */
  name?: string;
  /** Cancels the upload, and forgets what arrived. */
  signal?: AbortSignal;
  /** Called when it begins (or goes on) and after each piece, with bytes. */
  onProgress?: (progress: { sent: number; total: number }) => void;
  /** Milliseconds without a byte of progress after which it fails (-1). Default 300000. */
  giveUpAfterMs?: number;
  /** Go on with what an earlier page began (files only, not recordings). Default true. */
  resume?: boolean;
}

/** A file at the server. */
export interface UploadedFile {
  /** Whoever knows it can read the file. */
  readonly url: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** The type that the browser gave the file; the server serves what it found in it. */
  readonly type: string;
}

/**
 * Uploads a file. Waits for the network where it is gone, and goes on where it stopped.
 *
 * Rejects with a {@link HongyanError}: 26106 too large, 33081 not of its kind, 33082 quota used,
 * 33085 the server's disk is full, 33087 the server takes no uploads, 33088 the file cannot be
 * read, 33099 cancelled, -1 no progress for too long, and what asking for a token may fail with.
 */
export function upload(source: UploadSource, file: Blob, options?: UploadOptions): Promise<UploadedFile>;

/** Options of the functions that make a message's content. */
export interface FileMessageOptions extends Omit<UploadOptions, 'kind'> {
  /** Text of the application's own, part of the content. */
  extra?: string;
  /** Who sends, part of the content. */
  user?: { id: string; name?: string; portraitUri?: string };
}

/** Options of messages with sound. */
export interface RecordingOptions extends FileMessageOptions {
  /** Seconds. Default: what the browser finds out. */
  duration?: number;
}

/** Uploads a picture: an `RC:ImgMsg` with its thumbnail, for {@link Client.send}. */
export function imageMessage(source: UploadSource, picture: Blob, options?: FileMessageOptions): Promise<MessageContent>;
/** Uploads any file: an `RC:FileMsg`. */
export function fileMessage(source: UploadSource, file: Blob, options?: FileMessageOptions): Promise<MessageContent>;
/** Uploads a voice message: an `RC:HQVCMsg`. */
export function voiceMessage(source: UploadSource, recording: Blob, options?: RecordingOptions): Promise<MessageContent>;
/** Uploads a short video: an `RC:SightMsg` with a thumbnail of its beginning. */
export function sightMessage(source: UploadSource, video: Blob, options?: RecordingOptions): Promise<MessageContent>;

/**
 * A small JPEG of a picture as base64 (without `data:`), by default of at most 240 pixels and
 * 10240 characters. `width` and `height` are those of the picture itself. Pages only.
 */
export function thumbnail(
  picture: Blob,
  limits?: { maxPixels?: number; maxBytes?: number },
): Promise<{ content: string; width: number; height: number }>;

/** What the browser tells of a recording; 0 and '' for what it does not. Never rejects. */
export function mediaFacts(recording: Blob): Promise<{ duration: number; width: number; height: number; content: string }>;

export type { HongyanError };
