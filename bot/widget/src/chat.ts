// Joins the talk, the view and the controls.

import { Composer } from "./composer";
import { ConfirmForget } from "./confirm";
import { Connection } from "./connection";
import { button, element } from "./dom";
import { labels } from "./labels";
import { Menu } from "./menu";
import { buildPanel, type Panel } from "./panel";
import { preferences } from "./preferences";
import { printTalk } from "./printing";
import { type Choice, type Entry, type Message, Refusal, type State } from "./protocol";
import { Session } from "./session";
import { unsent } from "./store";
import { Talk } from "./talk";
import { View } from "./view";
import { Waiting } from "./waiting";

const INVITATION = "uitnodiging";

export interface Place {
  host: HTMLElement;
  shadow: ShadowRoot;
  root: HTMLElement;
  server: string;
  isFull: boolean;
  onClose: () => void;
}

export class Chat {
  #view: View;
  #composer = new Composer((text) => void this.#say(text));
  #confirm = new ConfirmForget(() => void this.#forget());
  #session: Session;
  #talk: Talk;
  #menu: Menu;
  #panel: Panel;
  #waiting: Waiting;
  #connection: Connection;
  #hasBegun = false;

  constructor(private readonly place: Place) {
    const { server, isFull, root } = place;
    const letters = button("", labels.largerLetters);
    const colours = button("", "");
    preferences(root, letters, colours);
    this.#menu = new Menu(this.#item(labels.restart, () => this.#restart()), ...this.#asForm(), letters, colours,
      this.#item(labels.print, () => printTalk(place.host)), this.#item(labels.myData, () => this.#askMyData()),
      this.#item(labels.forget, () => this.#confirm.ask()));
    this.#panel = buildPanel(isFull, this.#menu);
    this.#view = new View({ server, onChoose: (choice) => this.#choose(choice), toTop: () => this.#toTop() });
    this.#session = new Session(server);
    this.#waiting = new Waiting(this.#panel.waiting);
    this.#talk = new Talk(this.#session, this.#listener());
    this.#connection = new Connection(this.#panel, this.#talk, this.#view, () => this.#focus());
    this.#compose();
    this.#listen();
  }

  open(takesFocus: boolean): void {
    const { node } = this.#panel;
    if (node instanceof HTMLDialogElement && !node.open) this.#showDialog(node, takesFocus);
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      void this.#start();
    }
    if (takesFocus && !this.place.isFull) this.#focus();
  }

  close(): void {
    this.#menu.close();
    if (this.#panel.node instanceof HTMLDialogElement) this.#panel.node.close();
  }

  // Where it covers the page, the page behind it must not be reachable.
  #showDialog(dialog: HTMLDialogElement, takesFocus: boolean): void {
    const before = document.activeElement;
    if (matchMedia("(max-width: 30em), (max-height: 24em)").matches) dialog.showModal();
    else dialog.show();
    if (takesFocus) return;
    // A browser puts the focus in an opened dialog, asked or not.
    if (before instanceof HTMLElement && before !== document.body) before.focus({ preventScroll: true });
    else (this.place.shadow.activeElement as HTMLElement | null)?.blur();
  }

  #compose(): void {
    const { body, bottom, top, waiting, node } = this.#panel;
    waiting.before(this.#view.log);
    bottom.append(this.#composer.node);
    if (this.place.isFull) top.prepend(this.#skipLink());
    this.place.root.append(node, this.#confirm.node);
    // The top and the bottom cover what scrolls under them; their height depends on the letters and the progress bar.
    const edges = new ResizeObserver(() => {
      node.style.setProperty("--top", `${top.offsetHeight}px`);
      node.style.setProperty("--bottom", `${bottom.offsetHeight}px`);
      this.#view.keepInSight();
    });
    for (const edge of [top, bottom]) edges.observe(edge);
    body.tabIndex = -1;
  }

  #listen(): void {
    this.#panel.close?.addEventListener("click", () => this.place.onClose());
    this.#panel.node.addEventListener("keydown", (event) => event.key === "Escape" && this.#escape(event));
    this.#panel.node.addEventListener("cancel", (event) => event.target === this.#panel.node && event.preventDefault());
    addEventListener("beforeprint", () => this.#panel.showPrintDate());
  }

  #escape(event: KeyboardEvent): void {
    if (event.defaultPrevented || this.#confirm.node.open) return;
    event.preventDefault();
    if (!this.#menu.close({ focus: true })) this.place.onClose();
  }

  #listener() {
    return {
      messages: (messages: Message[]) => this.#view.add(messages),
      replay: (messages: Message[]) => this.#view.replay(messages),
      state: (state: State) => this.#panel.showProgress(state.progress),
      waiting: (isWaiting: boolean) => this.#waiting.show(isWaiting),
      connected: (isConnected: boolean) => this.#connection.show(isConnected),
      lost: () => this.#lost(),
      forgotten: () => {
        this.#clear();
        this.#view.note(labels.forgotten);
      },
      refused: (refusal: Refusal) => this.#tell(refusal),
    };
  }

  async #start(): Promise<void> {
    const code = this.place.isFull ? invitation() : null;
    let begun = code === null;
    // Who comes with an invitation is met by what that says, and not by a greeting first.
    const greeting = () => (begun ? entryFor("", "/greet") : null);
    try {
      await this.#talk.open(greeting);
      if (code !== null && !begun) this.#say(labels.haveCode + code);
      begun = true;
    } catch (error) {
      this.#tell(error, () => void this.#start());
    }
  }

  #choose({ title, payload }: Choice): void {
    const bubble = this.#say(title, payload ?? null);
    // On a touch screen the field would bring up the keyboard over the answer.
    if (matchMedia("(hover: none) and (pointer: coarse)").matches) bubble.focus({ preventScroll: true });
    else this.#composer.focus();
  }

  #say(text: string, payload: string | null = null): HTMLElement {
    const entry = entryFor(text, payload);
    void this.#deliver(entry);
    return this.#view.say(entry);
  }

  async #deliver(entry: Entry): Promise<void> {
    unsent.add(entry);
    try {
      await this.#talk.send(entry);
      this.#view.taken(entry.id);
    } catch (error) {
      this.#refused(entry, error);
    } finally {
      unsent.remove(entry.id);
    }
  }

  #refused(entry: Entry, error: unknown): void {
    this.#view.failed(entry.id, () => this.#again(entry));
    this.#tell(error);
  }

  #again(entry: Entry): void {
    this.#composer.focus();
    this.#view.say(entry);
    void this.#deliver(entry);
  }

  #tell(error: unknown, again: (() => void) | null = null): void {
    if (!(error instanceof Refusal)) throw error;
    const sentence = error.sentence ?? labels.refused;
    this.#view.note(sentence, again);
  }

  #restart(): void {
    this.#say(labels.restart, "/restart");
    this.#focus();
  }

  #askMyData(): void {
    this.#say(labels.askMyData);
    this.#focus();
  }

  async #forget(): Promise<void> {
    this.#focus();
    try {
      await this.#talk.forget();
    } catch (error) {
      this.#tell(error instanceof Refusal ? error : new Refusal("no_answer", null));
    }
  }

  // What was typed and not sent comes back, to be sent again or not.
  #lost(): void {
    const typed = unsent.all().filter((entry) => entry.payload === null);
    unsent.clear();
    this.#clear();
    this.#view.note(labels.lost);
    if (typed.length) this.#composer.giveBack(typed.map((entry) => entry.text).join("\n"));
  }

  // Nothing of the old talk stays on the screen.
  #clear(): void {
    this.#view.clear();
    this.#panel.showProgress(null);
  }

  #focus(): void {
    this.#composer.focus();
  }

  #toTop(): void {
    (this.place.isFull ? document.documentElement : this.#panel.node).scrollTo({ top: 0 });
  }

  // Elsewhere the form would be another person's: a browser keeps its cookie from other sites.
  #asForm(): HTMLButtonElement[] {
    const { origin, href } = new URL("formulier", this.place.server);
    return origin === location.origin ? [this.#item(labels.asForm, () => location.assign(href))] : [];
  }

  #item(label: string, action: () => void): HTMLButtonElement {
    return button("", label, () => {
      this.#menu.close({ focus: true });
      action();
    });
  }

  #skipLink(): HTMLElement {
    const link = element("a", "skip", labels.skip);
    link.href = "#entry";
    // An address inside a shadow root is not found by the browser.
    link.addEventListener("click", (event) => {
      event.preventDefault();
      this.#focus();
    });
    return link;
  }
}

/** The code in a link to this page; once it was taken, a reload is a reload. */
function invitation(): string | null {
  const code = new URLSearchParams(location.search).get(INVITATION);
  if (!code || !/^[\w -]{8,12}$/.test(code)) return null;
  history.replaceState(null, "", location.pathname);
  return code;
}

function entryFor(text: string, payload: string | null): Entry {
  return { id: newId(), text, payload };
}

// randomUUID exists only on https and localhost; a trial inside an organisation may run on plain http.
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
