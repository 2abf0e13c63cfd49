import { isPlain } from "../formats/plainData.ts";
import { checkState } from "../formats/putState.ts";
import { invalid, inWords } from "../math/invalid.ts";
import { digest } from "./digest.ts";
import { isWhole } from "./isWhole.ts";
import { readPacket, writePacket } from "./packet.ts";
import type { RoundsState } from "./roundsState.ts";
import { isSequenceConflict } from "./sequenceConflict.ts";
import type { UpdateLog } from "./updateLog.ts";

/** Where a snapshot is, and how far it goes. */
export interface Snapshot {
  /** Of its bytes, and the name of its blob. */
  readonly hash: string;
  readonly sequence: number;
  readonly round: number;
}

/** What the pointer says: the snapshot, and the one before, which those who are reading it may still need. */
export interface Published extends Snapshot {
  readonly previous?: Snapshot;
  readonly revision: number;
}

/** The name of the pointer to the current version. */
export const versionPointer = "version";

/** What any state has. */
const shape = {
  ...{ config: {}, sequence: 0, round: 0, epoch: 0, steps: 1, velocity: new Float64Array(0), members: [] },
  ...{ waiting: [], positions: new Map(), ended: [], statistics: {}, samples: 0, refused: {}, closed: [] },
};

/** The snapshot that the pointer leads to. @throws InvalidInputError */
export const published = (actor: string, value: string, revision: number): Published => {
  const given = isSnapshot(parsed(value)) as Published | undefined;
  if (!given)
    throw invalid(actor, `a hash, a sequence and a round in the pointer "${versionPointer}"`, inWords(value));
  const previous = isSnapshot(given.previous);
  const { hash, sequence, round } = given;
  return { hash, sequence, round, revision, ...(previous ? { previous } : {}) };
};

const parsed = (value: string): unknown => {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
};

const isSnapshot = (value: unknown): Snapshot | undefined => {
  const { hash, sequence, round } = (value ?? {}) as Partial<Snapshot>;
  const whole = Number.isSafeInteger(sequence) && Number.isSafeInteger(round);
  return whole && /^[0-9a-f]{64}$/.test(String(hash)) ? (value as Snapshot) : undefined;
};

export const currentVersion = async (actor: string, log: UpdateLog): Promise<Published | undefined> => {
  const pointer = await log.getPointer(versionPointer);
  return pointer && published(actor, pointer.value, pointer.revision);
};

/** The current version, when the pointer leads to one, and the revision to compare with, also when a stranger has set the pointer. */
export const versionNow = async (
  actor: string,
  log: UpdateLog,
): Promise<{ readonly version?: Published; readonly revision: number }> => {
  const pointer = await log.getPointer(versionPointer);
  if (!pointer) return { revision: 0 };
  const { value, revision } = pointer;
  try {
    return { version: published(actor, value, revision), revision };
  } catch {
    return { revision };
  }
};

/** The state in a snapshot's bytes, which are whole. @throws InvalidInputError when they are not of the same plan as `like`. */
export const readSnapshot = (
  actor: string,
  bytes: Uint8Array,
  like: Pick<RoundsState, "config" | "weights" | "buffers">,
): RoundsState => {
  const given = readPacket(actor, bytes, 2 ** 31) as RoundsState;
  const { config } = isPlain(given) ? given : {};
  if (config?.plan !== like.config.plan) throw invalid(actor, like.config.plan, inWords(config?.plan));
  if (config.precision !== like.config.precision)
    throw invalid(actor, `numbers in ${like.config.precision}`, inWords(config.precision));
  checkState(actor, "snapshot", { ...shape, weights: like.weights, buffers: like.buffers }, given);
  for (const vector of ["weights", "buffers"] as const)
    if (given[vector].length !== like[vector].length)
      throw invalid(actor, `${like[vector].length} ${vector}`, String(given[vector].length));
  return given;
};

/**
 * Puts a state into a blob and sets the pointer to it, unless somebody else has set it as far; then lets go of what lies before the
 * snapshot that was current until now. What a stranger has set the pointer to makes way, unless learning has only begun.
 * `bytes` is the packet of the state: a copy, since the state goes on.
 */
export const publish = async (
  actor: string,
  log: UpdateLog,
  bytes: Uint8Array,
  { sequence, round }: Pick<RoundsState, "sequence" | "round">,
): Promise<void> => {
  const hash = digest(bytes);
  const { version, revision } = await versionNow(actor, log);
  if (revision > 0 && sequence === 0) return; // whoever loads it is told what is wrong with it
  const ahead = version !== undefined && version.sequence >= sequence;
  if (ahead && isWhole(await log.getBlob(version.hash), version.hash)) return;
  const now = ahead ? undefined : version;
  await log.putBlob(hash, bytes);
  const previous = now && { hash: now.hash, sequence: now.sequence, round: now.round };
  try {
    const value = JSON.stringify({ hash, sequence, round, ...(previous ? { previous } : {}) });
    await log.setPointer(versionPointer, value, revision);
  } catch (error) {
    if (!isSequenceConflict(error)) throw error;
    return; // another worker was faster; the blob may be the same one
  }
  if (!now) return;
  if (now.sequence > 0) await log.purge(now.sequence + 1);
  const gone = now.previous?.hash;
  if (gone && gone !== hash && gone !== now.hash) await log.deleteBlob(gone);
};

export const writeSnapshot = (actor: string, state: RoundsState): Uint8Array => writePacket(actor, state);
