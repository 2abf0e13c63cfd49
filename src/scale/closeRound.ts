import { deal } from "./deal.ts";
import { outerStep } from "./outerStep.ts";
import type { Delta, Member, RoundsState } from "./roundsState.ts";
import { mergedAll, type SharedFolds } from "./sharedFolds.ts";
import { stepsPerRound } from "./stepsPerRound.ts";

/** Whom the open round waits for: those who have a partition that has not ended. */
export const activeMembers = ({ members, ended }: RoundsState): readonly Member[] =>
  members.filter(({ partitions }) => partitions.some((p) => !ended.includes(p)));

/** Whether everybody's delta is in. */
export const isComplete = (state: RoundsState): boolean => {
  const active = activeMembers(state);
  return active.length > 0 && active.every(({ pending }) => pending.length > 0);
};

/** Brings what the members have learned into the weights and into all else that is shared, in the order of their names. */
export const closeRound = (state: RoundsState, folds: SharedFolds): void => {
  const given = state.members.flatMap(({ worker, pending }): { worker: string; delta: Delta }[] =>
    pending[0] ? [{ worker, delta: pending[0] }] : [],
  );
  const deltas = given.map(({ delta }) => delta);
  const sum = (of: (delta: Delta) => number): number => deltas.reduce((s, delta) => s + of(delta), 0);
  outerStep(state.weights, state.velocity, deltas, state.config.outer);
  average(state, deltas);
  state.statistics = mergedAll(
    folds,
    state.statistics,
    deltas.map(({ statistics }) => statistics),
  );
  for (const { positions, ended } of deltas) {
    for (const [partition, position] of positions) state.positions.set(partition, position);
    state.ended.push(...ended.filter((p) => !state.ended.includes(p)));
  }
  const steps = sum((delta) => delta.steps);
  const closed = {
    round: state.round,
    members: given.map(({ worker }) => worker),
    samples: sum((delta) => delta.samples),
    steps,
    loss: sum((delta) => delta.loss) / steps,
  };
  state.closed = [...state.closed, closed];
  state.samples += closed.samples;
  if (state.config.every === "auto")
    state.steps = stepsPerRound(
      state.steps,
      deltas.map(({ times }) => times),
    );
  state.round++;
  for (const member of state.members) member.pending.shift();
  state.members = state.members.filter(({ leaving }) => !leaving);
};

/** Running statistics are averages of averages. */
const average = ({ buffers }: RoundsState, deltas: readonly Delta[]): void => {
  const total = deltas.reduce((sum, { samples }) => sum + samples, 0);
  if (total === 0 || buffers.length === 0) return;
  const mean = new Float64Array(buffers.length);
  for (const { buffers: own, samples } of deltas)
    for (let i = 0; i < mean.length; i++) mean[i]! += (samples / total) * own[i]!;
  buffers.set(mean);
};

/**
 * Takes in who waits, and deals the partitions anew when the members are others than those to whom they were dealt. What was not settled
 * is dropped then: it is learned again, by whoever has its partition now.
 */
export const admit = (state: RoundsState, changed: boolean): void => {
  if (!changed && state.waiting.length === 0) return;
  const joined = state.waiting.map(
    ({ worker, incarnation }): Member => ({
      worker,
      incarnation,
      partitions: [],
      pending: [],
      leaving: false,
    }),
  );
  state.waiting = [];
  state.members = [...state.members, ...joined].sort((a, b) => (a.worker < b.worker ? -1 : 1));
  const before = new Map(state.members.map(({ worker, partitions }) => [worker, partitions]));
  const open = state.config.partitions.filter((p) => !state.ended.includes(p));
  const dealt = deal(open, [...before.keys()], before);
  state.epoch++;
  for (const member of state.members) {
    member.partitions = dealt.get(member.worker) ?? [];
    member.pending = [];
  }
};
