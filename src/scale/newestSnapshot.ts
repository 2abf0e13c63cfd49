import { fault } from "../math/invalid.ts";
import { isWhole } from "./isWhole.ts";
import type { RoundsState } from "./roundsState.ts";
import { currentVersion, readSnapshot } from "./snapshots.ts";
import type { UpdateLog } from "./updateLog.ts";

/**
 * The newest snapshot that is there and whole, which is the one before when the current one is damaged: the log still goes on from there.
 * Undefined before the first one. A blob may go while one looks: the pointer leads further then.
 * @throws InvalidInputError for a pointer or snapshots of somebody else. @throws Error when the blobs have gone.
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
    if (isWhole(bytes, version.hash)) return readSnapshot(actor, bytes, version.hash, like);
    if (version.hash === before) {
      const older = version.previous && (await log.getBlob(version.previous.hash));
      if (version.previous && isWhole(older, version.previous.hash))
        return readSnapshot(actor, older, version.previous.hash, like);
      if (bytes) return readSnapshot(actor, bytes, version.hash, like); // says what is wrong with it
      throw fault(actor, `a blob ${version.hash}`, "none");
    }
    before = version.hash;
  }
};
