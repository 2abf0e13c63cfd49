import type { Arena } from "./arena.ts";
import type { Gemm } from "./gemm.ts";
import type { MultiplyAdd } from "./instructions.ts";
import type { Link } from "./linker.ts";
import type { Tile } from "./panelProduct.ts";
import type { Threads } from "./threads.ts";

/** What dense kernels are made with. */
export interface DenseTools {
  readonly own: Arena;
  readonly link: Link;
  readonly madd: MultiplyAdd;
  readonly tile: Tile;
  /** What all modules that are emitted alike have in common, for their keys. */
  readonly dialect: string;
  readonly threads: Threads | undefined;
  /** What computes large products instead. */
  readonly gemm: Gemm | undefined;
}
