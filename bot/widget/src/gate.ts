/** Holds what wants to pass until it is open. */
export class Gate {
  #isOpen = false;
  #waiting: (() => void)[] = [];

  passed(): Promise<void> {
    return this.#isOpen ? Promise.resolve() : new Promise((pass) => this.#waiting.push(pass));
  }

  open(): void {
    this.#isOpen = true;
    for (const pass of this.#waiting.splice(0)) pass();
  }

  close(): void {
    this.#isOpen = false;
  }
}
