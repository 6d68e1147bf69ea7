/** Failures of uploads: {@link HongyanError}s, whose texts only pages with uploads have to load. */
import { HongyanError } from '../index.js';

/** number: [name, whether the same call can succeed later, what happened, what to do about it]. */
export const UPLOAD_ERRORS = {
  '-1': ['Timeout', true, 'the upload got no further for too long', 'Call upload again with the same file: it goes on where it stopped.'],
  26106: ['FileTooLarge', false, 'the file is larger than the server takes'],
  33003: ['InvalidArgument', false, 'an argument outside its limits'],
  33081: ['FileKindMismatch', false, 'the content is not of the kind that was claimed', 'Send it as a file.'],
  33082: ['UploadQuotaUsed', true, "today's quota of uploads is used up", 'Try again tomorrow.'],
  33083: ['UploadGone', true, 'the server knows nothing of this upload any more'],
  33084: ['UploadConflict', true, 'another page uploads the same file at the same time'],
  33085: ['UploadStorageFull', true, "the server's disk is full"],
  33086: ['UploadTokenRefused', false, 'the server refuses the upload token'],
  33087: ['UploadsUnavailable', false, 'the server takes no uploads', 'Give a function that returns { token, url } for a place of your own.'],
  33088: ['FileUnreadable', false, 'the file cannot be read: it was moved, changed or deleted', 'Let the user choose it again.'],
  41001: ['UnknownFileKind', false, 'a kind of file that there is not'],
  41002: ['UploadTokenFailed', false, 'the server gives out no upload token'],
  33099: ['Cancelled', false, 'the upload was cancelled by the page'],
};

export class UploadError extends HongyanError {
  constructor(code, origin, detail, cause) {
    const [name, retryable, text, remedy = null] = UPLOAD_ERRORS[code] ?? [];
    super(code, origin, detail ?? text, cause);
    if (name === undefined) return;
    Object.assign(this, { name, retryable, remedy });
  }
}

/** A call that cannot be meant. */
export const parameterError = (detail, code = -3) => new UploadError(code, 'caller', detail);
