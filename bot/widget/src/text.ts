// What the coach says, as nodes: a little markdown, and nothing that could do harm.

import DOMPurify from "dompurify";
import { Marked } from "marked";
import { element, unseen } from "./dom";
import { labels } from "./labels";

const SAFE = {
  ALLOWED_TAGS: ["p", "br", "strong", "em", "ul", "ol", "li", "a", "code"],
  ALLOWED_ATTR: ["href", "start"],
  ALLOWED_URI_REGEXP: /^(?:https:\/\/|tel:\+?\d)/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true as const,
};

// The coach repeats what people wrote, so markup in a text is words: it is shown, and it never works.
const markdown = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    html: ({ raw, block }) => (block ? `<p>${escaped(raw.trim())}</p>` : escaped(raw)),
    image: ({ raw }) => escaped(raw),
    heading({ tokens }) {
      return `<p><strong>${this.parser.parseInline(tokens)}</strong></p>`;
    },
  },
});

export function render(text: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(markdown.parse(text, { async: false }), SAFE);
  for (const link of fragment.querySelectorAll("a")) finish(link);
  return fragment;
}

/** A new tab is announced, because the conversation stays behind in this one. */
export function newTabLink(address: string, ...shown: (Node | string)[]): HTMLAnchorElement {
  const link = element("a", "", ...shown);
  link.href = address;
  return inNewTab(link);
}

function finish(link: HTMLAnchorElement): void {
  const address = link.getAttribute("href");
  if (!address) return link.replaceWith(...link.childNodes);
  if (link.textContent === address) link.replaceChildren(...breakable(address));
  if (address.startsWith("https:")) inNewTab(link);
}

function inNewTab(link: HTMLAnchorElement): HTMLAnchorElement {
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.append(unseen(` ${labels.newTab}`));
  return link;
}

// Without the scheme, and with a place to break the line after every slash.
function breakable(address: string): Node[] {
  const pieces = address.replace(/^(https:\/\/|tel:)/, "").replace(/\/$/, "").split(/(?<=\/)/);
  return pieces.flatMap((piece) => [new Text(piece), element("wbr")]).slice(0, -1);
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
