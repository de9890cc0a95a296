// What is said, on the screen: messages, choices, notes, and bubbles that are still on their way.

import { button, element } from "./dom";
import { labels } from "./labels";
import { actionButton, botContent, messageNode } from "./message";
import type { Choice, Entry, Message } from "./protocol";
import { render } from "./text";

const SHORT = 26;
const ON_ITS_WAY = ".message[data-on-its-way]";

interface Options {
  server: string;
  onChoose: (choice: Choice) => void;
  toTop: () => void;
}

export class View {
  readonly log = element("div", "log");
  /** The choices of the last message that has some, at the end of the talk. */
  #choices: HTMLElement | null = null;
  /** Those of other messages of the same turn, each under its own. */
  #besides: HTMLElement[] = [];
  #isOffline = false;
  #offered: Message[] = [];

  constructor(private readonly options: Options) {
    this.log.setAttribute("role", "log");
    this.log.setAttribute("aria-live", "polite");
    this.log.setAttribute("aria-label", labels.conversation);
  }

  /** New messages, shown before anything that the user has said since. */
  add(messages: Message[]): void {
    this.#clearChoices();
    const nodes = messages.map((message) => this.#place(message));
    this.#offer(messages);
    this.#scrollTo(nodes.find((node) => node?.classList.contains("bot")));
  }

  /** What is still on its way stays in sight, whatever else grows. */
  keepInSight(): void {
    this.log.querySelector(ON_ITS_WAY)?.scrollIntoView({ block: "nearest" });
  }

  /** The whole talk anew, without reading it all aloud. Bubbles that the server does not have yet stay. */
  replay(messages: Message[]): void {
    this.log.setAttribute("aria-live", "off");
    const waiting = [...this.log.querySelectorAll<HTMLElement>(ON_ITS_WAY)].filter((bubble) => bubble.dataset.onItsWay !== "taken");
    this.log.replaceChildren();
    this.#offered = [];
    const next = messages.findLastIndex((message) => message.from === "user" && message.text) + 1;
    this.add(messages.slice(0, next));
    this.add(messages.slice(next));
    this.log.append(...waiting);
    this.#showChoices();
    setTimeout(() => this.log.setAttribute("aria-live", "polite"));
  }

  /** The user's own words, before the server has them. */
  say({ id, text }: Entry): HTMLElement {
    this.#clearChoices();
    const bubble = messageNode("user", labels.fromUser, element("p", "", text));
    bubble.dataset.id = id;
    bubble.dataset.onItsWay = "sending";
    bubble.tabIndex = -1;
    this.#markUnsent(bubble);
    this.log.append(bubble);
    bubble.scrollIntoView({ block: "nearest" });
    return bubble;
  }

  /** The server has it; its answer will bring these words back in their place. */
  taken(id: string): void {
    const bubble = this.#bubble(id);
    if (!bubble?.dataset.onItsWay) return;
    bubble.dataset.onItsWay = "taken";
    this.#markUnsent(bubble);
  }

  drop(id: string): void {
    this.#bubble(id)?.remove();
  }

  connected(isConnected: boolean): void {
    this.#isOffline = !isConnected;
    for (const bubble of this.log.querySelectorAll<HTMLElement>(ON_ITS_WAY)) this.#markUnsent(bubble);
  }

  /** The server said no: the words stay, with a way to send them again. */
  failed(id: string, again: () => void): void {
    const bubble = this.#bubble(id);
    if (!bubble) return;
    delete bubble.dataset.onItsWay;
    mark(bubble, labels.failed, actionButton(labels.tryAgain, () => {
      bubble.remove();
      again();
    }));
    this.#showChoices();
  }

  note(sentence: string, again: (() => void) | null = null): void {
    const note = messageNode("note", labels.fromPage, ...render(sentence).childNodes);
    if (again) note.append(actionButton(labels.tryAgain, () => {
      note.remove();
      again();
    }));
    this.log.insertBefore(note, this.#choices);
    note.scrollIntoView({ block: "nearest" });
  }

  clear(): void {
    this.log.replaceChildren();
    this.#offered = [];
    this.#clearChoices();
  }

  #scrollTo(node: HTMLElement | null | undefined): void {
    if (node && node === this.log.firstElementChild) this.options.toTop();
    else node?.scrollIntoView({ block: "start" });
  }

  #place(message: Message): HTMLElement | null {
    const isUser = message.from === "user";
    if (isUser && !message.text) return null;
    const bubble = isUser ? this.log.querySelector<HTMLElement>(ON_ITS_WAY) : null;
    if (bubble) return arrived(bubble, message.text);
    const content = isUser ? [element("p", "", message.text)] : botContent(message, this.options.server);
    if (!content.length) return null;
    const node = isUser ? messageNode("user", labels.fromUser, ...content) : messageNode("bot", labels.fromBot, ...content);
    node.dataset.n = String(message.n);
    this.log.insertBefore(node, this.log.querySelector(ON_ITS_WAY));
    return node;
  }

  #markUnsent(bubble: HTMLElement): void {
    mark(bubble, this.#isOffline && bubble.dataset.onItsWay !== "taken" ? labels.unsent : null);
  }

  #bubble(id: string): HTMLElement | null {
    return this.log.querySelector<HTMLElement>(`.message[data-id="${CSS.escape(id)}"]`);
  }

  // Only what the bot offered last can still be chosen, and only if the user has said nothing since.
  #offer(messages: Message[]): void {
    this.#offered = offeredAfter(messages, this.#offered);
    this.#showChoices();
  }

  #showChoices(): void {
    this.#clearChoices();
    if (!this.#offered.length || this.log.querySelector(ON_ITS_WAY)) return;
    const earlier = this.#offered.slice(0, -1);
    this.#besides = earlier.map((message) => besidesNode(message.buttons!, this.options.onChoose));
    earlier.forEach(({ n }, at) => this.log.querySelector(`.message[data-n="${n}"]`)?.after(this.#besides[at]!));
    this.#choices = choicesNode(this.#offered.at(-1)!.buttons!, this.options.onChoose);
    this.log.append(this.#choices);
  }

  #clearChoices(): void {
    for (const group of [...this.#besides, this.#choices]) group?.remove();
    this.#besides = [];
    this.#choices = null;
  }
}

/** The messages whose choices are open after these, given those that were before: all of the last turn that offered any. */
function offeredAfter(messages: Message[], before: Message[]): Message[] {
  let offered = before;
  for (const message of messages) {
    const turn = turnOf(message);
    if (message.from === "user") offered = [];
    else if (message.buttons?.length) offered = [...offered.filter((other) => turn && turnOf(other) === turn), message];
  }
  return offered;
}

// A payload begins with the number of the turn that offers it.
function turnOf({ buttons }: Message): string | undefined {
  return buttons?.[0]?.payload.match(/^\d+(?=:)/)?.[0];
}

// The server's words win: it may have left something out on purpose.
function arrived(bubble: HTMLElement, text: string): HTMLElement {
  delete bubble.dataset.onItsWay;
  delete bubble.dataset.id;
  mark(bubble, null);
  const words = bubble.querySelector("p:not(.from)")!;
  if (text !== words.textContent) words.textContent = text;
  return bubble;
}

function choicesNode(choices: Choice[], onChoose: (choice: Choice) => void): HTMLElement {
  const title = element("p", "choose", labels.choose);
  title.id = "choose";
  const isShort = choices.every((choice) => choice.title.length <= SHORT);
  const group = element("div", `choices fresh ${isShort ? "short" : "long"}`, title, ...choiceButtons(choices, onChoose));
  group.addEventListener("pointermove", () => group.classList.remove("fresh"), { once: true });
  group.setAttribute("role", "group");
  group.setAttribute("aria-labelledby", title.id);
  return group;
}

// Such as 'Vertel meer' under a side answer, after which the open question stands again with its own.
function besidesNode(choices: Choice[], onChoose: (choice: Choice) => void): HTMLElement {
  return element("div", "besides", ...choiceButtons(choices, onChoose));
}

// The second half of a double click belongs to the question before.
function choiceButtons(choices: Choice[], onChoose: (choice: Choice) => void): HTMLElement[] {
  return choices.map((choice) => button("", choice.title, (event) => event.detail < 2 && onChoose(choice)));
}

function mark(bubble: HTMLElement, words: string | null, ...more: Node[]): void {
  bubble.querySelector(".mark")?.remove();
  if (words) bubble.append(element("div", "mark", element("span", "", words), ...more));
}
