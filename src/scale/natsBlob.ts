import type { ObjectStore } from "@nats-io/obj";
import type { NatsEngine } from "./natsEngine.ts";

/**
 * The bytes of a blob; empty ones when chunks of it are gone or changed, for which a client would wait, or fail: who knows what it
 * should be sees that it is something else. A blob that is deleted while it is read is gone, or is read anew when it was put anew.
 */
export const natsBlob = async (
  { call }: Pick<NatsEngine, "call">,
  store: string,
  blob: string,
): Promise<Uint8Array | undefined> => {
  for (let before: string | undefined; ; ) {
    const info = await call(({ blobs }) => blobs.info(blob));
    if (!info || info.deleted) return undefined;
    const { nuid, chunks } = info;
    const filter = `$O.${store}.C.${nuid}`;
    const isThere = async (): Promise<boolean> => {
      const { state } = await call(({ manager }) =>
        manager.streams.info(`OBJ_${store}`, { subjects_filter: filter }),
      );
      return (state.subjects?.[filter] ?? 0) === chunks;
    };
    if (await isThere())
      try {
        const bytes = await call(({ blobs }) => download(blobs, blob, isThere));
        if (bytes !== "gone") return bytes;
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith("received a corrupt object"))) throw error;
      }
    if (nuid === before) return new Uint8Array(0);
    before = nuid; // somebody may have put it anew meanwhile
  }
};

/** Milliseconds after which one looks whether the chunks that one waits for are still there. */
const looks = 1000;

const download = async (
  blobs: ObjectStore,
  blob: string,
  isThere: () => Promise<boolean>,
): Promise<Uint8Array | undefined | "gone"> => {
  const found = await blobs.get(blob);
  if (!found) return undefined;
  found.error.catch(() => {}); // reading says the same
  const reader = found.data.getReader();
  const bytes = drain(reader);
  let timer: ReturnType<typeof setInterval> | undefined;
  const gone = new Promise<"gone">((resolve) => {
    const look = async (): Promise<void> => {
      if (!(await isThere().catch(() => false))) resolve("gone");
    };
    timer = setInterval(look, looks);
  });
  try {
    const got = await Promise.race([bytes, gone]);
    if (got === "gone") await reader.cancel();
    return got;
  } finally {
    clearInterval(timer);
  }
};

const drain = async (reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value);
  return new Uint8Array(Buffer.concat(parts));
};
