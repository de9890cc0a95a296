// On paper the talk stands alone, whatever page it lives in.

import { styleSheet } from "./dom";

const ALONE = `@media print { body :not(padwijzer-chat, :has(padwijzer-chat)) { display: none !important } }`;

export function printTalk(host: HTMLElement): void {
  const sheet = styleSheet(ALONE);
  host.toggleAttribute("data-printing", true);
  document.adoptedStyleSheets.push(sheet);
  addEventListener("afterprint", restore, { once: true });
  print();

  function restore(): void {
    host.removeAttribute("data-printing");
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((adopted) => adopted !== sheet);
  }
}
