import { describe } from "../graph/describe.ts";
import { type AlarmPath, alarmPaths, alarmsOf } from "./alarmsOf.ts";
import type { CheckedOptions } from "./dashboardOptions.ts";
import { capacity, keptLines } from "./keptLines.ts";
import { keptMarks } from "./keptMarks.ts";
import { keptOutcomes } from "./keptOutcomes.ts";
import { layerWatch } from "./layerWatch.ts";
import { loopLag } from "./loopLag.ts";
import { pace, paceOfQueue } from "./pace.ts";
import type { PageHello, PageTick, Reading } from "./pageMessage.ts";
import { readingsOf, readingsOfSeries } from "./readingsOf.ts";

/** What is known of a stream of steps; its size does not grow with their number. */
export interface Watching<S> {
  /** A step passes. */
  see(step: S): void;
  /** Something happened that is no step. */
  mark(label: string): void;
  /** Looks: what there is to tell since the look before. */
  look(looked: boolean): PageTick;
  hello(): PageHello;
  close(): void;
}

/** Steps whose predictions are shown, from one look to the next. */
const mostRecent = 32;

/** Watches from now on. `paused` is what the page has asked for. */
export const watching = <S>(options: CheckedOptions<S>, paused: () => boolean): Watching<S> => {
  const { model, series, rows, scored, learningRate, queue, title, every } = options;
  const lines = keptLines();
  const marks = keptMarks();
  const outcomes = keptOutcomes();
  const layers = model && layerWatch(model);
  const lag = loopLag();
  const speed = pace();
  const started = Date.now();

  let at = -1;
  let count = 0;
  let rowCount = 0;
  let latest: { readonly step: S } | undefined;
  let paths: readonly AlarmPath[] = [];
  let recent: S[] = [];
  let lookedAt = false;
  let loss = { sum: 0, count: 0 };
  let last: PageTick | undefined;

  const readStep = (step: S): readonly Reading[] => {
    if (series) return readingsOfSeries(series(step));
    const mean = loss.sum / loss.count; // of all steps since the look before; other numbers are those of the last step
    return readingsOf(step).map((reading) =>
      reading[1] === "loss" && reading[2] === "training" ? ["metrics", "loss", "training", mean] : reading,
    );
  };
  const readRate = (): readonly Reading[] => {
    const rate = typeof learningRate === "function" ? latest && learningRate(latest.step) : learningRate;
    return rate === undefined ? [] : [["metrics", "learning rate", "learning rate", rate]];
  };

  return {
    see: (step) => {
      count++;
      rowCount += rows(step);
      if (latest === undefined) paths = alarmPaths(step);
      latest = { step };
      if (lookedAt && recent.length < mostRecent) recent.push(step);
      if (typeof step === "object" && step !== null && "loss" in step && typeof step.loss === "number") {
        loss.sum += step.loss;
        loss.count++;
      }
      if (paths.length > 0) for (const alarm of alarmsOf(step, paths)) marks.add(alarm, count);
    },
    mark: (label) => marks.add(label, count),
    look: (looked) => {
      at++;
      const time = Date.now();
      const news = count > (last?.step ?? 0) ? latest : undefined;
      const readings = lines.add(time, count, [
        ...(news ? readStep(news.step) : []),
        ...readRate(),
        ...speed.read(rowCount, count),
        ...lag.read(),
        ...paceOfQueue(queue?.()),
        ...(layers?.norms(looked) ?? []),
      ]);
      const told = news && outcomes.add((lookedAt ? recent : [news.step]).map((step) => scored(step)));
      const views = looked ? layers?.look() : undefined;
      if (!looked) layers?.rest();
      if (news) paths = alarmPaths(news.step);
      const tick: PageTick = {
        at,
        time,
        step: count,
        rows: rowCount,
        readings,
        marks: marks.take(),
        paused: paused(),
        ...(told ? { outcomes: told } : {}),
        ...(views ? { layers: views } : {}),
      };
      const shown = views ?? last?.layers;
      last = shown ? { ...tick, layers: shown } : tick;
      recent = [];
      loss = { sum: 0, count: 0 };
      lookedAt = looked;
      return tick;
    },
    hello: () => ({
      title,
      every,
      started,
      capacity,
      canPause: options.pause !== undefined,
      ...(model ? { graph: describe(model) } : {}),
      time: lines.time,
      step: lines.step,
      lines: lines.all,
      ...(last ? { last: { ...last, marks: marks.all, outcomes: outcomes.all, paused: paused() } } : {}),
    }),
    close: () => {
      lag.close();
      layers?.rest();
    },
  };
};
