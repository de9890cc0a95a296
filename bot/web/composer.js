// Where the user writes: Enter sends, the field grows, and a limit is told before it is reached.

import { labels } from "./labels.js";

const LIMIT = 4000;
const NEAR = 400;

export class Composer {
  #entry;
  #counter;
  #said;
  #nearness = "far";

  constructor(form, { counter, said, onSend }) {
    this.#entry = form.elements.entry;
    this.#counter = counter;
    this.#said = said;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(onSend);
    });
    this.#entry.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    this.#entry.addEventListener("input", () => this.#count());
  }

  focus() {
    this.#entry.focus({ preventScroll: true });
  }

  // Words come back only into an empty field: what the user writes now is never overwritten.
  giveBack(text) {
    if (!this.#entry.value) this.#entry.value = text;
    this.#count();
  }

  #submit(onSend) {
    const text = this.#entry.value.trim();
    if (text && length(text) <= LIMIT) {
      this.#entry.value = "";
      this.#count();
      onSend(text);
    }
    this.focus();
  }

  #count() {
    const left = LIMIT - length(this.#entry.value.trim());
    const nearness = left < 0 ? "over" : left <= NEAR ? "near" : "far";
    const sentence = { far: "", near: labels.charactersLeft(left), over: labels.charactersOver(-left) }[nearness];
    this.#counter.textContent = sentence;
    this.#counter.hidden = nearness === "far";
    this.#entry.setAttribute("aria-invalid", String(nearness === "over"));
    // Read aloud when it matters, not at every letter.
    if (nearness !== this.#nearness) this.#said.textContent = sentence;
    this.#nearness = nearness;
    this.#grow();
  }

  // For browsers that do not know `field-sizing: content` yet.
  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#entry.style.height = "auto";
    this.#entry.style.height = `${this.#entry.scrollHeight + 2}px`;
  }
}

// Characters as the server counts them: an emoji is one.
function length(text) {
  return [...text].length;
}
