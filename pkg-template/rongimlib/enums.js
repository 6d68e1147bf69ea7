/** The enums of the 2.x namespace, with the numbers that stand on the wire or in stored data. */
import { enumeration } from './enumeration.js';

export const ConnectionStatus = enumeration({
  CONNECTED: 0,
  CONNECTING: 1,
  DISCONNECTED: 2,
  NETWORK_UNAVAILABLE: 3,
  CONNECTION_CLOSED: 4,
  KICKED_OFFLINE_BY_OTHER_CLIENT: 6,
  WEBSOCKET_UNAVAILABLE: 7,
  WEBSOCKET_ERROR: 8,
  // Without a name in 2.5.3; the last 2.x line calls it so.
  BLOCKED: 9,
  DOMAIN_INCORRECT: 12,
  APPKEY_IS_FAKE: 20,
  REQUEST_NAVI: 201,
  RESPONSE_NAVI: 202,
  RESPONSE_NAVI_ERROR: 203,
  RESPONSE_NAVI_TIMEOUT: 204,
  ULTRALIMIT: 1101,
});

/** How the server answered a login. */
export const ConnectionState = enumeration({
  ACCEPTED: 0,
  UNACCEPTABLE_PROTOCOL_VERSION: 1,
  // The spelling that the documents' samples use.
  UNACCEPTABLE_PAROTOCOL_VERSION: 1,
  IDENTIFIER_REJECTED: 2,
  SERVER_UNAVAILABLE: 3,
  TOKEN_INCORRECT: 4,
  NOT_AUTHORIZED: 5,
  REDIRECT: 6,
  PACKAGE_ERROR: 7,
  APP_BLOCK_OR_DELETE: 8,
  BLOCK: 9,
  TOKEN_EXPIRE: 10,
  DEVICE_ERROR: 11,
  HOSTNAME_ERROR: 12,
  HASOHTERSAMECLIENTONLINE: 13,
});

export const ConnectionChannel = enumeration({ XHR_POLLING: 0, WEBSOCKET: 1, HTTP: 0, HTTPS: 1 });

export const ConversationType = enumeration({
  NONE: 0,
  PRIVATE: 1,
  DISCUSSION: 2,
  GROUP: 3,
  CHATROOM: 4,
  CUSTOMER_SERVICE: 5,
  SYSTEM: 6,
  APP_PUBLIC_SERVICE: 7,
  PUBLIC_SERVICE: 8,
});

export const ConversationNotificationStatus = enumeration({ DO_NOT_DISTURB: 0, NOTIFY: 1 });

export const MessageDirection = enumeration({ SEND: 1, RECEIVE: 2 });

export const SentStatus = enumeration({
  SENDING: 10,
  FAILED: 20,
  SENT: 30,
  RECEIVED: 40,
  READ: 50,
  DESTROYED: 60,
});

/** A set of bits. */
export const ReceivedStatus = enumeration({
  UNREAD: 0,
  READ: 1,
  LISTENED: 2,
  DOWNLOADED: 4,
  RETRIEVED: 8,
});

export const ReadStatus = ReceivedStatus;

export const MentionedType = enumeration({ ALL: 1, PART: 2 });
export const MethodType = enumeration({ CUSTOMER_SERVICE: 1, RECALL: 2 });
export const BlacklistStatus = enumeration({ IN_BLACK_LIST: 0, NOT_IN_BLACK_LIST: 1 });
export const DiscussionInviteStatus = enumeration({ OPENED: 0, CLOSED: 1 });
export const SearchType = enumeration({ EXACT: 0, FUZZY: 1 });
export const GetChatRoomType = enumeration({ NONE: 0, SQQUENCE: 1, REVERSE: 2 });
export const ChatroomEntityOpt = enumeration({ UPDATE: 1, DELETE: 2 });
/** Lengths in UTF-16 units. */
export const ChatroomEntityLimit = enumeration({ KEY: 128, VALUE: 4096 });

export const CustomerType = enumeration({
  ONLY_ROBOT: 1,
  ONLY_HUMAN: 2,
  ROBOT_FIRST: 3,
  HUMAN_FIRST: 4,
});

export const FileType = enumeration({ IMAGE: 1, AUDIO: 2, VIDEO: 3, FILE: 4 });
export const MediaType = enumeration({ IMAGE: 1, AUDIO: 2, VIDEO: 3, FILE: 100 });
export const VoIPMediaType = enumeration({ MEDIA_AUDIO: 1, MEDIA_VEDIO: 2, MEDIA_VIDEO: 2 });
export const RTCAPIType = enumeration({ ROOM: 1, PERSON: 2 });

export const RealTimeLocationErrorCode = enumeration({
  RC_REAL_TIME_LOCATION_NOT_INIT: -1,
  RC_REAL_TIME_LOCATION_SUCCESS: 0,
  RC_REAL_TIME_LOCATION_GPS_DISABLED: 1,
  RC_REAL_TIME_LOCATION_CONVERSATION_NOT_SUPPORT: 2,
  RC_REAL_TIME_LOCATION_IS_ON_GOING: 3,
  RC_REAL_TIME_LOCATION_EXCEED_MAX_PARTICIPANT: 4,
  RC_REAL_TIME_LOCATION_JOIN_FAILURE: 5,
  RC_REAL_TIME_LOCATION_START_FAILURE: 6,
  RC_REAL_TIME_LOCATION_NETWORK_UNAVAILABLE: 7,
});

export const RealTimeLocationStatus = enumeration({
  RC_REAL_TIME_LOCATION_STATUS_IDLE: 0,
  RC_REAL_TIME_LOCATION_STATUS_INCOMING: 1,
  RC_REAL_TIME_LOCATION_STATUS_OUTGOING: 2,
  RC_REAL_TIME_LOCATION_STATUS_CONNECTED: 3,
});

/** Frame types of the wire. */
export const Type = enumeration({
  CONNECT: 1,
  CONNACK: 2,
  PUBLISH: 3,
  PUBACK: 4,
  QUERY: 5,
  QUERYACK: 6,
  QUERYCON: 7,
  SUBSCRIBE: 8,
  SUBACK: 9,
  UNSUBSCRIBE: 10,
  UNSUBACK: 11,
  PINGREQ: 12,
  PINGRESP: 13,
  DISCONNECT: 14,
});

/** Delivery levels of the wire. */
export const Qos = enumeration({ AT_MOST_ONCE: 0, AT_LEAST_ONCE: 1, EXACTLY_ONCE: 2, DEFAULT: 3 });
