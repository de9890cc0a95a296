// Every Dutch word the page itself says. What the coach says comes from the server.
// page.html holds only what must be there without script: the title, the description and the noscript line.

const number = new Intl.NumberFormat("nl-NL");
const day = new Intl.DateTimeFormat("nl-NL", { dateStyle: "long" });

export const labels = {
  name: "Padwijzer",
  tagline: "Een computer die meedenkt over leren op het werk",
  skip: "Naar je bericht",
  conversation: "Gesprek met Padwijzer",

  menu: "Menu",
  restart: "Opnieuw beginnen",
  largerLetters: "Grotere letters",
  darkColours: "Donkere kleuren",
  lightColours: "Lichte kleuren",
  print: "Afdrukken",

  entry: "Je bericht",
  placeholder: "Schrijf hier",
  send: "Versturen",
  keys: "Enter verstuurt je bericht. Met Shift en Enter begin je een nieuwe regel.",

  fromBot: "Padwijzer",
  fromUser: "Jij",
  fromPage: "Melding",
  choose: "Kies een antwoord, of schrijf het zelf.",
  larger: "Groter",
  newTab: "(opent in een nieuw tabblad)",

  writing: "Padwijzer schrijft",
  noConnection: "Geen verbinding. Ik probeer het opnieuw.",
  tryNow: "Nu proberen",
  tryAgain: "Opnieuw proberen",
  unsent: "nog niet verzonden",
  failed: "niet verzonden",
  refused: "Dat lukte niet. Probeer het later nog eens.",

  progress: (asked, about) => `Vraag ${asked} van ongeveer ${about}`,
  charactersLeft: (left) => (left === 1 ? "Je kunt nog 1 teken schrijven." : `Je kunt nog ${number.format(left)} tekens schrijven.`),
  charactersOver: (over) =>
    over === 1
      ? "Je bericht is 1 teken te lang. Maak het iets korter."
      : `Je bericht is ${number.format(over)} tekens te lang. Maak het korter of stuur het in delen.`,
  printedOn: (date) => `Afgedrukt op ${day.format(date)}`,
};

// Fills the empty places of page.html: data-label is the text, data-label-name the accessible name.
export function fillLabels(root) {
  for (const place of root.querySelectorAll("[data-label]")) place.textContent = labels[place.dataset.label];
  for (const place of root.querySelectorAll("[data-label-name]")) place.setAttribute("aria-label", labels[place.dataset.labelName]);
  for (const place of root.querySelectorAll("[data-label-placeholder]")) place.placeholder = labels[place.dataset.labelPlaceholder];
}
