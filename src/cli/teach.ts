import {
  concat,
  defer,
  filter,
  from,
  fromEvent,
  lastValueFrom,
  map,
  type Observable,
  takeUntil,
  tap,
} from "rxjs";
import { progress } from "../adapters/progress.ts";
import type { Label } from "../features/classes.ts";
import { random } from "../math/random.ts";
import { failure, isFailure } from "./failure.ts";
import type { OpenModel } from "./openModel.ts";
import type { Table, TableRow } from "./openTable.ts";
import { readEvent, readTruth } from "./readEvent.ts";
import type { Event } from "./schemaOf.ts";
import { type Scores, scoreboard } from "./scoreboard.ts";
import { timeOrder } from "./timeOrder.ts";
import { type Unknown, unknownLabels } from "./unknownLabels.ts";

export interface TeachOptions {
  readonly epochs: number;
  /** The share of rows that is held out. */
  readonly validation: number;
  readonly skipInvalid?: boolean;
  readonly quiet?: boolean;
}

/** What came of teaching. */
export interface Taught {
  /** Of the first time that each row came, before it was learned. */
  readonly scores: Scores;
  /** Of the rows that were held out, at the end. */
  readonly validation?: Scores;
  /** Labels that came among the rows that were held out alone. */
  readonly unknown?: Unknown;
  readonly interrupted: boolean;
  readonly skipped: Skipped;
}

/** Rows that were not learned: those that say nothing to learn, and those that cannot be read. */
export interface Skipped {
  unlabelled: number;
  invalid: number;
  first: string | null;
}

/** A row as it is learned. */
interface Example {
  readonly line: number;
  readonly event: Event;
  readonly truth: Label;
}

/** Goes through a table once or more: predicts each row, scores that, and learns it. Ctrl-C ends it early, with what was learned. */
export const teach = async (table: Table, model: OpenModel, options: TeachOptions): Promise<Taught> => {
  const { recipe, learner, learned } = model;
  const { epochs, validation: share, skipInvalid = false, quiet = false } = options;
  const skipped: Skipped = { unlabelled: 0, invalid: 0, first: null };
  const held = scoreboard(recipe, { model: "fixed" });
  const board = scoreboard(recipe);
  let epoch = 0; // after which skipped rows are known
  let interrupted = false;
  const interrupt$ = fromEvent(process, "SIGINT").pipe(tap(() => (interrupted = true)));

  const read = (row: TableRow, inOrder: (where: string, row: TableRow) => void): Example | undefined => {
    const where = `${table.name}:${row.line}`;
    try {
      inOrder(where, row);
      const truth = readTruth(where, recipe, row.cells);
      if (truth === undefined) {
        if (epoch <= 1) skipped.unlabelled++;
        return undefined;
      }
      return { line: row.line, event: readEvent(where, recipe, row.cells), truth };
    } catch (error) {
      if (!isFailure(error) || !skipInvalid) throw error;
      if (epoch <= 1) skipped.invalid++;
      skipped.first ??= error.message;
      return undefined;
    }
  };
  /** The same rows are held out each time. */
  const examples = (which: "learned" | "held out"): Observable<Example> =>
    defer(() => {
      const { uniform } = random(recipe.seed);
      const inOrder = timeOrder(recipe);
      return from(table.rows()).pipe(
        filter(() => uniform() < share === (which === "held out")),
        map((row) => read(row, inOrder)),
        filter((example) => example !== undefined),
      );
    });
  const room = ({ line, truth }: Example): void => {
    const labels = learner.labels();
    if (recipe.task === "regression" || labels.length < recipe.classes || labels.includes(truth)) return;
    const expected = `one of ${labels.length} labels, got ${JSON.stringify(truth)}`;
    const where = `${table.name}:${line}: column ${JSON.stringify(recipe.target.name)}`;
    throw failure(`${where} expects ${expected}; --classes makes room for more`);
  };
  const epoch$ = defer(() => {
    epoch++;
    return examples("learned").pipe(
      tap((example) => {
        room(example);
        const answer = learner.learn(example.event, example.truth);
        learned.rows++;
        if (epoch === 1) board.score(answer, example.truth);
      }),
    );
  });
  const lesson$ = concat(...Array.from({ length: epochs }, () => epoch$)).pipe(takeUntil(interrupt$));
  const shown$ = quiet
    ? lesson$
    : lesson$.pipe(progress({ every: 100, format: ({ rows, rate }) => `${rows} rows  ${rate} rows/s` }));
  await lastValueFrom(shown$, { defaultValue: undefined });
  epoch = 0;
  const unknown = unknownLabels(model);
  if (share > 0 && !interrupted)
    await lastValueFrom(
      examples("held out").pipe(
        tap(({ line, event, truth }) => {
          held.score(learner.predict(event), truth);
          unknown.see(`${table.name}:${line}`, truth);
        }),
      ),
      { defaultValue: undefined },
    );
  return {
    scores: board.read(),
    ...(share > 0 && !interrupted ? { validation: held.read(), unknown: unknown.read() } : {}),
    interrupted,
    skipped,
  };
};
