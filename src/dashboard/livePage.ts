import { EMPTY, type Observable, type Observer, Subscription } from "rxjs";
import type { CheckedOptions } from "./dashboardOptions.ts";
import type { PageEnd } from "./pageMessage.ts";
import { type PageServer, pageServer } from "./pageServer.ts";
import { watching } from "./watching.ts";

/** The page of one run. */
export interface LivePage<Step> {
  see(step: Step): void;
  /** Shows how it ended, and closes. */
  close(end: PageEnd): void;
}

/** More different failures than these are not told. */
const mostFailures = 16;

/** Brings together what watches, what is served, and the timer between them. Nothing in here throws. */
export const livePage = <Step>(options: CheckedOptions<Step>): LivePage<Step> => {
  const {
    failed,
    listening,
    pause,
    resume,
    model,
    marks$ = EMPTY,
    every,
    port,
    host,
    hosts,
    token,
  } = options;
  const told = new Set<string>();
  const tell = (error: unknown): void => {
    const known = error instanceof Error ? error : new Error(String(error));
    if (told.has(known.message) || told.size === mostFailures) return;
    told.add(known.message);
    failed(known);
  };
  const safely = (job: () => void): void => {
    try {
      job();
    } catch (error) {
      tell(error);
    }
  };

  let paused = false;
  const control = (action: "pause" | "resume"): void => {
    if (paused === (action === "pause")) return;
    paused = !paused;
    safely(paused ? pause! : resume!);
  };
  const watch = watching(options, () => paused);
  let server: PageServer | undefined;
  safely(() => {
    server = pageServer({
      port,
      host,
      hosts: [...hosts, host.toLowerCase()],
      token,
      hello: watch.hello,
      control: pause && control,
      listening: (url) => safely(() => listening(url)),
      failed: tell,
    });
  });
  const look = (): void => safely(() => server?.tell(watch.look(server.looked)));
  const timer = setInterval(look, every).unref();

  const others = new Subscription();
  const follow = <T>(source$: Observable<T>, next: Observer<T>["next"]): void =>
    others.add(source$.subscribe({ next, error: tell }));
  follow(marks$, (label) => watch.mark(String(label)));
  if (model)
    follow(model.rejected$, ({ error, action }) => watch.mark(`refused: ${action ?? error.message}`));

  return {
    see: (step) => {
      try {
        watch.see(step); // without a closure for each step
      } catch (error) {
        tell(error);
      }
    },
    close: (end) => {
      clearInterval(timer);
      others.unsubscribe();
      look();
      watch.close();
      server?.close(end);
    },
  };
};
