// The menu: a button that opens a short list of buttons. Esc, a click elsewhere and leaving it close it.

import { button, element, line } from "./dom";
import { labels } from "./labels";

export class Menu {
  readonly button = button("plain menu-button", line("M3 5.5h14M3 10h14M3 14.5h14"));
  readonly list = element("div", "menu");

  constructor(...items: HTMLButtonElement[]) {
    this.button.append(element("span", "", labels.menu));
    this.button.setAttribute("aria-controls", "menu");
    this.list.id = "menu";
    this.list.setAttribute("role", "group");
    this.list.setAttribute("aria-label", labels.menu);
    this.list.append(...items);
    this.button.addEventListener("click", () => this.#show(Boolean(this.list.hidden)));
    this.#closeWhenLeft();
    this.#show(false);
  }

  /** True when it was open. */
  close({ focus = false } = {}): boolean {
    if (this.list.hidden) return false;
    this.#show(false);
    if (focus) this.button.focus();
    return true;
  }

  #show(isOpen: boolean): void {
    this.list.hidden = !isOpen;
    this.button.setAttribute("aria-expanded", String(isOpen));
  }

  #closeWhenLeft(): void {
    const isInside = (event: Event) => event.composedPath().some((node) => node === this.list || node === this.button);
    document.addEventListener("pointerdown", (event) => void (isInside(event) || this.close()));
    this.list.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && relatedTarget !== this.button && !this.list.contains(relatedTarget as Node)) this.close();
    });
  }
}
