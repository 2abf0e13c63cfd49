import { fault, invalid, knownOptions, whole } from "../math/invalid.ts";
import { checkName } from "./checkName.ts";
import { sequenceConflict } from "./sequenceConflict.ts";
import type { LogEntry, Pointer, UpdateLog } from "./updateLog.ts";

export interface MemoryLogOptions {
  /** The most bytes of one body: a mebibyte, unless told otherwise. */
  readonly maxBody?: number;
}

/** A log in the memory of this process, with as many clients as one likes. */
export interface MemoryLog extends UpdateLog {
  /** Another client of the same log; closing one leaves the others open. */
  client(): UpdateLog;
}

const actor = "memoryLog()";

/**
 * An update log in the memory of one process, for tests, examples and several learners in one process: it keeps all that the port
 * promises, and is gone when the process is.
 * @throws InvalidInputError on options that are none.
 */
export const memoryLog = (options: MemoryLogOptions = {}): MemoryLog => {
  knownOptions(actor, options, ["maxBody"]);
  const maxBody = whole(actor, "maxBody", options.maxBody ?? 2 ** 20);
  const entries: LogEntry[] = []; // those from `first` on
  let first = 1;
  const lasts = new Map<string, number>();
  const answers = new Map<string, number>();
  const blobs = new Map<string, Uint8Array>();
  const pointers = new Map<string, Pointer>();
  let revisions = 0;
  const asleep = new Set<() => void>();
  const wake = (): void => {
    for (const go of [...asleep]) go();
  };

  const client = (): UpdateLog => {
    const closing = new AbortController();
    const checked = async (what: string, name: string): Promise<void> => {
      if (closing.signal.aborted) throw fault(actor, "to be open", "a call after it was closed");
      checkName(actor, what, name);
    };
    /** Waits for the next change of anything, or for the signal. */
    const change = (over: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const go = (): void => {
          asleep.delete(go);
          over.removeEventListener("abort", go);
          resolve();
        };
        asleep.add(go);
        over.addEventListener("abort", go);
        if (over.aborted) go();
      });

    return {
      maxBody,
      append: async (writer, body, { expected, id }) => {
        await checked("a writer", writer);
        whole(actor, "expected", expected, 0);
        if (body.length > maxBody) throw invalid(actor, `at most ${maxBody} bytes`, String(body.length));
        const key = `${writer} ${id}`;
        const answered = answers.get(key);
        if (answered !== undefined) return answered;
        const last = lasts.get(writer) ?? 0;
        if (last !== expected) throw sequenceConflict(actor, expected, String(last));
        const sequence = first + entries.length;
        entries.push({ sequence, writer, body: new Uint8Array(body) });
        lasts.set(writer, sequence);
        answers.set(key, sequence);
        wake();
        return sequence;
      },
      lastOf: async (writer) => {
        await checked("a writer", writer);
        return lasts.get(writer) ?? 0;
      },
      read: async function* (from, signal): AsyncGenerator<LogEntry, void, undefined> {
        const over = AbortSignal.any([signal, closing.signal]);
        for (let next = whole(actor, "from", from); !over.aborted; ) {
          next = Math.max(next, first);
          const entry = entries[next - first];
          if (!entry) await change(over);
          else {
            next++;
            yield { ...entry, body: new Uint8Array(entry.body) };
          }
        }
      },
      purge: async (below) => {
        await checked("a log", "log");
        whole(actor, "below", below);
        const gone = Math.min(below - first, entries.length);
        if (gone <= 0) return;
        entries.splice(0, gone);
        first += gone;
        for (const [key, sequence] of answers) if (sequence < first) answers.delete(key);
      },
      putBlob: async (name, bytes) => {
        await checked("a blob", name);
        blobs.set(name, new Uint8Array(bytes));
      },
      getBlob: async (name) => {
        await checked("a blob", name);
        const bytes = blobs.get(name);
        return bytes && new Uint8Array(bytes);
      },
      deleteBlob: async (name) => {
        await checked("a blob", name);
        blobs.delete(name);
      },
      getPointer: async (name) => {
        await checked("a pointer", name);
        return pointers.get(name);
      },
      setPointer: async (name, value, revision) => {
        await checked("a pointer", name);
        whole(actor, "revision", revision, 0);
        const present = pointers.get(name)?.revision ?? 0;
        if (present !== revision) throw sequenceConflict(actor, revision, String(present));
        pointers.set(name, { value, revision: ++revisions });
        wake();
        return revisions;
      },
      watchPointer: async function* (name, signal): AsyncGenerator<Pointer, void, undefined> {
        checkName(actor, "a pointer", name);
        const over = AbortSignal.any([signal, closing.signal]);
        for (let told = 0; !over.aborted; ) {
          const pointer = pointers.get(name);
          if (!pointer || pointer.revision === told) await change(over);
          else {
            told = pointer.revision;
            yield pointer;
          }
        }
      },
      close: async () => closing.abort(),
    };
  };
  return { ...client(), client };
};
