import { fault } from "../math/invalid.ts";

/** That somebody else was faster: what was expected to be the last is not. */
export interface SequenceConflict extends Error {
  readonly conflict: true;
}

/** The error of an append, or of a pointer that is set, behind somebody else's back. */
export const sequenceConflict = (actor: string, expected: number, got: string): SequenceConflict =>
  Object.assign(fault(actor, `${expected} as the last sequence`, got), { conflict: true as const });

export const isSequenceConflict = (error: unknown): error is SequenceConflict =>
  error instanceof Error && "conflict" in error && error.conflict === true;
