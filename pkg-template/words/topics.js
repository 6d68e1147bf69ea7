/** What topics hold: the tables as the build wrote them. */
import { QUESTIONS, SHAPES, UP_STREAM } from '../tables.js';
import { fieldsOf } from './schema.js';

/** Topics of messages on their way to the server, `MessageTopic` of the core. */
const MESSAGES = /^(pp|pd|pg|pc|pcu|pb|pr)MsgP$|^(pp|pmc|pmp)MsgN$|^(pp|pg|chat|pr)MsgS$|^(chatMsg|ugMsg|recallMsg)$/;

/**
 * A question by its topic: `topic@request>answer` where it names a target, `topic.request>answer` where it
 * names the caller; `?` for an answer that is the status.
 * @param {string} topic
 * @returns {{targeted: boolean, request: string, answer: string} | null}
 */
export function questionOf(topic) {
  const line = QUESTIONS.split('\n').find((one) => one.startsWith(`${topic}@`) || one.startsWith(`${topic}.`));
  if (line === undefined) return null;
  const [request, answer] = line.slice(topic.length + 1).split('>');
  return { targeted: line[topic.length] === '@', request, answer };
}

/** What bodies of a topic hold, and those of its answers; nothing for a topic that is unknown. */
export function shapeOf(topic) {
  if (MESSAGES.test(topic)) return { body: fieldsOf(UP_STREAM), answer: [] };
  const line = SHAPES.split('\n').find((one) => one.split('>', 1)[0].split(' ').includes(topic));
  const { request = '', answer = '' } = questionOf(topic) ?? {};
  const [, body, answered] = line?.split('>') ?? ['', request, answer === '?' ? '' : answer];
  return { body: fieldsOf(body), answer: fieldsOf(answered) };
}
