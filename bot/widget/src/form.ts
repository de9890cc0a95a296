// The same talk as a form: one question a step, with what was answered before. It speaks to the same state machine.

import { button, element } from "./dom";
import { labels } from "./labels";
import { botContent } from "./message";
import type { Choice, Message, State } from "./protocol";
import { offeredAfter } from "./view";

interface Options {
  server: string;
  isPage: boolean;
  onAnswer: (text: string, payload: string | null) => void;
}

const OWN = "own";

export class FormView {
  readonly node = element("section", "form");
  #heading: HTMLElement;
  #error = element("p", "error");
  #back = button("plain", labels.formBack, () => this.options.onAnswer(labels.formBack, null));
  #hasAnswers = false;
  #choices: Choice[] = [];

  constructor(private readonly options: Options) {
    this.#heading = element(options.isPage ? "h2" : "h3", "step");
    this.#heading.tabIndex = -1;
    this.#error.id = "form-error";
    this.#error.setAttribute("role", "alert");
    this.node.setAttribute("aria-label", labels.form);
  }

  /** Shows what is open now. Words that were being written stay, unless they were the answer. */
  show(story: Message[], state: State | null, isAnswered: boolean): void {
    const writing = isAnswered ? "" : (this.node.querySelector("textarea")?.value ?? "");
    const open = story.slice(story.findLastIndex((message) => message.from === "user") + 1);
    const given = story.filter((message) => message.from === "user" && message.text);
    this.#choices = offeredAfter(open);
    this.tell(null);
    const question = element("div", "question", ...open.flatMap((message) => botContent(message, this.options.server)));
    question.id = "form-question";
    this.#hasAnswers = given.length > 0;
    this.node.replaceChildren(this.#heading, question, this.#form(writing), ...answersGiven(given));
    this.progress(state);
  }

  /** How far along it is; what was filled in stays. */
  progress(state: State | null): void {
    this.#heading.textContent = this.#standing(state);
    this.#back.hidden = !state?.progress || !this.#hasAnswers;
  }

  #standing(state: State | null): string {
    if (state?.progress) return labels.progress(state.progress.asked, Math.max(state.progress.about, state.progress.asked));
    if (state?.plan) return labels.formPlan;
    if (state?.position) return labels.formPlace;
    return this.#hasAnswers ? labels.formBefore : labels.formStart;
  }

  focus(): void {
    this.#heading.focus({ preventScroll: true });
    this.#heading.scrollIntoView({ block: "start" });
  }

  /** What went wrong; what was filled in stays. */
  tell(trouble: string | null): void {
    this.#error.textContent = trouble ?? "";
    this.#error.hidden = !trouble;
  }

  /** While an answer is on its way nothing can be sent twice. */
  busy(isBusy: boolean): void {
    for (const control of this.node.querySelectorAll<HTMLButtonElement>("form button")) control.disabled = isBusy;
  }

  #form(writing: string): HTMLFormElement {
    const words = element("textarea", "words");
    words.name = "words";
    words.rows = 3;
    words.id = "form-words";
    words.value = writing;
    const next = button("send", labels.formNext);
    next.type = "submit";
    const fields = this.#choices.length ? this.#choiceFields(words) : wordsField(words, labels.formAnswer);
    const form = element("form", "", fields, this.#error, element("div", "answers", this.#back, next));
    form.noValidate = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(form, words.value.trim());
    });
    return form;
  }

  #choiceFields(words: HTMLTextAreaElement): HTMLElement {
    const group = element("div", "options", ...this.#choices.map(({ title }, at) => option(String(at), title)));
    const own = option(OWN, labels.formOwnWords);
    const radio = own.querySelector("input")!;
    words.setAttribute("aria-label", labels.formAnswer);
    words.addEventListener("input", () => (radio.checked ||= words.value !== ""));
    group.append(own, words);
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-labelledby", "form-question");
    group.setAttribute("aria-describedby", this.#error.id);
    return group;
  }

  #submit(form: HTMLFormElement, words: string): void {
    const picked = form.querySelector<HTMLInputElement>("input:checked");
    const choice = picked && picked.value !== OWN ? this.#choices[Number(picked.value)] : null;
    if (choice) this.options.onAnswer(choice.title, choice.payload);
    else if (words) this.options.onAnswer(words, null);
    else {
      this.tell(labels.formEmpty);
      form.querySelector<HTMLElement>("input:checked, input, textarea")?.focus();
    }
  }
}

function option(value: string, title: string): HTMLLabelElement {
  const radio = element("input");
  radio.type = "radio";
  radio.name = "choice";
  radio.value = value;
  return element("label", "option", radio, element("span", "", title));
}

function wordsField(words: HTMLTextAreaElement, name: string): HTMLElement {
  const label = element("label", "", name);
  label.htmlFor = words.id;
  return element("div", "options", label, words);
}

function answersGiven(given: Message[]): HTMLElement[] {
  if (!given.length) return [];
  const list = element("ol", "", ...given.map(({ text }) => element("li", "", text)));
  return [element("details", "", element("summary", "", labels.formAnswers), list)];
}
