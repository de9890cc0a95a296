// The one script of a page: a launcher in its corner. The talk itself is fetched when it is opened.

import baseCss from "./base.css";
import type { Chat } from "./chat";
import { button, element, mark, styleSheet } from "./dom";
import { launcherLabels } from "./labels";
import { applyPreferences } from "./preferences";
import { read, write } from "./store";

const NAME = "padwijzer-chat";
const OPEN = "padwijzer.open";
const script = document.currentScript as HTMLScriptElement | null;
const home = script?.src || location.href;

type Loaded = typeof import("./padwijzer-chat");

class PadwijzerChat extends HTMLElement {
  #root = element("div", "root");
  #chat: Chat | null = null;
  #loading: Promise<Loaded> | null = null;
  #attempt = 0;
  #launcher = button("launcher", mark(), () => void this.open());
  #told = element("p", "told");

  connectedCallback(): void {
    if (this.shadowRoot) return;
    const shadow = this.attachShadow({ mode: "open" });
    try {
      CSS.registerProperty({ name: "--padwijzer-rem", syntax: "<length>", inherits: true, initialValue: "17px" });
    } catch {
      // Another copy of this script was first.
    }
    shadow.adoptedStyleSheets = [styleSheet(baseCss)];
    this.#root.lang = "nl";
    this.#root.classList.toggle("full", this.#isFull);
    applyPreferences(this.#root);
    this.#told.setAttribute("role", "status");
    this.#root.append(this.#told);
    shadow.append(this.#root);
    if (this.#isFull) document.adoptedStyleSheets.push(styleSheet("body{margin:0}"));
    if (this.#isFull) void this.open();
    else this.#showLauncher();
  }

  /** Opens the talk; a page may call this too. */
  async open({ takesFocus = true } = {}): Promise<void> {
    this.#launcher.setAttribute("aria-busy", "true");
    this.#told.textContent = "";
    const announcing = setTimeout(() => (this.#told.textContent = launcherLabels.opening), 500);
    try {
      this.#chat ??= (await this.#load()).mount({
        host: this,
        shadow: this.shadowRoot!,
        root: this.#root,
        server: this.#server,
        isFull: this.#isFull,
        onClose: () => this.close(),
      });
    } catch {
      clearTimeout(announcing);
      this.#told.textContent = launcherLabels.cannotOpen;
      return;
    } finally {
      this.#launcher.removeAttribute("aria-busy");
    }
    clearTimeout(announcing);
    this.#told.textContent = "";
    this.#isOpen(true);
    this.#chat.open(takesFocus);
  }

  close(): void {
    if (this.#isFull || !this.#chat) return;
    this.#chat.close();
    this.#isOpen(false);
    this.#launcher.focus();
  }

  get #isFull(): boolean {
    return "full" in this.dataset;
  }

  get #server(): string {
    return new URL(this.dataset.server || "/", new URL(home, location.href)).href;
  }

  #showLauncher(): void {
    this.#launcher.append(element("span", "", launcherLabels.open));
    this.#launcher.setAttribute("aria-label", launcherLabels.open);
    this.#launcher.setAttribute("aria-haspopup", "dialog");
    const early = () => void this.#load().catch(() => {});
    this.#launcher.addEventListener("pointerenter", early, { once: true });
    this.#launcher.addEventListener("focus", early, { once: true });
    this.#root.append(this.#launcher);
    const wasOpen = read<boolean>("sessionStorage", OPEN);
    this.#launcher.setAttribute("aria-expanded", "false");
    // On the next page of the same site the talk goes on, but it does not pull at the reader.
    if (wasOpen) void this.open({ takesFocus: false });
  }

  #isOpen(isOpen: boolean): void {
    this.#launcher.setAttribute("aria-expanded", String(isOpen));
    this.#launcher.hidden = isOpen;
    if (!this.#isFull) write("sessionStorage", OPEN, isOpen);
  }

  // A browser may remember that a module failed, so each attempt has its own address.
  #load(): Promise<Loaded> {
    const address = new URL("padwijzer-chat.js", new URL(home, location.href));
    if (this.#attempt) address.searchParams.set("again", String(this.#attempt));
    this.#loading ??= (import(address.href) as Promise<Loaded>).catch((error: unknown) => {
      this.#attempt += 1;
      this.#loading = null;
      throw error;
    });
    return this.#loading;
  }
}

function begin(): void {
  if (document.querySelector(NAME)) return;
  const chat = document.createElement(NAME);
  Object.assign(chat.dataset, script?.dataset);
  document.body.append(chat);
}

// A page may have put the element in its own place; that is known when the whole page is there.
if (!customElements.get(NAME)) {
  customElements.define(NAME, PadwijzerChat);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
}
