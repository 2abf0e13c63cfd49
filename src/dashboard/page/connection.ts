import type { PageEnd, PageHello, PageTick } from "../pageMessage.ts";

/** What comes from the server, and how the line to it is. */
export interface Listener {
  hello(message: PageHello): void;
  tick(message: PageTick): void;
  end(message: PageEnd): void;
  lost(): void;
}

const soonest = 500;
const latest = 5000;

/** Listens, and when the line is lost, or the run has ended, comes back until there is somebody again. */
export const connection = (listener: Listener): void => {
  let wait = soonest;
  const connect = (): void => {
    const events = new EventSource("events");
    const on = <Message>(kind: string, next: (message: Message) => void): void =>
      events.addEventListener(kind, ({ data }: MessageEvent<string>) => next(JSON.parse(data)));
    const again = (): void => {
      events.close();
      setTimeout(connect, wait);
      wait = Math.min(latest, wait * 1.5);
    };
    on<PageHello>("hello", (message) => {
      wait = soonest;
      listener.hello(message);
    });
    on<PageTick>("tick", listener.tick);
    on<PageEnd>("end", (message) => {
      listener.end(message);
      again();
    });
    events.addEventListener("error", () => {
      listener.lost();
      again();
    });
  };
  connect();
};
