import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { Command, Option } from "commander";
import { checkOutput } from "./checkOutput.ts";
import { failure } from "./failure.ts";
import { knownTable } from "./knownTable.ts";
import { openModel } from "./openModel.ts";
import { predictionLines } from "./predictionLines.ts";
import { print } from "./print.ts";
import { readAsked } from "./readEvent.ts";
import type { TableFormat } from "./tableFormat.ts";
import { namesArgument, type TableFlags, tableOptionsOf, withTable } from "./tableOptions.ts";

interface PredictOptions extends TableFlags {
  readonly out?: string;
  readonly format: "csv" | "ndjson";
  readonly inputFormat?: TableFormat;
  readonly keep?: readonly string[];
  readonly probabilities?: boolean;
}

/** `rxgrad predict`: a table into a table of predictions, row by row. */
export const predict = (): Command =>
  withTable(
    new Command("predict")
      .description("Predict each row of a table, in its order; it reads and writes as it goes.")
      .argument("<model>", "a file that rxgrad train has written")
      .argument("<data>", "CSV, NDJSON, JSON, Parquet or Arrow; - is standard input")
      .option("--out <file>", "where predictions go, else standard output")
      .addOption(new Option("--format <format>", "of predictions").choices(["csv", "ndjson"]).default("csv"))
      .option("--keep <columns>", "of the data that stand beside predictions", namesArgument)
      .option("--probabilities", "of each label, in columns of their own"),
    "--input-format <format>",
  ).action(async (file: string, path: string, options: PredictOptions) => {
    const { recipe, learner } = openModel(file);
    const { keep = [], out } = options;
    if (out !== undefined) checkOutput("--out", out, [path, file]);
    const table = await knownTable(path, tableOptionsOf(options, options.inputFormat), recipe.columns);
    const gone = keep.find((name) => !table.columns.some((column) => column.name === name));
    if (gone !== undefined && table.fixed)
      throw failure(`${table.name} has no column ${JSON.stringify(gone)}, given as --keep`);
    const lines = predictionLines(options.format, keep, learner.labels(), options.probabilities ?? false);
    const sink = out === undefined ? undefined : await opened(out);
    const put = async (text: string): Promise<boolean> => {
      if (!sink) return print(text);
      if (sink.errored) throw sink.errored;
      if (!sink.write(text)) await once(sink, "drain"); // or its error
      return true;
    };
    let wanted = await put(lines.head);
    for await (const { line, cells } of table.rows()) {
      if (!wanted) break; // nobody reads on
      const answer = learner.predict(readAsked(`${table.name}:${line}`, recipe, cells));
      wanted = await put(lines.row(answer, cells));
    }
    learner.close();
    if (sink) {
      sink.end();
      await finished(sink);
    }
  });

const opened = (path: string) =>
  new Promise<ReturnType<typeof createWriteStream>>((resolve, reject) => {
    const stream = createWriteStream(path);
    stream.once("open", () => resolve(stream)).once("error", reject);
  });
