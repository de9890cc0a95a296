// Who this browser is to the server: a signed token of the server's own making.

import { Refusal, type Session as Answer } from "./protocol";
import { read, write } from "./store";

const WAITS = [1000, 2000, 4000, 8000];
const PATIENCE = 30_000;

const SESSION = "padwijzer.session";

class NoAnswer extends Error {}

export class Session {
  token: string | null = null;
  resumed = false;
  #resume = (): void => {};

  constructor(readonly server: string) {}

  /** Asks until there is an answer, and tells whether the server can be reached. */
  async open(tell: (isThere: boolean) => void): Promise<void> {
    const old = this.token ?? read<string>("localStorage", SESSION);
    for (let attempt = 0; ; attempt += 1) {
      try {
        const { token, resumed } = await this.#ask(old);
        this.resumed = resumed;
        return this.#keep(token);
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        tell(false);
      }
      await this.#pause(WAITS[Math.min(attempt, WAITS.length - 1)]!);
    }
  }

  tryNow(): void {
    this.#resume();
  }

  #keep(token: string | null): void {
    this.token = token;
    write("localStorage", SESSION, token);
  }

  async #ask(token: string | null): Promise<Answer> {
    const response = await this.#reach(token);
    const content = await response.json().catch(() => null);
    if (response.ok && content?.token) return content;
    // A page of a proxy, not of our server: the server itself was not reached.
    if (!content?.error && (response.ok || response.status >= 500)) throw new NoAnswer();
    throw new Refusal(content?.error?.code ?? String(response.status), content?.error?.message ?? null);
  }

  async #reach(token: string | null): Promise<Response> {
    const body = JSON.stringify({ token });
    try {
      return await fetch(new URL("/web/session", this.server), {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
        cache: "no-store",
        credentials: "same-origin",
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch {
      throw new NoAnswer();
    }
  }

  #pause(time: number): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
      setTimeout(resolve, time);
    });
  }
}
