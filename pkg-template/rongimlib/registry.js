import { builtInKinds, contentClass, contentMembers, messageClasses } from './message-classes.js';
import { MessageTag } from './models.js';

/** The message classes that a page knows: the built-in ones and those it registers. */
export class Registry {
  /** name → name, as `RongIMClient.MessageType`. */
  MessageType = {};
  /** name → {objectName, msgTag}, as `RongIMClient.MessageParams`. */
  MessageParams = {};
  /** name → class of the application's own types, as `RongIMClient.RegisterMessage`. */
  RegisterMessage = {};
  /** @type {Map<string, import('./message-classes.js').ContentKind & {decode?: (text: string) => object}>} */
  #byName = new Map();
  /** Name of the class by its name on the wire. */
  #byObjectName = new Map();

  constructor() {
    for (const kind of builtInKinds) this.#add(kind);
  }

  /**
   * `RongIMClient.registerMessageType`.
   * @param {string} messageType
   * @param {string} objectName
   * @param {MessageTag} messageTag
   * @param {string[] | object | Function} messageContent member names, or what has encode and decode
   * @param {string[]} [searchProps] used in place of an array
   */
  register(messageType, objectName, messageTag, messageContent, searchProps) {
    if (!isName(messageType)) throw new Error('registerMessageType: messageType must not be empty');
    if (!isName(objectName)) throw new Error('registerMessageType: objectName must not be empty');
    const members = Array.isArray(messageContent) ? messageContent : searchProps;
    const made = Array.isArray(members) && !hasCodec(messageContent)
      ? { Class: contentClass(messageType, members.map(String)) }
      : ownCodec(messageType, messageContent);
    this.RegisterMessage[messageType] = made.Class ?? messageContent;
    this.#add({
      name: messageType,
      objectName,
      persisted: messageTag?.isPersited ?? true,
      counted: messageTag?.isCounted ?? true,
      sendable: true,
      ...made,
    });
  }

  /**
   * `registerMessageTypes`. A flag other than 2 (counted only) means counted and kept, as in 2.x.
   * @param {Record<string, {name: string, flag?: number, proto?: Record<string, unknown>}>} types
   */
  registerAll(types) {
    for (const [messageType, { name, flag, proto }] of Object.entries(types ?? {})) {
      this.register(messageType, name, new MessageTag(true, flag !== 2), Object.keys(proto ?? {}));
    }
  }

  /** @param {unknown} named a class's name, or its name on the wire */
  objectNameOf(named) {
    return this.#byName.get(named)?.objectName || (this.#byObjectName.has(named) ? named : null);
  }

  /**
   * What of a page's content travels.
   * @param {object} content
   * @returns {{objectName: string, body: Record<string, unknown>, persisted: boolean, counted: boolean, messageType: string} | null}
   *   null if its class is unknown or cannot be sent
   */
  toWire(content) {
    const kind = this.#byName.get(content?.messageName);
    if (!kind?.sendable) return null;
    const body = kind.decode && typeof content.encode === 'function' ? jsonObject(content.encode()) : contentMembers(content);
    if (!body) return null;
    const { objectName, persisted, counted } = kind;
    return { objectName, body, persisted, counted, messageType: kind.name };
  }

  /**
   * The content of an arrived message, in its class.
   * @param {string} objectName
   * @param {Record<string, unknown>} members as the modern face gives them: `{raw}` for what is no JSON object
   * @returns {{messageType: string, content: object}}
   */
  fromWire(objectName, members) {
    const kind = this.#byName.get(this.#byObjectName.get(objectName));
    if (!kind) {
      const content = new messageClasses.UnknownMessage({ content: plainValue(members), objectName });
      return { messageType: 'UnknownMessage', content };
    }
    return { messageType: kind.name, content: this.#build(kind, members) };
  }

  #build(kind, members) {
    const value = plainValue(members);
    if (kind.decode && typeof value === 'string') return kind.decode(value);
    if (kind.Class) return new kind.Class(members);
    return { messageName: kind.name, ...members };
  }

  #add(kind) {
    this.MessageType[kind.name] = kind.name;
    this.MessageParams[kind.name] = {
      objectName: kind.objectName,
      msgTag: new MessageTag(kind.counted, kind.persisted),
    };
    this.#byName.set(kind.name, kind);
    if (kind.objectName !== '') this.#byObjectName.set(kind.objectName, kind.name);
  }
}

function isName(value) {
  return typeof value === 'string' && value !== '';
}

function hasCodec(value) {
  return codecOf(value) !== null;
}

/** encode and decode of an object, or of a class (its own or its instances'). */
function codecOf(value) {
  for (const holder of [value, value?.prototype]) {
    if (typeof holder?.encode === 'function' && typeof holder?.decode === 'function') return holder;
  }
  return null;
}

function ownCodec(messageType, messageContent) {
  const codec = codecOf(messageContent);
  if (!codec) throw new Error(`registerMessageType: ${messageType} needs an array of member names, or encode and decode`);
  const decode = (text) => codec.decode(text);
  if (typeof messageContent !== 'function') {
    messageContent.messageName ??= messageType;
    return { decode };
  }
  messageContent.prototype.messageName ??= messageType;
  return { decode, Class: messageContent };
}

function jsonObject(text) {
  try {
    const value = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undoes the modern face's `{raw}`: text, or a JSON value that is no object. */
function plainValue(members) {
  if (typeof members.raw !== 'string' || Object.keys(members).length !== 1) return members;
  try {
    const value = JSON.parse(members.raw);
    return isObject(value) ? members : value;
  } catch {
    return members.raw;
  }
}
