// The browser's storage, which may be switched off: then nothing is remembered, and nothing breaks.

import type { Entry } from "./protocol";

type Kind = "localStorage" | "sessionStorage";

function attempt<Result>(use: () => Result): Result | null {
  try {
    return use();
  } catch {
    return null;
  }
}

export function read<Value>(kind: Kind, key: string): Value | null {
  return attempt(() => JSON.parse(window[kind].getItem(key) ?? "null") as Value);
}

export function write(kind: Kind, key: string, value: unknown): void {
  attempt(() => window[kind].setItem(key, JSON.stringify(value)));
}

const UNSENT = "padwijzer.unsent";

/** Messages that the server does not have yet. They live as long as the tab, so that a reload in a tunnel loses nothing. */
export const unsent = {
  all: (): Entry[] => read<Entry[]>("sessionStorage", UNSENT) ?? [],
  add: (entry: Entry): void => write("sessionStorage", UNSENT, [...unsent.all(), entry]),
  remove: (id: string): void => write("sessionStorage", UNSENT, unsent.all().filter((entry) => entry.id !== id)),
  clear: (): void => write("sessionStorage", UNSENT, []),
};
