// What the launcher fetches when it is opened.

import chatCss from "./chat.css";
import printCss from "./print.css";
import { Chat, type Place } from "./chat";
import { styleSheet } from "./dom";

export function mount(place: Place): Chat {
  place.shadow.adoptedStyleSheets.push(...[chatCss, printCss].map(styleSheet));
  return new Chat(place);
}
