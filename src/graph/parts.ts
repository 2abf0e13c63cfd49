/** Something at work on a model that keeps a state besides the weights: a rule, or metrics. */
export interface Part {
  /** What it is; a state is taken up by the same alone. */
  readonly source: string;
  /** Whether there are files that lack it, from before it was kept: with them it begins anew. */
  readonly optional?: boolean;
  /** Its state, live. */
  get(): unknown;
  set(state: unknown): void;
}

/** A part as it was. */
export interface PartState {
  readonly source: string;
  readonly state: unknown;
}

/** A state that was loaded for a part to come. */
export interface WaitingPart extends PartState {
  /** Lets the part go on from it. @throws InvalidInputError when it is the state of something else. */
  resume(part: Part): void;
}

/** The parts at work on a model, in the order in which they began, and the states that wait for those to come. */
export interface Parts {
  readonly running: Set<Part>;
  waiting: readonly WaitingPart[];
}

/** Whether a state that is next in the order is that of this part, or one that this part must go on from or refuse. */
export const isStateOf = ({ source }: PartState, part: Part): boolean =>
  !part.optional || source === part.source;

/** Begins a part, which first takes up the state that waits, if there is one; the function that it returns ends it. */
export const takePart = (parts: Parts, part: Part): (() => void) => {
  const [first, ...rest] = parts.waiting;
  if (first && isStateOf(first, part)) {
    first.resume(part);
    parts.waiting = rest;
  }
  parts.running.add(part);
  return () => parts.running.delete(part);
};

/** Begins a part beside an engine; the function that it returns ends both, and if the part is refused, the engine ends at once. */
export const takePartBeside = (engine: { close(): void }, parts: Parts, part: Part): (() => void) => {
  try {
    const leave = takePart(parts, part);
    return () => {
      leave();
      engine.close();
    };
  } catch (error) {
    engine.close();
    throw error;
  }
};
