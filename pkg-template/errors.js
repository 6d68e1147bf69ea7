/**
 * Every failure of the SDK: numbers that never change, with what to say and what to do about them.
 * The numbers and whether a retry can help are those of the core (`src/error.rs`).
 */

/**
 * number: [name, whether the same call can succeed later, what happened, what to do about it].
 * @type {Record<string, readonly [string, boolean, string, string?]>}
 */
export const ERRORS = {
  '-1': ['Timeout', true, 'no answer in time; what became of the call is unknown', 'Send again with the same clientId: the server keeps one copy.'],
  '-2': ['Unknown', false, 'an answer that makes no sense, or a failure inside the SDK'],
  '-3': ['ParameterError', false, 'an argument of the wrong type or shape'],
  405: ['RejectedByBlacklist', false, 'the receiver has blocked the sender'],
  1101: ['UltraLimit', false, 'kicked more than five times within five minutes', 'Connect again only when the user asks for it, and after a while.'],
  203: ['NavigationFailed', true, 'no navigator answered usefully', 'Check the option navigators and that this origin may ask them (CORS, content security policy).'],
  20406: ['Unauthorized', false, 'the sender may not send this kind of message'],
  20604: ['SendTooFast', true, 'more messages a second than the server allows'],
  26007: ['MessageIdReused', false, 'this clientId was used for another message', 'Leave clientId out for a new message.'],
  25101: ['RecallRefused', false, "the message may not be taken back: it is somebody else's, or it is too late"],
  25104: ['ServerFailed', true, 'the server failed inside; nothing was stored'],
  21406: ['NotInDiscussion', false, 'not a member of the discussion'],
  22406: ['NotInGroup', false, 'not a member of the group'],
  23406: ['NotInChatroom', false, 'not in the chatroom', 'Join the chatroom first.'],
  21501: ['SensitiveContent', false, 'the content is refused'],
  30002: ['NotConnected', false, 'not connected', 'Call connect first.'],
  30007: ['NavigationResource', true, "the navigator's answer is unusable", 'Check that the option navigators names a navigation server, and that no sign-in page of the network answers in its place.'],
  30016: ['ContentTooLarge', false, 'the content is over 128 KiB', 'Upload the data and send a link to it.'],
  31000: ['ConnAckTimeout', true, 'the socket opened and the server stayed silent'],
  31001: ['ProtocolVersionRefused', false, 'the server does not speak this version of the protocol'],
  31002: ['AppKeyRejected', false, 'the app key is wrong', "Check the option appKey against the server's setting."],
  31003: ['ServerUnavailable', true, 'the server cannot serve at the moment'],
  31004: ['TokenIncorrect', false, 'the token is wrong', "Ask your application's server for a new token of this app key."],
  31005: ['NotAuthorized', false, 'the user may not log in'],
  31007: ['PackageError', false, "the application's name is refused"],
  31008: ['AppBlocked', false, 'the application is blocked or deleted'],
  31009: ['UserBlocked', false, 'the user is banned'],
  31010: ['Kicked', false, 'the user logged in elsewhere', 'Connect again only when the user asks for it, or the two logins kick each other for ever.'],
  31011: ['Disconnected', true, 'the session ended before the call was answered'],
  31020: ['TokenExpired', false, 'the token has expired', "Ask your application's server for a new token."],
  31021: ['DeviceRefused', false, 'the server refuses this device'],
  31022: ['HostnameRefused', false, 'the server refuses this host name', "Add the page's host to the server's allow-list."],
  33001: ['ClientDestroyed', false, 'the client was destroyed', 'Make a new one with createClient.'],
  33002: ['StorageUnavailable', false, "the browser's storage cannot be used; memory is used instead", 'What is not sent yet is lost with the page.'],
  33003: ['InvalidArgument', false, 'an argument outside its limits'],
  33007: ['HistoryUnavailable', false, 'the server keeps no history'],
  36003: ['RoomHistoryFailed', true, 'what was said in the chatroom before cannot be had at the moment', 'It follows by itself: the page is in the room.'],
  33089: ['UserMismatch', false, 'the server logs in another user than the token is said to be for', 'Check the option userId of connect, and that the token is of this app key.'],
  33090: ['HostNotAllowed', false, 'an address that navigation or a token led to is none that may be gone to', 'It must be host[:port], not less secure than the page, and fit the option allowedHosts.'],
  33091: ['Expired', true, 'the message waited too long and was not sent', 'Send it again with retry, or take it back with cancel.'],
  33092: ['TokenOfAnotherUser', false, "the function for tokens gave another user's in the middle of a session", 'To change users call disconnect, then connect.'],
  33093: ['TokenUnavailable', true, 'the function for tokens threw, took more than 15 s, or gave none', 'Look at the cause of the error event.'],
  33094: ['CoreCrashed', true, 'the core stopped inside a call', 'Make a new client with createClient; please report what the console says.'],
  33095: ['NoRandomness', false, 'this browser has no crypto.getRandomValues'],
  33096: ['CoreUnavailable', true, 'the WebAssembly core could not be loaded', "Check that the .wasm file is served, and that the content security policy has script-src 'wasm-unsafe-eval'."],
  33097: ['StoreReset', false, "the server's store was restored; the page's state was read anew"],
  33098: ['MessagesGone', false, 'messages are gone for ever: older than what the server keeps'],
  33099: ['Cancelled', false, 'the send was cancelled by the page'],
};

/** In the order of the core's numbers. */
const ORIGINS = ['caller', 'client', 'network', 'server'];

export class HongyanError extends Error {
  /** Kept when names are made short. */
  static name = 'HongyanError';

  /**
   * @param {number} code
   * @param {number | string} origin a name of `ORIGINS`, or its place there
   * @param {string} [detail] what exactly is wrong
   * @param {unknown} [cause]
   */
  constructor(code, origin, detail, cause) {
    const [name, retryable, text, remedy = null] = ERRORS[code] ?? [`Error${code}`, false, 'a refusal that has no name here'];
    super(`${detail ?? text} (${code})`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.name = name;
    this.origin = ORIGINS[origin] ?? origin;
    this.retryable = retryable;
    this.remedy = remedy;
  }
}

/** A call that cannot be meant. @param {string} detail */
export const parameterError = (detail) => new HongyanError(-3, 'caller', detail);
