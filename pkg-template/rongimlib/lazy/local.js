/**
 * The archive's calls: the only place that knows of it. A file of its own, loaded when one of them
 * is first made (`lazy.js`); what it shares with the rest of the face it is given, so that there is
 * one copy of it.
 */

/** @type {typeof import('../lazy.js').shared} */
let shared;

/** @param {typeof import('../lazy.js').shared} given */
export function share(given) {
  shared = given;
}

const refusal = (name) => new shared.Refusal(shared.ErrorCode[name]);

/** Hits that the archive ranks among each other. */
const WINDOW = 50;
/** A page of the archive. */
const PAGE = 100;

/** @param {import('../face.js').Face} face @returns {Promise<import('../../archive.js').Archive>} */
async function archiveOf(face) {
  if (!face.client.archive) throw refusal('BIZ_ERROR_DATABASE_ERROR');
  return face.client.archive();
}

/** A message of the archive as 2.x delivers it. */
function deliveredStored(face, stored) {
  const message = shared.deliveredMessage(face, stored);
  const { extra, sentStatus, receivedStatus, messageUId } = stored;
  return Object.assign(message, {
    extra: extra || message.extra,
    sentStatus: sentStatus || message.sentStatus,
    receivedStatus,
    isLocalMessage: messageUId === '',
  });
}

/** Does something with one message of the archive. @param {(archive: import('../../archive.js').Archive, id: string | number) => Promise<object | null>} work */
async function withMessage(face, messageId, work) {
  const id = face.messageIds.resolve(messageId);
  const stored = id === null ? null : await work(await archiveOf(face), id);
  if (!stored) throw refusal('GET_MESSAGE_BY_ID_ERROR');
  return deliveredStored(face, stored);
}

export const getMessage = (face, messageId) => withMessage(face, messageId, (archive, id) => archive.get(id));

/** @param {import('../../archive.js').MessageChanges} changes */
export const changeMessage = (face, messageId, changes) => withMessage(face, messageId, (archive, id) => archive.update(id, changes));

/** Keeps what the page changed in a message that it was given. */
export async function updateMessage(face, message) {
  const { extra, sentStatus, receivedStatus, messageUId, messageId } = message ?? {};
  const { objectName, body } = wireOf(face, message?.content);
  await changeMessage(face, messageUId || messageId, { objectName, content: body, extra, sentStatus, receivedStatus });
  return message;
}

/** A content object of a page (a class, or an object with its `messageName`) as it is kept. */
function wireOf(face, content, objectName) {
  if (typeof content !== 'object' || content === null) throw refusal('PARAMETER_ERROR');
  const wire = face.registry.toWire(content);
  if (!wire && !objectName) throw refusal('PARAMETER_ERROR');
  return wire && !objectName ? wire : { objectName, body: wire?.body ?? content, persisted: true, counted: true };
}

/** Puts a message of this page alone into the archive. */
export async function insertMessage(face, ref, content, senderUserId = face.client.userId) {
  const { objectName, body, persisted, counted } = wireOf(face, content);
  const own = senderUserId === face.client.userId;
  const archive = await archiveOf(face);
  const stored = await archive.insert({
    conversation: ref,
    senderUserId,
    direction: own ? 'sent' : 'received',
    objectName,
    content: body,
    sentTime: face.now(),
    messageUId: '',
    clientId: '',
    persisted,
    counted,
    mentioned: false,
    offline: false,
    sentStatus: own ? shared.SentStatus.SENT : shared.SentStatus.RECEIVED,
  });
  if (!stored) throw refusal('MSG_INSERT_ERROR');
  return deliveredStored(face, stored);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal('PARAMETER_ERROR');
  }
}

/** A content, and which of its members are searched: a list of names, or a text with commas between them. */
export async function setSearchFields(face, messageId, content, fields) {
  const searchFields = typeof fields === 'string' ? fields.split(',').map((name) => name.trim()) : fields ?? undefined;
  if (searchFields !== undefined && !(Array.isArray(searchFields) && searchFields.every((name) => typeof name === 'string'))) throw refusal('PARAMETER_ERROR');
  return setContent(face, messageId, content, undefined, { searchFields });
}

/** `content`: a content of a class, or the members of one, or their JSON text. */
export async function setContent(face, messageId, content, objectName, more = {}) {
  const given = typeof content === 'string' ? parsed(content) : content;
  const { body, objectName: name } = wireOf(face, given, objectName);
  return changeMessage(face, messageId, { content: body, ...(name && { objectName: name }), ...more });
}

/** Sets the sent status of the user's messages in a conversation up to a time. */
export async function setSentUpTo(face, ref, timestamp, sentStatus) {
  const archive = await archiveOf(face);
  if (sentStatus === shared.SentStatus.READ) {
    await archive.markRead(ref, { upTo: timestamp, sent: true });
    return;
  }
  let before = { sentTime: timestamp + 1 };
  for (;;) {
    const { messages, more } = await archive.page(ref, { before, count: PAGE });
    for (const { direction, localId } of messages) {
      if (direction === 'sent') await archive.setStatus(localId, { sentStatus });
    }
    if (!more || messages.length === 0) return;
    [before] = messages;
  }
}

/** @param {unknown[]} messages their ids, or the messages */
export async function deleteLocal(face, _ref, messages) {
  if (!Array.isArray(messages) || messages.length === 0) throw refusal('DELETE_MESSAGE_ID_IS_NULL');
  const ids = messages.map((message) => face.messageIds.resolve(message?.messageUId || (message?.messageId ?? message)));
  await (await archiveOf(face)).delete(ids.filter((id) => id !== null));
}

export async function clearLocal(face, ref) {
  await (await archiveOf(face)).clear(ref);
}

/** Deletes everything that this browser keeps of the user's messages. */
export async function clearAll(face) {
  await (await archiveOf(face)).destroy();
}

/** A page of a conversation's history as far as it is here; null for none. */
export async function archivedPage(face, ref, { before, after, count }) {
  const place = before ?? after;
  const from = typeof place === 'number' ? { sentTime: place } : place;
  const where = after !== undefined ? { after: from } : from.sentTime > 0 ? { before: from } : {};
  const { messages, more } = await (await archiveOf(face)).page(ref, { ...where, count });
  if (messages.length === 0) return null;
  const { sentTime, messageUId, localId } = messages.at(after === undefined ? 0 : -1);
  return { messages, hasMore: more, next: { sentTime, messageUId, localId, known: [messageUId] } };
}

/**
 * The newest messages with this text that are older than a time, newest first, and how many there
 * are. A page of 2.x goes on with the time of the last one, so all that is newer must be here.
 */
export async function searchMessages(face, ref, keyword, timestamp, count) {
  if (!Number.isInteger(count) || count < 1) throw refusal('PARAMETER_ERROR');
  const archive = await archiveOf(face);
  const hits = [];
  let before = timestamp > 0 ? { sentTime: timestamp } : undefined;
  let total = null;
  for (;;) {
    const found = await archive.search(keyword, { conversation: ref, count: WINDOW, before });
    total ??= found.total;
    hits.push(...found.hits);
    if (hits.length >= count || !found.more || !found.next) break;
    before = found.next;
  }
  hits.sort((a, b) => b.message.sentTime - a.message.sentTime);
  return [hits.slice(0, count).map((hit) => deliveredStored(face, hit.message)), total];
}

/** Conversations of these types (all without types) with messages that have this text. */
export async function searchConversations(face, keyword, _callback, types) {
  const archive = await archiveOf(face);
  const { conversations } = await archive.searchConversations(keyword);
  const wanted = conversations.filter(({ conversation: { type } }) => !(types?.length > 0) || types.includes(type));
  return Promise.all(wanted.map(async ({ conversation, latest }) => {
    const row = await face.client.conversation(conversation);
    const shown = shared.deliveredConversation(face, row ?? emptyRow(conversation, latest.message));
    const message = deliveredStored(face, latest.message);
    return Object.assign(shown, { latestMessage: message, latestMessageId: message.messageId });
  }));
}

/** Of a conversation that left the list: its messages are still here. */
function emptyRow(conversation, message) {
  return { conversation, latestMessage: message, unreadCount: 0, mentionCount: 0, time: message.sentTime, peerReadTime: 0 };
}
