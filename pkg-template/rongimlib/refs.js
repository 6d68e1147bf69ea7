/** Names of conversations: the page gives them as two arguments, the modern face takes one object. */

/** @returns {import('../index.js').ConversationRef} */
export const refOf = (conversationType, targetId) => ({ type: conversationType, targetId });

/** @param {import('../index.js').ConversationRef} ref */
export const keyOf = ({ type, targetId }) => `${type}/${targetId}`;
