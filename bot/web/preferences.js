// Letters and colours as the user likes them, remembered in this browser only.

import { labels } from "./labels.js";
import { read, write } from "./store.js";

const LETTERS = "padwijzer.letters";
const COLOURS = "padwijzer.colours";

const root = document.documentElement;
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

export function preferences({ letters, colours }) {
  const show = () => {
    letters.setAttribute("aria-pressed", String(root.dataset.letters === "large"));
    colours.textContent = isDark() ? labels.lightColours : labels.darkColours;
  };
  letters.addEventListener("click", () => {
    choose("letters", LETTERS, root.dataset.letters === "large" ? null : "large");
    show();
  });
  colours.addEventListener("click", () => {
    choose("colours", COLOURS, isDark() ? "light" : "dark");
    show();
  });
  systemIsDark.addEventListener("change", show);
  set("letters", read("localStorage", LETTERS));
  set("colours", read("localStorage", COLOURS));
  show();
}

function isDark() {
  return root.dataset.colours ? root.dataset.colours === "dark" : systemIsDark.matches;
}

function choose(name, key, value) {
  set(name, value);
  write("localStorage", key, value);
}

function set(name, value) {
  if (value) root.dataset[name] = value;
  else delete root.dataset[name];
}
