import { hostname } from "node:os";
import { Command, InvalidArgumentError, Option } from "commander";
import { namesArgument, wholeArgument } from "./tableOptions.ts";
import type { WorkerOptions } from "./workerOptions.ts";

/** `rxgrad worker`: one of many that learn a model together from a stream. */
export const worker = (): Command =>
  new Command("worker")
    .description("Learn together with other workers from a NATS JetStream stream of JSON events, each once.")
    .requiredOption("--stream <name>", "whose events are learned")
    .requiredOption(
      "--subjects <names>",
      "of its parts, with commas between them; all workers name the same",
      namesArgument,
    )
    .option("--nats <url>", "of the server, or of several with commas between them", "127.0.0.1:4222")
    .option("--create", "make the stream, of these subjects, where there is none")
    .option("--model <file>", "that rxgrad train has written, the same for all workers", "model.safetensors")
    .option("--log <name>", "where the workers agree, and publish versions", "rxgrad")
    .option("--target <column>", "what is to be predicted, where events call it otherwise than the model")
    .option("--name <name>", "of this worker; who takes its place has the same", ownName())
    .option("--workers <n>", "that the first round waits for", wholeArgument(1), 1)
    .option("--every <steps>", "from one exchange to the next, or auto", everyArgument, "auto")
    .option("--batch <n>", "events of a step", wholeArgument(1), 32)
    .option("--staleness <rounds>", "that a worker may be ahead of the slowest", wholeArgument(0), 0)
    .addOption(
      new Option("--compress <how>", "8 bits a weight, or one weight in a hundred").choices(["int8", "topk"]),
    )
    .option("--checkpoint-every <rounds>", "from one version to the next", wholeArgument(1), 16)
    .option("--timeout <seconds>", "until the others go on without one who is silent", wholeArgument(1), 10)
    .option("--metrics-port <n>", "GET /metrics and /health; 0 finds a free one", wholeArgument(0, 65_535))
    .option("--host <address>", "of these; others than this machine are let in by 0.0.0.0", "127.0.0.1")
    .option("--json", "print each round as a line of JSON")
    .option("--quiet", "print nothing")
    .action(async (options: WorkerOptions) => {
      const { teamWork } = await import("./teamWork.ts"); // with the clients of NATS, which others need not wait for
      await teamWork(options);
    });

const everyArgument = (text: string): number | "auto" => {
  if (text === "auto") return text;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError("auto or a whole number of at least 1 is expected");
};

const ownName = (): string => hostname().replace(/[^\w-]/g, "-");
