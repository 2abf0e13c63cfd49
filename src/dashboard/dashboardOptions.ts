import type { Observable } from "rxjs";
import type { Scored } from "../folds/scored.ts";
import type { Model } from "../graph/model.ts";
import { finite, invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import type { Load } from "../streams/backpressure.ts";
import { isLoopback } from "./admission.ts";
import type { Series } from "./readingsOf.ts";

export interface DashboardOptions<Step> {
  /** Whose layers are drawn, with what flows through them, their norms and histograms. */
  readonly model?: Model;
  /** What stands on top of the page. */
  readonly title?: string;
  /** Where it is served: a free port, unless told otherwise, at this machine alone. */
  readonly port?: number;
  readonly host?: string;
  /** What visitors must bring; required, with at least 16 characters, when others than this machine can reach the host. */
  readonly token?: string;
  /** Names that the page may be asked for by, beside `localhost` and addresses. */
  readonly hosts?: readonly string[];
  /** Milliseconds from one look at the stream to the next. */
  readonly every?: number;
  /** Is told the address once it is served, with the token if there is one. */
  readonly listening?: (url: string) => void;
  /** Is told what went wrong with the page; learning goes on. A warning of the process, unless told otherwise. */
  readonly failed?: (error: Error) => void;
  /** The numbers to draw, by chart and line, instead of those that are found in the step. */
  readonly series?: (step: Step) => Series;
  /** How many rows a step stands for: its `size`, or 1. */
  readonly rows?: (step: Step) => number;
  /** What was predicted and what came true: the step itself, if it carries them. */
  readonly scored?: (step: Step) => Pick<Scored, "prediction" | "target"> | undefined;
  /** The learning rate, or how it follows from the step: `({ id }) => schedule(id)`. */
  readonly learningRate?: number | ((step: Step) => number | undefined);
  /** How the queue in front of the learner stands: what `backpressure` told last, or how many wait. */
  readonly queue?: () => Load | number | undefined;
  /** What else is to be marked in the charts, in words. */
  readonly marks$?: Observable<string>;
  /** Have the source pause, and go on, when the page asks for it. */
  readonly pause?: () => void;
  readonly resume?: () => void;
}

/** Options that have been looked at, with what they are when nobody says so. */
export type CheckedOptions<Step> = DashboardOptions<Step> &
  Required<
    Pick<
      DashboardOptions<Step>,
      "title" | "port" | "host" | "hosts" | "every" | "listening" | "failed" | "rows" | "scored"
    >
  >;

const actor = "dashboard()";
const shortest = 16;

/** Looks at the options. @throws InvalidInputError for what cannot be, and for a page that others could reach without a token. */
export const dashboardOptions = <Step>(options: DashboardOptions<Step>): CheckedOptions<Step> => {
  knownOptions(actor, options, known);
  const { model, host = "127.0.0.1", port = 0, every = 250, token, pause, resume, hosts = [] } = options;
  whole(actor, "port", port, 0);
  if (port > 65_535) throw invalid(actor, "a port of at most 65535", String(port));
  finite(actor, "every", every, { min: 20, max: 1e6 });
  if (typeof host !== "string" || host === "") throw invalid(actor, "an address as host", inWords(host));
  if (token !== undefined && (typeof token !== "string" || token.length < shortest))
    throw invalid(actor, `a token of at least ${shortest} characters`, "one that is shorter");
  if (token === undefined && !isLoopback(host))
    throw invalid(actor, `a token, since others can reach ${host}`, "none");
  if (model !== undefined && !Array.isArray(model?.nodes)) throw invalid(actor, "a model", inWords(model));
  if ((pause === undefined) !== (resume === undefined))
    throw invalid(actor, "pause and resume together", pause ? "pause alone" : "resume alone");
  return {
    ...defaults,
    ...options,
    host,
    port,
    every,
    hosts: hosts.map((name) => name.toLowerCase()),
  };
};

const sizeOf = (step: unknown): number =>
  typeof step === "object" && step !== null && "size" in step && typeof step.size === "number"
    ? step.size
    : 1;

const defaults = {
  title: "rxgrad",
  listening: (): void => {},
  failed: (error: Error): void => process.emitWarning(`dashboard(): ${error.message}`),
  rows: sizeOf,
  scored: (step: unknown) => step as Scored,
};

const known: readonly (keyof DashboardOptions<never>)[] = [
  "model",
  "title",
  "port",
  "host",
  "token",
  "hosts",
  "every",
  "listening",
  "failed",
  "series",
  "rows",
  "scored",
  "learningRate",
  "queue",
  "marks$",
  "pause",
  "resume",
];
