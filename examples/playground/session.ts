import type { Model, Sample } from "rxgrad";
import { distinctUntilChanged, map, type Observable, Subject, switchMap, tap } from "rxjs";
import { dataSets, type Point } from "./dataSets.ts";
import { type History, history } from "./history.ts";
import { learning, network, type Step } from "./learning.ts";
import type { Settings } from "./settings.ts";
import { world } from "./world.ts";

/** A point with what the network said of it before it learned it. */
export interface Seen extends Point {
  readonly prediction: number;
  readonly wrong: boolean;
}

/** One network from its first weights on, and the stream that it learns from. */
export interface Session {
  readonly net: Model;
  readonly settings: Settings;
  readonly history: History;
  /** The last points, the newest at the end. */
  readonly seen: readonly Seen[];
  readonly events: number;
  readonly steps: number;
  readonly alarms: number;
  readonly score: number;
  readonly loss: number;
  /** Why it does not go on. */
  readonly failure: string | undefined;
  /** One more sample comes. */
  feed(noise: number): void;
  /** So many more samples come as one more step takes. */
  step(noise: number): void;
  drift(kind: Settings["drift"], over: number): void;
  close(): void;
}

const mostSeen = 300;

/** Of what a new network is begun for; for all else it goes on. */
export const isSameNetwork = (a: Settings, b: Settings): boolean =>
  (["data", "layers", "extras", "activation", "seed"] as const).every(
    (name) => String(a[name]) === String(b[name]),
  );

/** Of what the network is given a new training for, which begins with the weights that it has. */
const isSameTraining = (a: Settings, b: Settings): boolean =>
  (["batch", "optimizer", "penalty", "strength", "detector", "policy"] as const).every(
    (name) => a[name] === b[name],
  );

export const session = (
  settings: Settings,
  settings$: Observable<Settings>,
  alarmed: (adapted: string, at: number) => void,
): Session => {
  const net = network(settings);
  const truth = world(settings.data, settings.seed);
  const isClasses = dataSets[settings.data].task === "classes";
  const past = history();
  const samples$ = new Subject<Sample & Point>();
  const rate$ = settings$.pipe(
    map(({ rate }) => rate),
    distinctUntilChanged(),
  );
  const seen: Seen[] = [];
  let [events, steps, alarms] = [0, 0, 0];
  let [loss, score] = [Number.NaN, Number.NaN];
  let failure: string | undefined;

  const record = (step: Step, points: readonly Point[]): void => {
    steps++;
    loss = step.loss;
    score = step.metrics.score;
    points.forEach(({ x, y }, i) => {
      const prediction = step.prediction.data[i]!;
      const wrong = isClasses ? prediction > 0.5 !== y > 0.5 : Math.abs(prediction - y) > 0.25;
      seen.push({ x, y, prediction, wrong });
    });
    seen.splice(0, seen.length - mostSeen);
    past.add(events, loss, score);
    if (step.drift !== "drift") return;
    alarms++;
    past.mark({ at: events, kind: "alarm" });
    alarmed(step.adapted, events);
  };

  const running = settings$
    .pipe(
      distinctUntilChanged(isSameTraining),
      switchMap((now) => {
        const waiting: Point[] = [];
        return samples$.pipe(
          tap((sample) => waiting.push(sample)),
          learning(net, now, rate$),
          tap((step) => record(step, waiting.splice(0, step.size))),
        );
      }),
    )
    .subscribe({
      error: (error: Error) => {
        failure = error.message;
      },
    });

  const feed = (noise: number): void => {
    events++;
    samples$.next(truth.next(noise));
  };
  return {
    net,
    settings,
    history: past,
    seen,
    get events() {
      return events;
    },
    get steps() {
      return steps;
    },
    get alarms() {
      return alarms;
    },
    get score() {
      return score;
    },
    get loss() {
      return loss;
    },
    get failure() {
      return failure;
    },
    feed,
    step: (noise) => {
      const before = steps;
      while (steps === before && failure === undefined) feed(noise);
    },
    drift: (kind, over) => {
      truth.drift(kind, over);
      past.mark({ at: events, kind: "drift" });
    },
    close: () => {
      running.unsubscribe();
      net.dispose();
    },
  };
};
