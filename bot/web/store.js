// The browser's storage, which may be switched off: then nothing is remembered, and nothing breaks.

function attempt(use) {
  try {
    return use();
  } catch {
    return null;
  }
}

export function read(kind, key) {
  return attempt(() => JSON.parse(window[kind].getItem(key)));
}

export function write(kind, key, value) {
  attempt(() => window[kind].setItem(key, JSON.stringify(value)));
}

const UNSENT = "padwijzer.unsent";

// Messages without an answer yet. They live as long as the tab, so that a reload in a tunnel loses nothing.
export const unsent = {
  all: () => read("sessionStorage", UNSENT) ?? [],
  add: (entry) => write("sessionStorage", UNSENT, [...unsent.all(), entry]),
  remove: (id) => write("sessionStorage", UNSENT, unsent.all().filter((entry) => entry.id !== id)),
};
