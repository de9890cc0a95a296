// The talk with the server: one request at a time, in order, retried until there is an answer.

import { unsent } from "./store.js";

const WAITS = [1000, 2000, 4000, 8000];
const POLL = 1000;
const PATIENCE = 30000;

// The server answered, and the answer is no. `sentence` is Dutch and may be shown; null when the server gave none.
export class Refusal extends Error {
  constructor(status, sentence) {
    super(`refused with status ${status}`);
    this.status = status;
    this.sentence = sentence;
  }
}

class NoAnswer extends Error {}

// The listener hears: messages(list), replay(list, id of the entry that is in it), state(state), waiting(bool), connected(bool).
export class Talk {
  #listener;
  #seen = 0;
  #told = new Map();
  #leftovers = unsent.all();
  #last = Promise.resolve();
  #resume = () => {};

  constructor(listener) {
    this.#listener = listener;
  }

  // Opens the session and brings the history; a talk without history begins with the greeting.
  open(greeting) {
    return this.#inOrder(async () => {
      const { resumed } = await this.#request("/web/session", {});
      await this.#sendLeftovers(resumed);
      await this.#replay();
      if (this.#seen === 0) await this.#settle(await this.#request("/web/messages", greeting));
    });
  }

  send(entry) {
    return this.#inOrder(async () => this.#settle(await this.#request("/web/messages", entry), entry.id));
  }

  // Something may have been said elsewhere: in another tab, or by an adviser.
  refresh() {
    return this.#inOrder(async () => this.#settle(await this.#fetchNew()), { quiet: true });
  }

  tryNow() {
    this.#resume();
  }

  #inOrder(work, { quiet = false } = {}) {
    const turn = this.#last.then(async () => {
      if (!quiet) this.#listener.waiting(true);
      try {
        return await work();
      } finally {
        this.#listener.waiting(false);
      }
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  // A message that a reload cut off goes first, under its own id: the history then holds it once.
  async #sendLeftovers(resumed) {
    for (const entry of this.#leftovers.splice(0)) {
      if (resumed) await this.#request("/web/messages", entry).catch(unlessRefused);
      unsent.remove(entry.id);
    }
  }

  async #replay(id = null) {
    const reply = await this.#request("/web/talk?after=0");
    this.#seen = 0;
    this.#told.clear();
    this.#note(reply.messages);
    this.#listener.replay(reply.messages, id);
    await this.#settle({ ...reply, messages: [] });
  }

  async #settle(reply, id = null) {
    let current = this.#skips(reply) ? await this.#fetchNew() : reply;
    while (this.#take(current)) {
      if (!current.pending && !current.working) return;
      this.#listener.waiting(true);
      await this.#pause(POLL);
      current = await this.#fetchNew();
    }
    await this.#replay(id);
  }

  #fetchNew() {
    return this.#request(`/web/talk?after=${this.#seen}`);
  }

  // Something was said in between, in another tab: that comes first.
  #skips({ messages = [] }) {
    return messages.length > 0 && messages[0].n > this.#seen + 1;
  }

  // False when the numbers that we had come back for other words (a talk that was erased): then the server's story is the true one.
  #take({ messages = [], state = null }) {
    const fresh = messages.filter((message) => message.n > this.#seen);
    const differs = messages.some((message) => message.n <= this.#seen && this.#told.get(message.n) !== message.text);
    if (differs || (messages.length && !fresh.length)) return false;
    this.#note(fresh);
    if (fresh.length) this.#listener.messages(fresh);
    if (state) this.#listener.state(state);
    return true;
  }

  #note(messages) {
    for (const { n, text } of messages) {
      this.#told.set(n, text);
      this.#seen = n;
    }
  }

  async #request(path, body) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer = await ask(path, body);
        this.#listener.connected(true);
        return answer;
      } catch (error) {
        this.#listener.connected(!(error instanceof NoAnswer));
        if (!(error instanceof NoAnswer)) throw error;
      }
      await this.#pause(WAITS[Math.min(attempt, WAITS.length - 1)]);
    }
  }

  #pause(time) {
    return new Promise((resolve) => {
      this.#resume = resolve;
      setTimeout(resolve, time);
    });
  }
}

function unlessRefused(error) {
  if (!(error instanceof Refusal)) throw error;
}

async function ask(path, body) {
  const response = await reach(path, body);
  const content = await response.json().catch(() => null);
  if (response.ok && content) return content;
  // A page of a proxy, not of our server: the server itself was not reached.
  if (!content?.error && (response.ok || response.status >= 500)) throw new NoAnswer();
  throw new Refusal(response.status, content?.error?.message ?? null);
}

async function reach(path, body) {
  const post = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  try {
    return await fetch(path, { ...(body ? post : {}), cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    throw new NoAnswer();
  }
}
