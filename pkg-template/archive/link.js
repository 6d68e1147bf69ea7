/** Keeps an archive current with what a client sends and receives, many messages at a time. */

/** Messages wait so long for others, milliseconds. */
const PATIENCE_MS = 50;
/** `SentStatus` of 2.x. */
const STATUS = { queued: 10, sending: 10, sent: 30, failed: 20, cancelled: 20 };

export class Link {
  #archive;
  #waiting = [];
  #timer = null;
  #last = Promise.resolve();
  #stops;

  constructor(client, archive) {
    this.#archive = archive;
    this.#stops = [
      client.on('message', (message) => this.#add(message)),
      client.on('send', (change) => this.#sent(change)),
      client.on('recalled', (recall) => this.#recalled(recall)),
      client.on('deleted', (deletion) => this.#deleted(deletion)),
      client.on('read', ({ conversation, upTo }) => this.#after((to) => to.markRead(conversation, { upTo, sent: true }))),
    ];
  }

  /** Writes what waits; resolves once all of it is kept. */
  async flush() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const messages = this.#waiting.splice(0);
    if (messages.length > 0) {
      // A failure is told by the archive's event; the next messages must not wait for ever.
      this.#last = this.#last.then(() => this.#archive.put(messages)).catch(() => {});
    }
    await this.#last;
  }

  /** Stops listening, after writing what waits. */
  async stop() {
    for (const stop of this.#stops.splice(0)) stop();
    await this.flush();
  }

  /** What was said goes; the row tells who took it back. */
  #recalled({ messageUId, recalledBy }) {
    const changes = { objectName: 'RC:RcNtf', content: { operatorId: recalledBy } };
    this.#after((to) => to.update(messageUId, changes));
  }

  /** What the user deleted, on any device. */
  #deleted({ conversation, messageUIds, upTo }) {
    if (messageUIds.length > 0) this.#after((to) => to.delete(messageUIds));
    if (upTo !== null) this.#after((to) => to.clear(conversation, { upTo }));
  }

  /** Does something behind what waits; a failure is told by the archive's event. */
  #after(work) {
    void this.flush();
    this.#last = this.#last.then(() => work(this.#archive)).catch(() => {});
  }

  /** Messages that the server keeps nowhere have no name to be kept under. */
  #add(message) {
    if (message.messageUId === '' || !message.persisted) return;
    this.#waiting.push(message);
    this.#timer ??= setTimeout(() => void this.flush(), PATIENCE_MS);
  }

  #sent({ state, message }) {
    if (!message?.persisted) return;
    this.#waiting.push({ ...message, sentStatus: STATUS[state.name] });
    this.#timer ??= setTimeout(() => void this.flush(), PATIENCE_MS);
  }
}
