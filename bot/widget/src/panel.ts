// The parts of the talk on the screen, without what they do.

import { button, element, line, mark } from "./dom";
import { labels } from "./labels";
import type { Menu } from "./menu";

export interface Panel {
  node: HTMLElement;
  top: HTMLElement;
  body: HTMLElement;
  bottom: HTMLElement;
  waiting: HTMLElement;
  connection: HTMLElement;
  tryNow: HTMLButtonElement;
  close: HTMLButtonElement | null;
  showProgress: (progress: { asked: number; about: number } | null | undefined) => void;
  showPrintDate: () => void;
}

/** As a page of its own it has landmarks; in the corner of another page it is a dialog. */
export function buildPanel(isFull: boolean, menu: Menu): Panel {
  const close = isFull ? null : button("plain close", line("M5 5l10 10M15 5 5 15"));
  close?.setAttribute("aria-label", labels.close);
  const { bar: progress, show: showProgress } = progressBar();
  const heading = element("div", "title", element(isFull ? "h1" : "h2", "", labels.name), element("p", "tagline", labels.tagline));
  const bar = element("div", "column bar", element("div", "icon", mark()), heading, menu.button, ...(close ? [close] : []), menu.list);
  const top = element(isFull ? "header" : "div", "top", bar, progress);
  const waiting = statusLine("waiting");
  const connection = statusLine("connection-text");
  const tryNow = button("plain", labels.tryNow);
  tryNow.hidden = true;
  const bottom = element("div", "bottom", element("div", "connection", connection, tryNow));
  const printed = element("p", "printed");
  const body = element(isFull ? "main" : "div", "column body", element("p", "tagline", labels.tagline), printed, waiting, bottom);
  const node = element(isFull ? "div" : "dialog", "panel", top, body);
  if (!isFull) node.setAttribute("aria-label", labels.conversation);
  const showPrintDate = () => (printed.textContent = labels.printedOn(new Date()));
  return { node, top, body, bottom, waiting, connection, tryNow, close, showProgress, showPrintDate };
}

export function writingSign(): Node[] {
  const dots = element("span", "dots", element("i"), element("i"), element("i"));
  dots.setAttribute("aria-hidden", "true");
  return [element("span", "", labels.writing), dots];
}

function statusLine(className: string): HTMLElement {
  const node = element(className === "waiting" ? "div" : "span", className);
  node.setAttribute("role", "status");
  return node;
}

function progressBar(): { bar: HTMLElement; show: Panel["showProgress"] } {
  const words = element("span");
  const bar = element("progress");
  words.id = "progress-text";
  bar.setAttribute("aria-labelledby", words.id);
  const node = element("div", "column progress", words, bar);
  node.hidden = true;
  return {
    bar: node,
    show(progress) {
      node.hidden = !progress || progress.asked < 1;
      if (!progress || node.hidden) return;
      bar.max = Math.max(progress.about, progress.asked);
      bar.value = progress.asked;
      words.textContent = labels.progress(progress.asked);
    },
  };
}
