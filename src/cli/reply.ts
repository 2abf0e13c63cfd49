import type { LabelKey } from "../folds/labelled.ts";
import { cellOf } from "./cellValue.ts";
import { failure, isFailure } from "./failure.ts";
import type { Cells } from "./readEvent.ts";

/** What is said in reply, and the code of HTTP that says how it went. */
export interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A reply, or what was wrong with the request. */
export const refused = (work: () => Reply): Reply => {
  try {
    return work();
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { status: 400, body: { error: error.message } };
  }
};

/** A body as cells. @throws Failure */
export const cellsOf = (body: unknown, expected = "event: expects a JSON object"): Cells => {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Cells;
  throw failure(`${expected}, got ${JSON.stringify(body)?.slice(0, 60)}`);
};

/** What names an event. @throws Failure */
export const keyOf = (cells: Cells, name: string): LabelKey => {
  const key = cellOf(cells, name);
  if (typeof key === "string" && key.length <= 256) return key;
  if (typeof key === "number" && Number.isFinite(key)) return key;
  throw failure(
    `event: expects a text or a number as ${name}, got ${JSON.stringify(key)?.slice(0, 60) ?? "none"}`,
  );
};
