// What goes over the line between this widget and the web door.

export interface Choice {
  title: string;
  payload: string;
}

export interface Message {
  n: number;
  from: "user" | "bot";
  text: string;
  buttons?: Choice[] | null;
  image?: string | null;
  alt?: string | null;
  file?: { name: string; url: string } | null;
}

export interface State {
  phase: string;
  position?: string | null;
  plan?: boolean;
  progress?: { asked: number; about: number } | null;
  /** After a long while: the id under which this page greets, so that the bot says where the talk was. */
  back?: string | null;
}

/** What the user says: typed words, or the title and the payload of a button. */
export interface Entry {
  id: string;
  text: string;
  payload: string | null;
}

export interface Session {
  token: string;
  resumed: boolean;
}

export interface Since {
  messages: Message[];
  state: State | null;
}

export interface Refused {
  code: string;
  message?: string;
}

export type Ack = { ok: true } | ({ ok: false } & Refused);

/** The server answered, and the answer is no. `sentence` is Dutch and may be shown. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly sentence: string | null,
  ) {
    super(`refused: ${code}`);
  }
}
