// Plain text to DOM nodes: paragraphs, line breaks, lists and bare https links. Never markup.

import { labels } from "./labels.js";

const LINK = /https:\/\/[^\s<>"']+/g;
const BULLET = "- ";

export function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

export function render(text) {
  const fragment = document.createDocumentFragment();
  for (const block of blocks(text)) fragment.append(block.list ? list(block.lines) : paragraph(block.lines));
  return fragment;
}

// A new tab is announced, because the conversation stays behind in this one.
export function newTabLink(address, ...shown) {
  const link = element("a", "", ...shown, element("span", "unseen", ` ${labels.newTab}`));
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

function blocks(text) {
  const found = [];
  let open = null;
  for (const line of text.split(/\r?\n/)) {
    const isItem = line.startsWith(BULLET);
    if (!line.trim()) open = null;
    else if (open && open.list === isItem) open.lines.push(line);
    else found.push((open = { list: isItem, lines: [line] }));
  }
  return found;
}

function list(lines) {
  return element("ul", "", ...lines.map((line) => element("li", "", ...linked(line.slice(BULLET.length)))));
}

function paragraph(lines) {
  return element("p", "", ...lines.flatMap((line, at) => (at ? [element("br"), ...linked(line)] : linked(line))));
}

function linked(line) {
  const parts = [];
  let end = 0;
  for (const match of line.matchAll(LINK)) {
    const address = withoutPunctuation(match[0]);
    if (!URL.canParse(address)) continue;
    parts.push(line.slice(end, match.index), newTabLink(address, ...breakable(address)));
    end = match.index + address.length;
  }
  return [...parts, line.slice(end)].filter((part) => part !== "");
}

// Without https://, and with a place to break the line after every slash.
function breakable(address) {
  const pieces = address.slice("https://".length).replace(/\/$/, "").split(/(?<=\/)/);
  return pieces.flatMap((piece) => [piece, element("wbr")]).slice(0, -1);
}

// The full stop after a link belongs to the sentence; a closing bracket belongs to the link only if the link opened it.
function withoutPunctuation(address) {
  const bare = address.replace(/[.,;:!?\]”’»]+$/, "");
  const closesMore = bare.split(")").length > bare.split("(").length;
  return bare.endsWith(")") && closesMore ? withoutPunctuation(bare.slice(0, -1)) : bare;
}
