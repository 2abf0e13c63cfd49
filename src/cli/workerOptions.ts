/** What `rxgrad worker` is told. */
export interface WorkerOptions {
  readonly nats: string;
  readonly stream: string;
  readonly subjects: readonly string[];
  readonly create?: boolean;
  readonly log: string;
  readonly model: string;
  readonly target?: string;
  readonly name: string;
  readonly workers: number;
  readonly every: number | "auto";
  readonly batch: number;
  readonly staleness: number;
  readonly compress?: "int8" | "topk";
  readonly checkpointEvery: number;
  readonly timeout: number;
  readonly metricsPort?: number;
  readonly host: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}
