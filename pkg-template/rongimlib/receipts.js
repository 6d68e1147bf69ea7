/**
 * `receiptResponse` of a message: for an answer the counts of the messages it speaks of, for a
 * message that the user asked about its own.
 * @param {import('./face.js').Face} face
 * @param {import('../index.js').Message} message
 */
export function receiptResponse({ client }, { objectName, content, messageUId }) {
  const answered = objectName === 'RC:RRRspMsg' ? content.receiptMessageDic?.[client.userId] : null;
  const uids = Array.isArray(answered) ? answered : [messageUId];
  const counts = uids.map((uid) => [uid, client.readerCount(uid)]);
  return Object.fromEntries(counts.filter(([, count]) => count !== null));
}
