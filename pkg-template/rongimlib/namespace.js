import { defineRongIMClient } from './client.js';
import * as enums from './enums.js';
import { ErrorCode } from './error-codes.js';
import { CustomerStatusMessage, IsTypingStatusMessage, messageClasses } from './message-classes.js';
import * as models from './models.js';

/**
 * Makes the `RongIMLib` namespace of 2.x over a modern face.
 * @param {{createClient: typeof import('../index.js').createClient, version: string}} modern
 */
export function createRongIMLib(modern) {
  return {
    RongIMClient: defineRongIMClient(modern),
    ErrorCode,
    ...enums,
    ...messageClasses,
    CustomerStatusMessage,
    IsTypingStatusMessage,
    ...models,
  };
}
