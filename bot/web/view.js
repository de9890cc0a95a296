// What is said, on the screen: messages, choices, notes, and bubbles that are still on their way.

import { labels } from "./labels.js";
import { element, newTabLink, render } from "./text.js";

const SHORT = 26;
const ON_ITS_WAY = ".message[data-on-its-way]";

export class View {
  #log;
  #onChoose;
  #choices = null;
  #isOffline = false;
  #offered = [];

  constructor(log, { onChoose }) {
    this.#log = log;
    this.#onChoose = onChoose;
  }

  // New messages, shown before anything that the user has said since.
  add(messages) {
    this.#clearChoices();
    const nodes = messages.map((message) => this.#place(message)).filter(Boolean);
    this.#offer(messages);
    this.#scrollTo(nodes.find((node) => node.classList.contains("bot")));
  }

  // What is still on its way stays in sight, whatever else grows.
  keepInSight() {
    this.#log.querySelector(ON_ITS_WAY)?.scrollIntoView({ block: "nearest" });
  }

  // The whole talk anew, without reading it all aloud. Bubbles on their way stay, but not the one that is in it.
  replay(messages, id) {
    this.#log.setAttribute("aria-live", "off");
    const waiting = [...this.#log.querySelectorAll(ON_ITS_WAY)].filter((bubble) => bubble.dataset.onItsWay !== id);
    this.#log.replaceChildren();
    this.#offered = [];
    const lastOfUser = messages.findLastIndex((message) => message.from === "user" && message.text);
    this.add(messages.slice(0, lastOfUser + 1));
    this.add(messages.slice(lastOfUser + 1));
    this.#log.append(...waiting);
    this.#showChoices();
    setTimeout(() => this.#log.setAttribute("aria-live", "polite"));
  }

  // The user's own words, before the server has them.
  say({ id, text }) {
    this.#clearChoices();
    const bubble = messageNode("user", labels.fromUser, element("p", "", text));
    bubble.dataset.onItsWay = id;
    bubble.tabIndex = -1;
    this.#markUnsent(bubble);
    this.#log.append(bubble);
    bubble.scrollIntoView({ block: "nearest" });
    return bubble;
  }

  drop(id) {
    this.#bubble(id)?.remove();
  }

  sent(id) {
    const bubble = this.#bubble(id);
    if (bubble) this.#arrived(bubble);
  }

  connected(isConnected) {
    this.#isOffline = !isConnected;
    for (const bubble of this.#log.querySelectorAll(ON_ITS_WAY)) this.#markUnsent(bubble);
  }

  // The server said no: the words stay, with a way to send them again.
  failed(id, again) {
    const bubble = this.#bubble(id);
    if (!bubble) return;
    delete bubble.dataset.onItsWay;
    mark(bubble, labels.failed, actionButton(labels.tryAgain, () => {
      bubble.remove();
      again();
    }));
    this.#showChoices();
  }

  note(sentence, again = null) {
    const note = messageNode("note", labels.fromPage, ...render(sentence).childNodes);
    if (again) note.append(actionButton(labels.tryAgain, () => {
      note.remove();
      again();
    }));
    this.#log.insertBefore(note, this.#choices);
    note.scrollIntoView({ block: "nearest" });
  }

  #scrollTo(node) {
    if (node && node === this.#log.firstElementChild) scrollTo({ top: 0 });
    else node?.scrollIntoView({ block: "start" });
  }

  #place(message) {
    const isUser = message.from === "user";
    if (isUser && !message.text) return null;
    const bubble = isUser ? this.#log.querySelector(ON_ITS_WAY) : null;
    if (bubble) return this.#arrived(bubble, message.text);
    const content = isUser ? [element("p", "", message.text)] : botContent(message);
    if (!content.length) return null;
    const node = isUser ? messageNode("user", labels.fromUser, ...content) : messageNode("bot", labels.fromBot, ...content);
    this.#log.insertBefore(node, this.#log.querySelector(ON_ITS_WAY));
    return node;
  }

  // The server's words win: it may have left something out on purpose.
  #arrived(bubble, text = null) {
    delete bubble.dataset.onItsWay;
    mark(bubble, null);
    const words = bubble.querySelector("p:not(.from)");
    if (text !== null && text !== words.textContent) words.textContent = text;
    return bubble;
  }

  #markUnsent(bubble) {
    mark(bubble, this.#isOffline ? labels.unsent : null);
  }

  #bubble(id) {
    return this.#log.querySelector(`.message[data-on-its-way="${CSS.escape(id)}"]`);
  }

  // Only what the bot said last can still be chosen, and only if the user has said nothing since.
  #offer(messages) {
    for (const message of messages) {
      if (message.from === "user") this.#offered = [];
      else if (message.buttons?.length) this.#offered = message.buttons;
    }
    this.#showChoices();
  }

  #showChoices() {
    this.#clearChoices();
    if (!this.#offered.length || this.#log.querySelector(ON_ITS_WAY)) return;
    this.#choices = choicesNode(this.#offered, this.#onChoose);
    this.#log.append(this.#choices);
  }

  #clearChoices() {
    this.#choices?.remove();
    this.#choices = null;
  }
}

function messageNode(kind, from, ...content) {
  return element("div", `message ${kind}`, element("p", "from", from), ...content);
}

function botContent({ text, image, alt }) {
  const content = text ? [...render(text).childNodes] : [];
  return isOurs(image) ? [...content, pictureNode(image, alt ?? "")] : content;
}

function isOurs(address) {
  return Boolean(address) && new URL(address, location.href).origin === location.origin;
}

function pictureNode(address, alt) {
  const picture = element("img");
  picture.alt = alt;
  picture.src = address;
  return element("div", "picture", picture, element("p", "", newTabLink(address, labels.larger)));
}

function choicesNode(buttons, onChoose) {
  const title = element("p", "choose", labels.choose);
  title.id = "choose";
  const isShort = buttons.every((button) => button.title.length <= SHORT);
  const group = element("div", `choices ${isShort ? "short" : "long"}`, title, ...buttons.map((button) => {
    const node = element("button", "", button.title);
    node.type = "button";
    // The second half of a double click belongs to the question before.
    node.addEventListener("click", (event) => event.detail < 2 && onChoose(button));
    return node;
  }));
  group.classList.add("fresh");
  group.addEventListener("pointermove", () => group.classList.remove("fresh"), { once: true });
  group.setAttribute("role", "group");
  group.setAttribute("aria-labelledby", title.id);
  return group;
}

function actionButton(label, action) {
  const button = element("button", "again", label);
  button.type = "button";
  button.addEventListener("click", action);
  return button;
}

function mark(bubble, words, ...more) {
  bubble.querySelector(".mark")?.remove();
  if (words) bubble.append(element("div", "mark", element("span", "", words), ...more));
}
