// Every Dutch word that the widget itself says. What the coach says comes from the server.

const number = /* @__PURE__ */ new Intl.NumberFormat("nl-NL");
const day = /* @__PURE__ */ new Intl.DateTimeFormat("nl-NL", { dateStyle: "long" });

export const launcherLabels = {
  open: "Praat met Padwijzer",
  opening: "Padwijzer gaat open",
  cannotOpen: "Padwijzer kan nu niet open. Probeer het over een minuut nog eens.",
};

export const labels = {
  haveCode: "Ik heb een code: ",
  name: "Padwijzer",
  tagline: "Een computer die meedenkt over leren op het werk",
  skip: "Naar je bericht",
  conversation: "Gesprek met Padwijzer",
  close: "Sluiten",

  menu: "Menu",
  restart: "Opnieuw beginnen",
  asForm: "Invullen als formulier",
  largerLetters: "Grotere letters",
  darkColours: "Donkere kleuren",
  lightColours: "Lichte kleuren",
  print: "Afdrukken",
  myData: "Mijn gegevens zien",
  askMyData: "Wat weet je van mij",
  forget: "Wis mijn gegevens",

  forgetQuestion: "Wil je al je gegevens wissen?",
  forgetMeaning: "Ik wis dit gesprek, je antwoorden, je plek op het pad en je stap. Dat kun je niet terugdraaien.",
  forgetYes: "Ja, wis alles",
  forgetNo: "Nee, ga terug",
  forgotten: "Je gegevens zijn gewist. Je begint met een nieuw gesprek.",

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
  openPage: "Open de pagina",
  download: (name: string) => `Download ${name}`,

  writing: "Padwijzer schrijft",
  noConnection: "Geen verbinding. Ik probeer het opnieuw.",
  connectedAgain: "De verbinding is er weer.",
  tryNow: "Nu proberen",
  tryAgain: "Opnieuw proberen",
  unsent: "nog niet verzonden",
  failed: "niet verzonden",
  lost: "Ik ken je vorige gesprek niet meer. We beginnen opnieuw.",
  tooBig: "Dat bericht is te lang. Stuur het in delen.",
  refused: "Dat lukte niet. Probeer het later nog eens.",

  progress: (asked: number) => `Vraag ${asked}`,
  charactersLeft: (left: number) => (left === 1 ? "Je kunt nog 1 teken schrijven." : `Je kunt nog ${number.format(left)} tekens schrijven.`),
  charactersOver: (over: number) =>
    over === 1
      ? "Je bericht is 1 teken te lang. Maak het iets korter."
      : `Je bericht is ${number.format(over)} tekens te lang. Maak het korter of stuur het in delen.`,
  printedOn: (date: Date) => `Afgedrukt op ${day.format(date)}`,
};
