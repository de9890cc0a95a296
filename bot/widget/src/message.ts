// One message as the screen shows it: text, a picture with its alternative, a file.

import { button, element } from "./dom";
import { labels } from "./labels";
import type { Message } from "./protocol";
import { newTabLink, render } from "./text";

export function messageNode(kind: "user" | "bot" | "note", from: string, ...content: Node[]): HTMLElement {
  return element("div", `message ${kind}`, element("p", "from", from), ...content);
}

export function botContent({ text, image, alt, file }: Message, server: string): Node[] {
  const content: Node[] = text ? [...render(text).childNodes].filter(hasSubstance) : [];
  const picture = ours(image, server);
  const address = ours(file?.url, server);
  if (picture) content.push(pictureNode(picture, alt ?? ""));
  if (file && address) content.push(fileNode(file.name, address));
  return content;
}

export function actionButton(label: string, action: () => void): HTMLButtonElement {
  return button("again", label, action);
}

function hasSubstance(node: Node): boolean {
  return node instanceof Element || Boolean(node.textContent?.trim());
}

// Nothing is fetched from anywhere else: a message must not be able to tell others who reads it.
function ours(address: string | null | undefined, server: string): string | null {
  if (!address || !URL.canParse(address, server)) return null;
  const url = new URL(address, server);
  return url.origin === new URL(server).origin ? url.href : null;
}

function pictureNode(address: string, alt: string): HTMLElement {
  const picture = element("img");
  picture.alt = alt;
  picture.src = address;
  return element("div", "picture", picture, element("p", "", newTabLink(address, labels.larger)));
}

// A page is read; anything else is taken away.
function fileNode(name: string, address: string): HTMLElement {
  if (name.endsWith(".html")) return element("p", "", newTabLink(address, labels.openPage));
  const link = element("a", "file", labels.download(name));
  link.href = address;
  link.download = name;
  return element("p", "", link);
}
