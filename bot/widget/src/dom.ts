// Making elements without markup, so that a strict content policy has nothing to object to.

type Child = Node | string;

export function element<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, className = "", ...children: Child[]): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

export function button(className: string, label: Child, onClick?: (event: MouseEvent) => void): HTMLButtonElement {
  const node = element("button", className, label);
  node.type = "button";
  if (onClick) node.addEventListener("click", onClick);
  return node;
}

/** Heard, not seen. */
export function unseen(words: string): HTMLElement {
  return element("span", "unseen", words);
}

const SVG = "http://www.w3.org/2000/svg";

export function drawing(size: number, ...shapes: [string, Record<string, string | number>][]): SVGSVGElement {
  const svg = shape("svg", { viewBox: `0 0 ${size} ${size}`, "aria-hidden": "true", focusable: "false" }) as SVGSVGElement;
  svg.append(...shapes.map(([name, attributes]) => shape(name, attributes)));
  return svg;
}

export function line(path: string): SVGSVGElement {
  return drawing(20, ["path", { d: path }]);
}

/** Our mark: a path that curls outward, and where it leads. */
export function mark(): SVGSVGElement {
  const path = "M29 34a5 5 0 0 1 5-5a10 10 0 0 1 0 20a15 15 0 0 1 0-34";
  const svg = drawing(64, ["path", { d: path, class: "way" }], ["circle", { cx: 45, cy: 17.5, r: 4.5, class: "spot" }]);
  svg.classList.add("sign");
  return svg;
}

function shape(name: string, attributes: Record<string, string | number>): SVGElement {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  return node;
}

export function styleSheet(text: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}
