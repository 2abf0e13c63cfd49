/** What `rxgrad serve` is told. */
export interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly checkpoint?: string;
  readonly every: number;
  readonly key?: string;
  readonly ttl: number;
  readonly waiting: number;
  readonly nats?: string;
  readonly log: string;
}
