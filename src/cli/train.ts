import { Command, Option } from "commander";
import { checkOutput } from "./checkOutput.ts";
import { columnsInLines } from "./columnsInLines.ts";
import { haveDecimalCommas } from "./decimalComma.ts";
import { exitCodes, misuse } from "./failure.ts";
import { learnerOf } from "./learnerOf.ts";
import { writeModel } from "./openModel.ts";
import { openTable, type Table } from "./openTable.ts";
import { print } from "./print.ts";
import type { ColumnKind, Recipe } from "./recipe.ts";
import { recipeFor } from "./recipeFor.ts";
import { type Scores, scoresInLines } from "./scoreboard.ts";
import type { TableFormat } from "./tableFormat.ts";
import {
  namesArgument,
  shareArgument,
  type TableFlags,
  tableOptionsOf,
  typesArgument,
  wholeArgument,
  withTable,
} from "./tableOptions.ts";
import { type Skipped, type Taught, teach } from "./teach.ts";
import { unknownInLines, unknownScored } from "./unknownLabels.ts";

interface TrainOptions extends TableFlags {
  readonly target: string;
  readonly model: string;
  readonly task?: Recipe["task"];
  readonly epochs: number;
  readonly seed: number;
  readonly time?: string;
  readonly ignore?: readonly string[];
  readonly types?: ReadonlyMap<string, ColumnKind>;
  readonly classes?: number;
  readonly validation: number;
  readonly skipInvalid?: boolean;
  readonly format?: TableFormat;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `rxgrad train`: a table into the file of a model. */
export const train = (): Command =>
  withTable(
    new Command("train")
      .description("Learn from a table, row by row, each predicted before it is learned, and write a model.")
      .argument("<data>", "CSV, NDJSON, JSON, Parquet or Arrow; - is standard input")
      .requiredOption("--target <column>", "what is to be predicted")
      .option("--model <file>", "where the model goes", "model.safetensors")
      .addOption(
        new Option("--task <task>", "else found in the target").choices(["classification", "regression"]),
      )
      .option("--epochs <n>", "how often the data are gone through", wholeArgument(1), 1)
      .option("--seed <n>", "of random numbers", wholeArgument(0), 0)
      .option("--time <column>", "by which rows must be in order")
      .option("--ignore <columns>", "not to be learned from, with commas between them", namesArgument)
      .option("--types <columns>", "what columns hold, such as age=number,code=category", typesArgument)
      .option("--classes <n>", "room for so many labels", wholeArgument(2, 1000))
      .option("--validation <share>", "of rows that are held out, and scored at the end", shareArgument, 0)
      .option("--skip-invalid", "leave out rows that cannot be read, and count them")
      .option("--json", "print JSON")
      .option("--quiet", "print nothing"),
  ).action(async (path: string, options: TrainOptions) => {
    const { epochs, validation, model: file, json = false, quiet = false } = options;
    checkOutput("--model", file, [path]);
    const table = await openTable(path, tableOptionsOf(options, options.format), {
      named: [options.target],
    });
    for (const [option, again] of [
      ["--epochs", epochs > 1],
      ["--validation", validation > 0],
    ] as const)
      if (again && !table.again)
        throw misuse(`${option} reads the data again, which ${table.name} cannot be; give a file`);
    const recipe = recipeFor(table, options);
    const model = { recipe, learner: learnerOf(recipe), learned: { rows: 0 } };
    const taught = await teach(table, model, { ...options, quiet: quiet || json });
    const bytes = await writeModel(file, model);
    model.learner.close();
    const { interrupted, skipped, unknown } = taught;
    if (interrupted) process.exitCode = exitCodes.interrupted;
    if (json) await print(`${JSON.stringify({ model: file, bytes, ...taught, recipe })}\n`);
    else if (!quiet) await print(reported(table.name, file, recipe, taught, bytes));
    const notes = [
      ...misread(table, recipe),
      ...leftOut(recipe, skipped),
      ...(unknown ? unknownInLines(unknown) : []),
    ];
    if (!json) for (const line of notes) process.stderr.write(`rxgrad: ${line}\n`);
  });

const reported = (
  name: string,
  file: string,
  recipe: Recipe,
  { scores, validation, unknown, interrupted }: Taught,
  bytes: number,
): string => {
  const { task, target } = recipe;
  return [
    `${name}: ${task} of ${target.name}, from`,
    columnsInLines(recipe.columns),
    `${interrupted ? "Interrupted after" : "Over"} ${scores.rows} rows, each predicted before it was learned:`,
    scoresInLines(recipe, scores).trimEnd(),
    ...(validation
      ? [
          `Over ${validation.rows} rows that were held out:`,
          `${scoresInLines(recipe, validation)}${unknown ? unknownScored(unknown) : ""}`.trimEnd(),
        ]
      : []),
    ...(seemsSorted(scores)
      ? ["Rows are much like the row before: if that is no order of time, shuffle them."]
      : []),
    `${file}: ${bytes} bytes`,
    "",
  ].join("\n");
};

/** What is to be said of columns that are learned as words, and seem to hold numbers. */
const misread = (table: Table, { target, columns }: Recipe): readonly string[] => {
  const words = [target, ...columns].filter(({ kind }) => kind === "category" || kind === "text");
  const names = words.map(({ name }) => name).filter((name) => haveDecimalCommas(table.words(name)));
  const list = names.map((name) => JSON.stringify(name)).join(", ");
  return names.length > 0
    ? [`took for words, not numbers, what stands in ${list}; --decimal-comma reads 1,5`]
    : [];
};

const leftOut = ({ target }: Recipe, { unlabelled, invalid, first }: Skipped): readonly string[] => [
  ...(unlabelled > 0 ? [`left out ${unlabelled} rows without ${JSON.stringify(target.name)}`] : []),
  ...(invalid > 0 ? [`left out ${invalid} rows that cannot be read, of which the first is ${first}`] : []),
];

/** Whether saying what came last does better than the model, as in a table that is sorted by its target. */
const seemsSorted = ({ metrics }: Scores): boolean => {
  const { accuracy, R2 } = metrics;
  const score = accuracy ?? R2;
  return score !== undefined && score.last > score.model && score.last > 0.9;
};
