import { isWhole, notWhole } from "./isWhole.ts";
import type { RoundsState } from "./roundsState.ts";
import { currentVersion, readSnapshot } from "./snapshots.ts";
import type { UpdateLog } from "./updateLog.ts";

/**
 * The newest snapshot that is there and whole, which is the one before when the current one is damaged: the log still goes on from there.
 * Undefined before the first one. A blob may go while one looks: the pointer leads further then.
 * @throws InvalidInputError for a pointer or snapshots of somebody else, and when the blobs have gone.
 */
export const newestSnapshot = async (
  actor: string,
  log: UpdateLog,
  like: RoundsState,
): Promise<RoundsState | undefined> => {
  for (let before: string | undefined; ; ) {
    const version = await currentVersion(actor, log);
    if (!version) return undefined;
    const bytes = await log.getBlob(version.hash);
    if (isWhole(bytes, version.hash)) return readSnapshot(actor, bytes, like);
    if (version.hash === before) {
      const older = version.previous && (await log.getBlob(version.previous.hash));
      if (version.previous && isWhole(older, version.previous.hash)) return readSnapshot(actor, older, like);
      throw notWhole(actor, bytes, version.hash);
    }
    before = version.hash;
  }
};
