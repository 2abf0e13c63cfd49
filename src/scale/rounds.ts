import { activeMembers, admit, closeRound, isComplete } from "./closeRound.ts";
import { deltaOf } from "./deltaOf.ts";
import type { DeltaMessage, Message } from "./message.ts";
import type { Member, Reason, RoundsState } from "./roundsState.ts";
import { checkShared, type SharedFolds } from "./sharedFolds.ts";

/** An entry of the log as the fold takes it: a message, or why it is none. */
export interface RoundsEntry {
  readonly sequence: number;
  readonly writer: string;
  readonly message: Message | "foreign" | "damaged" | "version";
}

/** What an entry came to: the reason for which it was refused, or undefined. */
export type Verdict = Reason | undefined;

/**
 * Folds one entry of the log into the state, in place: all who fold the same entries come to the same bits. Everything that decides stands
 * in the log; what is refused is counted, and changes nothing else.
 */
export const stepRounds = (state: RoundsState, entry: RoundsEntry, folds: SharedFolds): Verdict => {
  state.sequence = entry.sequence;
  state.closed = [];
  const refused = fold(state, entry, folds);
  if (refused) state.refused[refused]++;
  return refused;
};

/** Whether there is nothing left to learn from. */
export const isDone = ({ ended, config }: RoundsState): boolean => ended.length === config.partitions.length;

const fold = (
  state: RoundsState,
  { sequence, writer, message }: RoundsEntry,
  folds: SharedFolds,
): Verdict => {
  if (typeof message === "string") return message;
  switch (message.kind) {
    case "join":
      if (message.plan !== state.config.plan) return "plan";
      join(state, writer, sequence);
      return undefined;
    case "leave":
      return leave(state, writer, message.incarnation, folds);
    case "remove": {
      const missing = find(state, message.worker, message.incarnation);
      const open = message.round === state.round && missing?.pending.length === 0;
      if (!isKnown(state, writer)) return "stranger";
      if (open && activeMembers(state).includes(missing)) drop(state, missing, folds);
      return undefined; // who was too late to say so has done no harm
    }
    case "delta":
      return deliver(state, writer, message, folds);
    default:
      return "damaged"; // whoever reads the log has looked elsewhere already
  }
};

const find = ({ members }: RoundsState, worker: string, incarnation: number): Member | undefined =>
  members.find((member) => member.worker === worker && member.incarnation === incarnation);

const isKnown = ({ members, waiting }: RoundsState, writer: string): boolean =>
  [...members, ...waiting].some(({ worker }) => worker === writer);

const join = (state: RoundsState, worker: string, incarnation: number): void => {
  const member = state.members.find((one) => one.worker === worker);
  if (member) {
    member.incarnation = incarnation; // goes on where the one before has delivered to
    member.leaving = false;
    return;
  }
  state.waiting = [...state.waiting.filter((one) => one.worker !== worker), { worker, incarnation }];
  begin(state);
};

/** Without members nobody closes a round, so those who wait begin at once. */
const begin = (state: RoundsState): void => {
  const needed = state.epoch === 0 ? state.config.workers : 1;
  if (state.members.length === 0 && state.waiting.length >= needed) admit(state, true);
};

const leave = (state: RoundsState, worker: string, incarnation: number, folds: SharedFolds): Verdict => {
  const member = find(state, worker, incarnation);
  const known =
    member ?? state.waiting.find((one) => one.worker === worker && one.incarnation === incarnation);
  if (!known) return "stranger";
  state.waiting = state.waiting.filter((one) => one !== known);
  if (!member) return undefined;
  if (member.pending.length > 0) member.leaving = true;
  else drop(state, member, folds);
  return undefined;
};

const drop = (state: RoundsState, member: Member, folds: SharedFolds): void => {
  state.members = state.members.filter((one) => one !== member);
  if (state.members.length === 0) begin(state);
  else if (activeMembers(state).length > 0) settle(state, folds);
  else admit(state, true); // the others had nothing to learn from: its partitions are for them
};

const deliver = (state: RoundsState, writer: string, message: DeltaMessage, folds: SharedFolds): Verdict => {
  const { config, round, weights, buffers } = state;
  if (message.plan !== config.plan) return "plan";
  const member = find(state, writer, message.incarnation);
  if (!member) return "stranger";
  const next = round + member.pending.length;
  const { base } = message;
  if (message.round !== next || message.epoch !== state.epoch) return "late";
  if (base > round || next - base > config.staleness) return "late";
  const own = new Set(member.partitions);
  if (![...message.positions.keys(), ...message.ended].every((p) => own.has(p))) return "stranger";
  const delta = deltaOf(message, weights, buffers);
  if (!delta || (delta.kind === "weights" && base !== message.round)) return "values";
  const others = state.members.flatMap(({ pending }) => pending.map(({ statistics }) => statistics));
  try {
    checkShared("delta", folds, state.statistics, others, message.statistics);
  } catch {
    return "statistics";
  }
  member.pending.push(delta);
  settle(state, folds);
  return undefined;
};

/** Closes as many rounds as are complete. */
const settle = (state: RoundsState, folds: SharedFolds): void => {
  while (isComplete(state)) {
    const names = dealtTo(state);
    closeRound(state, folds);
    admit(state, names !== dealtTo(state) || isOrphaned(state));
  }
};

const dealtTo = ({ members }: RoundsState): string => JSON.stringify(members.map(({ worker }) => worker));

/** Whether there is a partition that nobody has, since whoever had it was removed in the open round. */
const isOrphaned = ({ config, ended, members }: RoundsState): boolean =>
  config.partitions.some(
    (p) => !ended.includes(p) && !members.some(({ partitions }) => partitions.includes(p)),
  );
