#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { commands } from "./commands.ts";
import { exitCodes, isFailure } from "./failure.ts";
import { plainError } from "./plainError.ts";

/** Runs the program with its arguments, and gives the code that it ends with. */
export const rxgrad = async (argv: readonly string[]): Promise<number> => {
  const verbose = argv.includes("--verbose") || process.env.DEBUG !== undefined;
  const program = new Command("rxgrad")
    .description("Neural networks that learn online, from the command line.")
    .version(versionOf(), "--version", "print the version")
    .helpCommand(false)
    .addHelpText("after", "\nrxgrad <command> --help tells the options of a command.");
  for (const command of commands) program.addCommand(command());
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .configureOutput({ outputError: () => {} })
      .helpOption("--help", "print this help");
    if (command !== program) command.option("--verbose", "tell where an error comes from");
  }
  try {
    await program.parseAsync(argv, { from: "user" });
    return typeof process.exitCode === "number" ? process.exitCode : exitCodes.fine;
  } catch (error) {
    if (error instanceof CommanderError) return misused(error, argv);
    process.stderr.write(`rxgrad: ${plainError(error)}\n`);
    if (verbose && error instanceof Error) process.stderr.write(`${stackOf(error)}\n`);
    return isFailure(error) ? error.code : exitCodes.failed;
  }
};

/** Help and the version were asked for; all else is what commander could not make sense of. */
const misused = ({ code, exitCode, message }: CommanderError, argv: readonly string[]): number => {
  if (exitCode === 0) return exitCodes.fine;
  if (code === "commander.help") return exitCodes.usage; // it was printed, as nothing else was given
  const own = commands.map((command) => command().name()).find((name) => name === argv[0]);
  const help = own ? `rxgrad ${own} --help` : "rxgrad --help";
  process.stderr.write(`rxgrad: ${message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ")}; see ${help}\n`);
  return exitCodes.usage;
};

const stackOf = (error: Error): string =>
  error.cause instanceof Error ? `${error.stack}\ncaused by ${stackOf(error.cause)}` : String(error.stack);

/** The package's, found from the file that the build has made of this one. */
const versionOf = (): string => {
  const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  return version;
};

for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") process.exitCode = exitCodes.failed; // who writes tells why
  });
process.exitCode = await rxgrad(process.argv.slice(2));
