// The page: joins the talk, the view and the controls.

import { Composer } from "./composer.js";
import { fillLabels, labels } from "./labels.js";
import { preferences } from "./preferences.js";
import { unsent } from "./store.js";
import { Refusal, Talk } from "./talk.js";
import { element } from "./text.js";
import { View } from "./view.js";

const part = (id) => document.getElementById(id);
const PATIENCE_BEFORE_DOTS = 400;

fillLabels(document);
preferences({ letters: part("letters"), colours: part("colours") });

const view = new View(part("log"), { onChoose: choose });
const composer = new Composer(part("composer"), { counter: part("counter"), said: part("counter-said"), onSend: (text) => say(text) });
const talk = new Talk({
  messages: (messages) => view.add(messages),
  replay: (messages, id) => view.replay(messages, id),
  state: showProgress,
  waiting: showWaiting,
  connected: showConnection,
});

async function start() {
  try {
    await talk.open(entryFor("", "/greet"));
  } catch (error) {
    view.note(sentenceOf(error), () => again(start));
  }
}

function choose({ title, payload }) {
  const bubble = say(title, payload ?? null);
  // On a touch screen the field would bring up the keyboard over the answer.
  if (matchMedia("(hover: none) and (pointer: coarse)").matches) bubble.focus({ preventScroll: true });
  else composer.focus();
}

function say(text, payload = null) {
  const entry = entryFor(text, payload);
  deliver(entry);
  return view.say(entry);
}

async function deliver(entry) {
  unsent.add(entry);
  try {
    await talk.send(entry);
    view.sent(entry.id);
  } catch (error) {
    await refused(entry, error);
  } finally {
    unsent.remove(entry.id);
  }
}

async function refused(entry, error) {
  if (error.status === 401) await startAgain(entry);
  else view.failed(entry.id, () => again(() => repeat(entry)));
  view.note(sentenceOf(error));
}

// The session is gone: begin a new one, and keep what was typed.
async function startAgain(entry) {
  view.drop(entry.id);
  if (entry.payload === null) composer.giveBack(entry.text);
  await start();
}

function repeat(entry) {
  view.say(entry);
  deliver(entry);
}

function again(action) {
  composer.focus();
  action();
}

function sentenceOf(error) {
  if (!(error instanceof Refusal)) throw error;
  return error.sentence ?? labels.refused;
}

function entryFor(text, payload) {
  return { id: newId(), text, payload };
}

// randomUUID exists only on https and localhost; a trial inside an organisation may run on plain http.
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function showProgress({ progress }) {
  const isKnown = progress && progress.asked > 0;
  part("progress").hidden = !isKnown;
  if (!isKnown) return;
  const about = Math.max(progress.about, progress.asked);
  const bar = part("progress").querySelector("progress");
  bar.max = about;
  bar.value = progress.asked;
  part("progress-text").textContent = labels.progress(progress.asked, about);
}

let dots = null;

// A quick answer needs no announcement.
function showWaiting(isWaiting) {
  if (isWaiting) dots ??= setTimeout(() => part("waiting").replaceChildren(...writing()), PATIENCE_BEFORE_DOTS);
  else {
    clearTimeout(dots);
    dots = null;
    part("waiting").replaceChildren();
  }
}

function writing() {
  const moving = element("span", "dots", element("i"), element("i"), element("i"));
  moving.setAttribute("aria-hidden", "true");
  return [element("span", "", labels.writing), moving];
}

// Told when it changes, not at every attempt.
function showConnection(isThere) {
  if (part("try-now").hidden === isThere) return;
  part("try-now").hidden = isThere;
  part("waiting").hidden = !isThere;
  part("connection-text").textContent = isThere ? "" : labels.noConnection;
  view.connected(isThere);
}

part("restart").addEventListener("click", () => {
  part("menu").hidePopover();
  say(labels.restart, "/restart");
  composer.focus();
});
part("print").addEventListener("click", () => {
  part("menu").hidePopover();
  print();
});
part("try-now").addEventListener("click", () => {
  talk.tryNow();
  composer.focus();
});
addEventListener("online", () => talk.tryNow());
addEventListener("beforeprint", () => (part("printed").textContent = labels.printedOn(new Date())));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") talk.refresh().catch(() => {});
});

// The top and the bottom cover what scrolls under them; their height depends on the letters and the progress bar.
const edges = new ResizeObserver((changes) => {
  for (const { target } of changes) document.documentElement.style.setProperty(`--${target.id}`, `${target.offsetHeight}px`);
  view.keepInSight();
});
edges.observe(part("top"));
edges.observe(part("bottom"));

start();
