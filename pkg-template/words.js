/** What topics say: loaded with the first question that the core knows nothing of, or the first poll. */
export * from './words/bytes.js';
export * from './words/questions.js';
export * from './words/schema.js';
export * from './words/topics.js';
