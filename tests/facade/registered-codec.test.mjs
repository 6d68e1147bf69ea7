import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connected, modernMessage } from './fake-client.mjs';

async function withPoll() {
  const made = await connected();
  class Poll {
    constructor({ question }) {
      this.question = question;
    }

    encode() {
      return JSON.stringify({ q: this.question });
    }

    static encode() {}

    static decode(text) {
      return new Poll({ question: text });
    }
  }
  made.RongIMClient.registerMessageType('PollMessage', 'app:poll', new made.RongIMLib.MessageTag(false, true), Poll);
  return { ...made, Poll };
}

test('a class with its own codec is sent by encode', async () => {
  const { im, client, Poll } = await withPoll();
  im.sendMessage(1, 'ada', new Poll({ question: 'why' }), {});
  assert.deepEqual(client.last('submit').args[1], { objectName: 'app:poll', body: { q: 'why' }, persisted: true, counted: false });
});

test('text that is no JSON goes through decode, an object through the class', async () => {
  const { RongIMClient, client, Poll } = await withPoll();
  const heard = [];
  RongIMClient.setOnReceiveMessageListener({ onReceived: ({ content, messageType }) => heard.push([messageType, content]) });
  client.emit('message', modernMessage({ objectName: 'app:poll', content: { raw: 'plain' } }), { left: 0, hasMore: false });
  client.emit('message', modernMessage({ objectName: 'app:poll', content: { question: 'why' } }), { left: 0, hasMore: false });
  assert.deepEqual(heard.map(([type, content]) => [type, content.question, content instanceof Poll]), [
    ['PollMessage', 'plain', true], ['PollMessage', 'why', true],
  ]);
});
