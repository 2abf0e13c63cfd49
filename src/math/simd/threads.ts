// Long because both sides of one protocol stand here, the thread that asks and those that help.
import type { Arena } from "./arena.ts";
import type { Functions } from "./linker.ts";

/** A function whose work threads can share: f(six numbers, the rows of its result to work on, its scratch memory). */
export interface Part {
  readonly run: (
    a: number,
    b: number,
    c: number,
    d: number,
    e: number,
    f: number,
    rows: number,
    scratch: number,
  ) => void;
  /** By how much each of the six goes on from one row to the next. */
  readonly steps: readonly number[];
  /** How many rows a thread takes at a time. */
  readonly chunk: number;
  /** Its module, and which of the module's functions it is. */
  readonly code: Code;
  readonly index: number;
}

/** The bytes of a module, in the memory. */
interface Code {
  readonly id: number;
  readonly at: number;
  readonly length: number;
}

/** Threads that share work over one memory. */
export interface Threads {
  /** Prepares a function to be shared. */
  part(options: {
    functions: Functions;
    code: Uint8Array;
    name: string;
    steps: readonly number[];
    rows: number;
  }): Part;
  /** Runs a part over all rows, together with the threads that are there. */
  share(part: Part, a: number, b: number, c: number, d: number, e: number, f: number, rows: number): void;
  /** How many threads help now; none before they have started, after one has died, and after `close`. */
  helpers(): number;
  close(): void;
}

/** A worker of Node or of a browser. */
interface Worker {
  terminate(): unknown;
  unref?(): void;
  on?(event: string, listener: () => void): void;
  addEventListener?(event: string, listener: () => void): void;
}

// Where the words of the protocol are. A ticket is a number of the job, and in its low byte how many chunks are not taken yet.
const [ticket, pending, ready, broken, job, done, words] = [0, 16, 32, 48, 64, 128, 384];
const chunksAtMost = 255;
/** How long one sleeps at a time, in ms. */
const nap = 20;
const spins = 20_000;

/** What runs in a worker: it waits for tickets, takes chunks, and compiles what it has not seen yet. */
const source = `
const help = ({ memory, at, scratch }) => {
  const control = new Int32Array(memory.buffer, at, ${words});
  const modules = new Map();
  const functionsOf = (id, from, length) => {
    const known = modules.get(id);
    if (known) return known;
    const bytes = new Uint8Array(memory.buffer, from, length).slice();
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    const functions = Object.values(exports);
    modules.set(id, functions);
    return functions;
  };
  const work = (chunk) => {
    const [id, from, length, index, rows, size, a, b, c, d, e, f, ...s] = control.subarray(${job}, ${job + 18});
    const i = chunk * size;
    const run = functionsOf(id, from, length)[index];
    run(a + i * s[0], b + i * s[1], c + i * s[2], d + i * s[3], e + i * s[4], f + i * s[5], Math.min(size, rows - i), scratch);
  };
  Atomics.add(control, ${ready}, 1);
  for (let idle = 0; !Atomics.load(control, ${broken}); ) {
    const seen = Atomics.load(control, ${ticket});
    if ((seen & ${chunksAtMost}) === 0) {
      if (++idle > ${spins}) Atomics.wait(control, ${ticket}, seen);
      continue;
    }
    idle = 0;
    if (Atomics.compareExchange(control, ${ticket}, seen, seen - 1) !== seen) continue;
    const chunk = (seen & ${chunksAtMost}) - 1;
    let outcome = 1;
    try {
      work(chunk);
    } catch {
      outcome = 2;
      Atomics.store(control, ${broken}, 1);
    }
    Atomics.store(control, ${done} + chunk, outcome);
    if (Atomics.sub(control, ${pending}, 1) === 1) Atomics.notify(control, ${pending});
  }
};
const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
if (node) help(node.workerData);
else onmessage = ({ data }) => help(data);
`;

const start = (data: object): Worker => {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  const node = process?.getBuiltinModule?.("node:worker_threads") as
    | { Worker: new (source: string, options: object) => Worker }
    | undefined;
  if (node) return new node.Worker(source, { eval: true, workerData: data, execArgv: [] });
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new globalThis.Worker(url);
  worker.postMessage(data);
  return {
    addEventListener: (event, listener) => worker.addEventListener(event, listener),
    terminate: () => {
      worker.terminate();
      URL.revokeObjectURL(url); // not before, as not every browser has read it by now
    },
  };
};

/** Whether this thread may sleep; the main thread of a browser may not. */
const maySleep = (control: Int32Array): boolean => {
  try {
    Atomics.wait(control, ticket, -1, 0);
    return true;
  } catch {
    return false;
  }
};

/** Ends the workers of memories that nobody has any more. */
const forgotten = new FinalizationRegistry((close: () => void) => close());

/**
 * `count` threads, this one among them, over the memory of an arena. Workers start when the first part is prepared, and keep no
 * process alive. One that fails or dies leaves its work to this thread, which then works alone: after `patience` ms without progress.
 */
export const threads = (
  own: Arena,
  { count, scratch, patience = 5000 }: { count: number; scratch: number; patience?: number },
): Threads => {
  const home = own.block(1, words);
  const control = new Int32Array(own.buffer, home.ptr, words);
  const sleeps = maySleep(control);
  const codes = new Map<Uint8Array, Code>();
  const crew: Worker[] = [];
  let started = false;
  let number = 0;

  const close = closing(control, crew);
  const open = (): void => {
    started = true;
    try {
      for (let i = 1; i < count; i++) {
        const worker = start({ memory: own.memory, at: home.ptr, scratch: own.block(1, scratch / 4).ptr });
        crew.push(worker);
        worker.unref?.();
        for (const event of ["error", "exit"])
          (worker.on ?? worker.addEventListener)!.call(worker, event, close);
      }
    } catch {
      close(); // workers are forbidden here
    }
  };
  const at = (i: number, k: number): number => control[job + 6 + k]! + i * control[job + 12 + k]!;
  const work = ({ run, chunk }: Part, which: number): void => {
    const i = which * chunk;
    const rows = Math.min(chunk, control[job + 4]! - i);
    run(at(i, 0), at(i, 1), at(i, 2), at(i, 3), at(i, 4), at(i, 5), rows, own.scratch);
  };
  /** Waits for those who have taken chunks; false if one does not come back. */
  const settled = (): boolean => {
    let left = patience / nap;
    for (let idle = 0; ; idle++) {
      const count = Atomics.load(control, pending);
      if (count === 0) return true;
      if (!sleeps ? idle > patience * 100_000 : left <= 0) return false;
      if (sleeps && idle > spins && Atomics.wait(control, pending, count, nap) === "timed-out") left--;
    }
  };
  const helpers = (): number => (Atomics.load(control, broken) ? 0 : Atomics.load(control, ready));

  forgotten.register(own, close);
  return {
    part: ({ functions, code, name, steps, rows }) => {
      if (!started) open();
      let known = codes.get(code);
      if (!known) {
        const { length } = code;
        known = { id: codes.size, at: own.block(1, Math.ceil(length / 4)).ptr, length };
        new Uint8Array(own.buffer, known.at, length).set(code);
        codes.set(code, known);
      }
      // whole tiles of 4 and 6, and whole vectors at the seams; so many rows that copying the other factor for each is little
      const fair = (parts: number): number => 12 * Math.ceil(rows / (12 * parts * count));
      const chunk = Math.min(fair(1), Math.max(36, fair(4)));
      return {
        run: functions[name] as Part["run"],
        steps,
        chunk: Math.max(chunk, Math.ceil(rows / chunksAtMost)),
        code: known,
        index: Object.keys(functions).indexOf(name),
      };
    },
    share: (part, a, b, c, d, e, f, rows) => {
      const chunks = Math.ceil(rows / part.chunk);
      if (chunks < 2 || helpers() === 0) {
        part.run(a, b, c, d, e, f, rows, own.scratch);
        return;
      }
      const { code, index, steps, chunk } = part;
      control[job] = code.id;
      control[job + 1] = code.at;
      control[job + 2] = code.length;
      control[job + 3] = index;
      control[job + 4] = rows;
      control[job + 5] = chunk;
      control[job + 6] = a;
      control[job + 7] = b;
      control[job + 8] = c;
      control[job + 9] = d;
      control[job + 10] = e;
      control[job + 11] = f;
      control.set(steps, job + 12);
      control.fill(0, done, done + chunks);
      Atomics.store(control, pending, chunks);
      number = (number + 1) & 0x3fffff;
      Atomics.store(control, ticket, (number << 8) | chunks); // from here on, chunks may be taken
      Atomics.notify(control, ticket);
      for (;;) {
        const seen = Atomics.load(control, ticket);
        if ((seen & chunksAtMost) === 0) break;
        if (Atomics.compareExchange(control, ticket, seen, seen - 1) !== seen) continue;
        const taken = (seen & chunksAtMost) - 1;
        work(part, taken);
        Atomics.store(control, done + taken, 1);
        Atomics.sub(control, pending, 1);
      }
      if (settled() && !Atomics.load(control, broken)) return;
      close(); // in a browser, workers that have failed do not end by themselves
      for (let i = 0; i < chunks; i++) if (control[done + i] !== 1) work(part, i);
    },
    helpers,
    close,
  };
};

/** Apart from the rest, so that it holds on to nothing but this. */
const closing = (control: Int32Array, crew: Worker[]) => (): void => {
  Atomics.store(control, broken, 1);
  Atomics.notify(control, ticket);
  for (const worker of crew.splice(0)) worker.terminate();
};
