// The talk with the server: what is said goes out in order, is sent again until the server has it, and every answer comes in once.

import { io, type Socket } from "socket.io-client";
import { Gate } from "./gate";
import { labels } from "./labels";
import { type Ack, type Entry, type Message, Refusal, type Refused, type Since, type State } from "./protocol";
import { Session } from "./session";
import { unsent } from "./store";

const PATIENCE = 10_000;
const PROBE = 4_000;
const GRACE = 1_500;
const LONGEST_WAIT = 8_000;
/** Bytes. The server breaks the line over a frame that is bigger, and then it would be sent again for ever. */
const MOST_FRAME = 16_200;

export interface Listener {
  /** New messages, at the end of what was told. */
  messages(messages: Message[]): void;
  /** The whole story, from the beginning. */
  replay(messages: Message[]): void;
  state(state: State): void;
  waiting(isWaiting: boolean): void;
  connected(isConnected: boolean): void;
  /** The server does not know this person any more: what is shown is of the past. */
  lost(): void;
  /** The talk was wiped, here or in another tab. */
  forgotten(): void;
  /** The server could not do what was asked. */
  refused(refusal: Refusal): void;
}

export class Talk {
  #seen = 0;
  #told = new Map<number, string>();
  #isSynced = false;
  #socket: Socket | null = null;
  #gate = new Gate();
  #last: Promise<unknown> = Promise.resolve();
  #underWay = 0;
  #isWorking = false;
  #grace = 0;
  #greeting: (() => Entry | null) | null = null;
  #round = 0;
  #leftovers = unsent.all();

  constructor(
    private readonly session: Session,
    private readonly listener: Listener,
  ) {}

  /** Opens the session and brings the history; a talk without history begins with the greeting. */
  async open(greeting: () => Entry | null): Promise<void> {
    this.#greeting = greeting;
    await this.#tellTrouble(this.session.open((isThere) => this.listener.connected(isThere)));
    this.#connect();
    await this.#gate.passed();
  }

  send(entry: Entry): Promise<void> {
    if (new Blob([JSON.stringify(entry)]).size > MOST_FRAME) return Promise.reject(new Refusal("too_big", labels.tooBig));
    this.#underWay += 1;
    if (this.#grace) this.listener.connected(false);
    this.#tellWaiting();
    const sending = this.#last.then(() => this.#deliver(entry)).finally(() => {
      this.#underWay -= 1;
      this.#tellWaiting();
    });
    this.#last = sending.catch(() => {});
    return sending;
  }

  /** Wipes this talk at the server, and then here; what follows is a new one. */
  async forget(): Promise<void> {
    await this.#gate.passed();
    const answer = await this.#ask<Ack>("forget", {}, PATIENCE);
    if (!answer.ok) throw refusalOf(answer);
    this.#wiped();
    if (this.#greeting) await this.#greet(this.#greeting());
  }

  /** Something may have been said elsewhere; and a line that died silently is found out. */
  async refresh(): Promise<void> {
    if (!this.#socket?.connected) return this.tryNow();
    try {
      this.#take(await this.#since(PROBE));
      this.listener.connected(true);
    } catch {
      this.#socket?.io.engine?.close();
    }
  }

  tryNow(): void {
    this.session.tryNow();
    if (this.#socket && !this.#socket.connected) this.#socket.disconnect().connect();
  }

  /** The browser says that the network is gone: it knows sooner than the line does. */
  offline(): void {
    this.listener.connected(false);
  }

  #connect(): void {
    const socket = io(this.session.server, {
      path: "/socket.io",
      transports: ["websocket"],
      reconnectionDelayMax: LONGEST_WAIT,
      forceNew: true,
      auth: (give) => give({ token: this.session.token }),
    });
    this.#socket = socket;
    socket.on("connect", () => void this.#sync());
    socket.on("disconnect", (reason) => {
      this.#lose();
      // After a word of the server itself, socket.io does not come back by itself.
      if (reason === "io server disconnect") setTimeout(() => socket.connect(), GRACE);
    });
    socket.on("connect_error", () => (socket.active ? this.#lose() : void this.#refused()));
    socket.on("messages", (messages: Message[]) => this.#hear(messages));
    socket.on("state", (state: State) => this.listener.state(state));
    socket.on("working", ({ on }: { on: boolean }) => {
      this.#isWorking = on;
      this.#tellWaiting();
    });
    socket.on("trouble", (answer: Refused) => this.listener.refused(refusalOf(answer)));
    socket.on("forgotten", () => this.#wiped());
    socket.on("moved", () => void this.#startOver());
  }

  // What was missed comes in before anything new goes out.
  async #sync(): Promise<void> {
    try {
      const isFirst = !this.#isSynced;
      if (isFirst) await this.#sendLeftovers();
      const reply = await this.#since(PATIENCE);
      if (isFirst && reply.messages.length) this.#replay(reply);
      else this.#take(reply);
      this.#isSynced = true;
      const back = isFirst ? reply.state?.back : null;
      if (!this.#seen && this.#greeting) await this.#greet(this.#greeting());
      else if (back && this.#greeting) await this.#greet(this.#greeting(), back);
      this.#found();
      this.listener.connected(true);
      this.#gate.open();
    } catch {
      this.#socket?.io.engine?.close();
    }
  }

  async #greet(greeting: Entry | null, id = greeting?.id): Promise<void> {
    if (!greeting) return;
    const answer = await this.#say({ ...greeting, id: id ?? greeting.id });
    if (!answer.ok) this.listener.refused(refusalOf(answer));
  }

  // A message that a reload cut off goes first, under its own id: the history then holds it once.
  async #sendLeftovers(): Promise<void> {
    const leftovers = this.#leftovers.splice(0);
    if (!this.session.resumed && leftovers.length) this.listener.lost();
    for (const entry of leftovers) {
      if (this.session.resumed) await this.#say(entry);
      unsent.remove(entry.id);
    }
  }

  async #deliver(entry: Entry): Promise<void> {
    const round = this.#round;
    for (;;) {
      await this.#gate.passed();
      if (round !== this.#round) return;
      const answer = await this.#say(entry).catch(() => null);
      if (answer?.ok) return;
      if (answer) throw refusalOf(answer);
      if (this.#socket?.connected) this.#socket.io.engine?.close();
      this.#lose();
    }
  }

  #say({ id, text, payload }: Entry): Promise<Ack> {
    return this.#ask("say", payload === null ? { id, text } : { id, text, payload }, PATIENCE);
  }

  async #since(patience: number): Promise<Since> {
    const answer = await this.#ask<Since & { ok?: boolean }>("since", { after: this.#seen }, patience);
    if (answer.ok === false) throw new Error("the history did not come");
    return answer;
  }

  async #ask<Answer>(event: string, data: unknown, patience: number): Promise<Answer> {
    // Otherwise the line keeps it and sends it later, out of turn.
    if (!this.#socket?.connected) throw new Error("there is no line");
    return (await this.#socket.timeout(patience).emitWithAck(event, data)) as Answer;
  }

  #hear(messages: Message[]): void {
    if (!this.#isSynced || !messages.length) return;
    if (messages[0]!.n > this.#seen + 1) void this.refresh();
    else this.#take({ messages, state: null });
  }

  // When numbers that we had come back with other words, a talk was erased: then the server's story is the true one.
  #take({ messages, state }: Since): void {
    const isOther = ({ n, text }: Message) => n <= this.#seen && this.#told.get(n) !== text;
    if (messages.some(isOther)) return void this.#startOver();
    const fresh = messages.filter(({ n }) => n > this.#seen);
    this.#note(fresh);
    if (fresh.length) this.listener.messages(fresh);
    if (state) this.listener.state(state);
  }

  async #startOver(): Promise<void> {
    this.#seen = 0;
    await this.#since(PATIENCE).then((reply) => this.#replay(reply), () => this.#socket?.io.engine?.close());
  }

  #replay({ messages, state }: Since): void {
    this.#forgetStory();
    this.#note(messages);
    this.listener.replay(messages);
    if (state) this.listener.state(state);
  }

  #note(messages: Message[]): void {
    for (const { n, text } of messages) {
      this.#told.set(n, text);
      this.#seen = n;
    }
  }

  #lose(): void {
    this.#gate.close();
    this.#isWorking = false;
    this.#tellWaiting();
    // A line that is back at once needs no words, unless someone waits for it.
    this.#grace ||= window.setTimeout(() => this.listener.connected(false), GRACE);
    if (this.#underWay) this.listener.connected(false);
  }

  #found(): void {
    clearTimeout(this.#grace);
    this.#grace = 0;
  }

  // In this tab or in another: nothing of the old talk stays, and nothing of it is sent any more.
  #wiped(): void {
    this.#round += 1;
    unsent.clear();
    this.#forgetStory();
    this.listener.forgotten();
  }

  #forgetStory(): void {
    this.#seen = 0;
    this.#told.clear();
  }

  // The server knows the session no more: a new one is made, and a talk of another person is never shown.
  async #refused(): Promise<void> {
    this.#gate.close();
    await this.#tellTrouble(this.session.open((isThere) => this.listener.connected(isThere)));
    if (!this.session.resumed) {
      this.#round += 1;
      this.#forgetStory();
      this.#isSynced = false;
      this.listener.lost();
    }
    this.#socket?.connect();
  }

  async #tellTrouble(opening: Promise<void>): Promise<void> {
    this.listener.waiting(true);
    await opening.finally(() => this.#tellWaiting());
  }

  #tellWaiting(): void {
    this.listener.waiting(this.#underWay > 0 || this.#isWorking);
  }
}

function refusalOf({ code, message }: Refused): Refusal {
  return new Refusal(code, message ?? null);
}
