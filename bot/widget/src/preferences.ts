// Letters and colours as the user likes them, remembered in this browser only.

import { labels } from "./labels";
import { read, write } from "./store";

type Name = "letters" | "colours";

const systemIsDark = /* @__PURE__ */ matchMedia("(prefers-color-scheme: dark)");
const keyOf = (name: Name) => `padwijzer.${name}`;

/** Puts what was chosen before on the root; the launcher needs it too. */
export function applyPreferences(root: HTMLElement): void {
  set(root, "letters", read("localStorage", keyOf("letters")));
  set(root, "colours", read("localStorage", keyOf("colours")));
}

export function preferences(root: HTMLElement, letters: HTMLButtonElement, colours: HTMLButtonElement): void {
  const show = () => {
    letters.setAttribute("aria-pressed", String(root.dataset.letters === "large"));
    colours.textContent = isDark(root) ? labels.lightColours : labels.darkColours;
  };
  const choose = (name: Name, value: string | null) => {
    set(root, name, value);
    write("localStorage", keyOf(name), value);
    show();
  };
  letters.addEventListener("click", () => choose("letters", root.dataset.letters === "large" ? null : "large"));
  colours.addEventListener("click", () => choose("colours", isDark(root) ? "light" : "dark"));
  systemIsDark.addEventListener("change", show);
  show();
}

function isDark(root: HTMLElement): boolean {
  return root.dataset.colours ? root.dataset.colours === "dark" : systemIsDark.matches;
}

function set(root: HTMLElement, name: Name, value: string | null): void {
  if (value) root.dataset[name] = value;
  else delete root.dataset[name];
  // A page of our own follows, with its scroll bars.
  if (name === "colours" && root.classList.contains("full")) document.documentElement.style.colorScheme = value ?? "";
}
