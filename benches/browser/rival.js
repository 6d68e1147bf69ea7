// The same messages by protobufjs: decode, parse the contents, make the same objects, call the
// listener. It keeps no order, no cursor, no conversations, and drops no repeats.

const TEXT = new TextDecoder();
const [KEPT, COUNTED, MENTIONS, SILENT] = [16, 32, 64, 512];

const toNumber = (value) => (typeof value === 'number' ? value : Number(value));

function content(bytes) {
  const text = TEXT.decode(bytes);
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { raw: text };
  } catch {
    return { raw: text };
  }
}

/** @param {Uint8Array} body a DownStreamMessages */
export function deliver(Messages, body, listener) {
  const { list, finished } = Messages.decode(body);
  let left = list.length;
  for (const down of list) {
    left -= 1;
    const status = toNumber(down.status);
    const message = {
      conversation: { type: down.type, targetId: down.type === 1 ? down.fromUserId : down.groupId },
      senderUserId: down.fromUserId,
      direction: down.direction === 1 ? 'sent' : 'received',
      objectName: down.classname,
      content: content(down.content),
      sentTime: toNumber(down.dataTime),
      messageUId: down.msgId,
      clientId: '',
      persisted: (status & KEPT) !== 0,
      counted: (status & COUNTED) !== 0,
      mentioned: (status & MENTIONS) !== 0,
      silent: (status & SILENT) !== 0,
      offline: false,
    };
    listener(message, { left, hasMore: !finished });
  }
}
