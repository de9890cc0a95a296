// The sign that the coach is writing. A quick answer needs no announcement.

import { writingSign } from "./panel";

const PATIENCE = 400;

export class Waiting {
  #timer = 0;

  constructor(private readonly node: HTMLElement) {}

  show(isWaiting: boolean): void {
    if (isWaiting) {
      this.#timer ||= window.setTimeout(() => this.node.replaceChildren(...writingSign()), PATIENCE);
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.node.replaceChildren();
  }
}
