import type { NatsEngine } from "./natsEngine.ts";

/**
 * The bytes of a blob; empty ones when chunks of it are gone or changed, for which a client would wait, or fail: who knows what it
 * should be sees that it is something else.
 */
export const natsBlob = async (
  { call }: NatsEngine,
  store: string,
  blob: string,
): Promise<Uint8Array | undefined> => {
  for (let before: string | undefined; ; ) {
    const info = await call(({ blobs }) => blobs.info(blob));
    if (!info || info.deleted) return undefined;
    const { nuid, chunks } = info;
    const filter = `$O.${store}.C.${nuid}`;
    const { state } = await call(({ manager }) =>
      manager.streams.info(`OBJ_${store}`, { subjects_filter: filter }),
    );
    if ((state.subjects?.[filter] ?? 0) === chunks)
      try {
        const bytes = await call(({ blobs }) => blobs.getBlob(blob));
        return bytes ? new Uint8Array(bytes) : undefined;
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith("received a corrupt object"))) throw error;
      }
    if (nuid === before) return new Uint8Array(0);
    before = nuid; // somebody may have put it anew meanwhile
  }
};
