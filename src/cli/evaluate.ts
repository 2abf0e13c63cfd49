import { Command } from "commander";
import { from, lastValueFrom, tap } from "rxjs";
import { progress } from "../adapters/progress.ts";
import { failure } from "./failure.ts";
import { knownTable } from "./knownTable.ts";
import { openModel } from "./openModel.ts";
import { print } from "./print.ts";
import { readAsked, readTruth } from "./readEvent.ts";
import { scoreboard, scoresInLines } from "./scoreboard.ts";
import type { TableFormat } from "./tableFormat.ts";
import { type TableFlags, tableOptionsOf, withTable } from "./tableOptions.ts";
import { unknownInLines, unknownLabels, unknownScored } from "./unknownLabels.ts";

interface EvaluateOptions extends TableFlags {
  readonly target?: string;
  readonly format?: TableFormat;
  readonly json?: boolean;
}

/** `rxgrad evaluate`: how a model does on a table, of which it learns nothing. */
export const evaluate = (): Command =>
  withTable(
    new Command("evaluate")
      .description("Score a model on a table, beside baselines; the model learns nothing of it.")
      .argument("<model>", "a file that rxgrad train has written")
      .argument("<data>", "CSV, NDJSON, JSON, Parquet or Arrow; - is standard input")
      .option("--target <column>", "what holds the truth, if not the column that the model learned")
      .option("--json", "print JSON"),
  ).action(async (file: string, path: string, options: EvaluateOptions) => {
    const { recipe: own, learner } = openModel(file);
    const recipe = { ...own, target: { ...own.target, name: options.target ?? own.target.name } };
    const columns = [...recipe.columns, recipe.target];
    const table = await knownTable(path, tableOptionsOf(options, options.format), columns);
    const board = scoreboard(recipe, { model: "fixed" });
    const unknown = unknownLabels({ recipe, learner });
    const rows$ = from(table.rows()).pipe(
      tap(({ line, cells }) => {
        const where = `${table.name}:${line}`;
        const truth = readTruth(where, recipe, cells);
        if (truth === undefined) return;
        board.score(learner.predict(readAsked(where, recipe, cells)), truth);
        unknown.see(where, truth);
      }),
      options.json
        ? tap()
        : progress({ every: 100, format: ({ rows, rate }) => `${rows} rows  ${rate} rows/s` }),
    );
    await lastValueFrom(rows$, { defaultValue: undefined });
    learner.close();
    const scores = board.read();
    if (scores.rows === 0)
      throw failure(`${table.name} has no rows with ${JSON.stringify(recipe.target.name)}`);
    const strangers = unknown.read();
    for (const line of unknownInLines(strangers)) process.stderr.write(`rxgrad: ${line}\n`);
    await print(
      options.json
        ? `${JSON.stringify({ model: file, data: path, scores, unknown: strangers })}\n`
        : `${file} on ${scores.rows} rows of ${path}:\n${scoresInLines(recipe, scores)}${unknownScored(strangers)}`,
    );
  });
