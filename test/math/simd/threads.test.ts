import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  type Batch,
  categoricalCrossentropy,
  chain,
  dense,
  type Model,
  model,
  random,
  sgd,
  trainer,
  zeros,
} from "rxgrad";
import { afterEach, expect, it, vi } from "vitest";
import { arena, type Block } from "../../../src/math/simd/arena.ts";
import { type FunctionSpec, i32, type Local } from "../../../src/math/simd/assembler.ts";
import { denseKernel } from "../../../src/math/simd/denseKernel.ts";
import {
  differs,
  floatOf,
  iadd,
  imul,
  int,
  loop,
  plainMadd,
  splat,
  store,
  when,
} from "../../../src/math/simd/instructions.ts";
import { codeOf, linker } from "../../../src/math/simd/linker.ts";
import { panelScratch } from "../../../src/math/simd/panelProduct.ts";
import { type Part, type Threads, threads } from "../../../src/math/simd/threads.ts";

const batchOf = (rows: number, inputs: number, outputs: number): Batch => {
  const dice = random(1);
  const x = zeros(rows, inputs, "float32");
  x.data.forEach((_, i) => {
    x.data[i] = dice.normal();
  });
  const y = zeros(rows, outputs);
  for (let i = 0; i < rows; i++) y.data[i * outputs + dice.below(outputs)] = 1;
  return { x, y };
};

const trainerOf = (m: Model) => trainer(m, { loss: categoricalCrossentropy(), optimizer: sgd(0.1) });

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await turn();
};

/** f(to, mine, …): writes its scratch memory's address into rows of four floats, slowly; `stuck` never ends where that is not `mine`. */
const functions = (): readonly FunctionSpec[] =>
  ["signs", "stuck", "traps"].map((name) => ({
    name,
    parameters: [i32, i32, i32, i32, i32, i32, i32, i32],
    body: (scope) => {
      const [to, mine, , , , , rows, scratch] = scope.parameters as readonly Local[] as readonly [
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
      ];
      const [i, k] = [scope.local(i32), scope.local(i32)];
      const elsewhere = differs(scratch.get, mine.get);
      return [
        name === "stuck" ? when(elsewhere, loop(i, int(0), int(-1), 0, [])) : [],
        name === "traps" ? when(elsewhere, [0x00]) : [],
        loop(k, int(0), int(2000), 1, [
          loop(
            i,
            int(0),
            imul(rows.get, int(16)),
            16,
            store(iadd(to.get, i.get), splat(floatOf(scratch.get))),
          ),
        ]),
      ];
    },
  }));

const opened: Threads[] = [];
/** Threads, and what they write when they share a function. */
const crew = (count: number, patience = 5000) => {
  const own = arena({ shared: true });
  const team = threads(own, { count, scratch: 1024, patience });
  opened.push(team);
  own.reserve(1024);
  const linked = linker(own)("threads.test", functions);
  const rows = 200;
  const written: Block = own.block(rows, 4);
  const parts = new Map<string, Part>();
  return {
    team,
    mine: () => own.scratch,
    share: (name: string): readonly number[] => {
      if (!parts.has(name))
        parts.set(
          name,
          team.part({ functions: linked, code: codeOf(linked), name, steps: [16, 0, 0, 0, 0, 0], rows }),
        );
      written.data.fill(0);
      team.share(parts.get(name)!, written.ptr, own.scratch, 0, 0, 0, 0, rows);
      return [...new Set(written.data)].sort();
    },
  };
};

afterEach(() => {
  vi.unstubAllGlobals();
  for (const team of opened.splice(0)) team.close();
});

it("threads() share the rows of a function, when they have started", async () => {
  const { team, mine, share } = crew(3);
  expect(share("signs")).toEqual([mine()]); // they have not, yet
  await until(() => team.helpers() === 2);
  await until(() => share("signs").length === 3);
  expect(share("signs")).not.toContain(0);
});

it("threads() leave the work to one when they are closed", async () => {
  const { team, mine, share } = crew(2);
  share("signs");
  await until(() => team.helpers() === 1);
  team.close();
  expect(team.helpers()).toBe(0);
  expect(share("signs")).toEqual([mine()]);
});

it("threads() leave the work of one that fails to this one, and go on alone", async () => {
  const { team, mine, share } = crew(2);
  share("signs");
  await until(() => team.helpers() === 1);
  await until(() => share("traps").length > 0 && team.helpers() === 0);
  expect(share("traps")).toEqual([mine()]);
});

it("threads() leave the work of one that does not come back to this one, and go on alone", async () => {
  const { team, mine, share } = crew(2, 100);
  share("signs");
  await until(() => team.helpers() === 1);
  await until(() => {
    expect(share("stuck")).toEqual([mine()]);
    return team.helpers() === 0;
  });
});

it("denseKernel() computes the same bits with any number of threads", async () => {
  const outcome = async (count: number) => {
    const own = arena({ shared: true });
    const team = threads(own, { count, scratch: panelScratch });
    opened.push(team);
    const make = (rows: number, cols: number): Block => {
      const dice = random(rows * cols);
      const block = own.block(rows, cols);
      for (let i = 0; i < rows * cols; i++) block.data[i] = dice.normal();
      return block;
    };
    const tools = {
      own,
      link: linker(own),
      madd: plainMadd,
      tile: { rows: 4, cols: 8 },
      dialect: "test",
      threads: team,
      gemm: undefined,
    };
    const [rows, inputs, outputs] = [133, 301, 203];
    const layer = denseKernel(tools)(
      { rows, inputs, outputs, bias: true, activation: "gelu()", wantsInputGrad: true },
      own.block,
    );
    const [x, W, b, y, dy] = [
      make(rows, inputs),
      make(inputs, outputs),
      make(1, outputs),
      make(rows, outputs),
      make(rows, outputs),
    ];
    const [dW, db, dx] = [make(inputs, outputs), make(1, outputs), make(rows, inputs)];
    await until(() => team.helpers() === count - 1);
    for (let i = 0; i < 20; i++) {
      layer.forward(x, W, b, y);
      layer.backward(x, y, dy, W, dW, db, dx, i > 15);
    }
    expect(team.helpers()).toBe(count - 1);
    return [y, dW, db, dx].map(({ data }) => [...data]);
  };
  const alone = await outcome(1);
  expect(await outcome(2)).toEqual(alone);
  expect(await outcome(4)).toEqual(alone);
});

const plan = chain(
  dense(300, 400, { activation: "gelu" }),
  dense(400, 130, { activation: "tanh" }),
  dense(130, 5, { activation: "softmax" }),
);

it("model({ threads }) learns bit for bit what one thread learns, and lets go of them", async () => {
  const batch = batchOf(133, 300, 5);
  const [alone, helped] = [model(plan, { seed: 1 }), model(plan, { seed: 1, threads: 2 })];
  const [first, second] = [trainerOf(alone), trainerOf(helped)];
  for (let i = 0; i < 30; i++) {
    expect(second.learn(batch).loss).toBe(first.learn(batch).loss);
    await turn();
  }
  expect([...helped.weights.values.data]).toEqual([...alone.weights.values.data]);
  helped.dispose();
});

it("model({ threads }) hands out numbers that are the receiver’s own, in memory that is not shared", () => {
  const helped = model(plan, { threads: 2 });
  const engine = trainerOf(helped);
  const batch = batchOf(40, 300, 5);
  engine.learn(batch);
  expect(helped.parameters[0]!.value.data.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(helped.predict(batch.x).data.buffer).toBeInstanceOf(ArrayBuffer);
  expect(engine.prediction().data.buffer).toBeInstanceOf(ArrayBuffer);
  expect(() => new TextDecoder().decode(helped.predict(batch.x).data)).not.toThrow();
  helped.dispose();
});

it("model({ threads }) computes alone where memory cannot be shared", () => {
  vi.stubGlobal("SharedArrayBuffer", undefined);
  const m = model(plan, { threads: 2 });
  trainerOf(m).learn(batchOf(133, 300, 5));
  expect(m.weights.kernels.name).toBe("simd");
  expect(m.parameters[0]!.value.data.buffer).toBeInstanceOf(ArrayBuffer);
  m.dispose();
});

it("model() refuses a number of threads that is none", () => {
  expect(() => model(plan, { threads: 0 })).toThrow(
    "model() expects a whole number of at least 1 as threads, got 0",
  );
});

it.each(["disposed", "left"])(
  "model({ threads }) lets a program end by itself when it is %s",
  async (way) => {
    const program = fileURLToPath(new URL("./fixtures/threads.js", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [program, way], { timeout: 30_000 });
    expect(stdout).toBe("learned\n");
  },
);
