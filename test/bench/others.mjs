import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { imports } from "./contenders/contenders.mjs";
import { briefly, median } from "./measure.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));

/** What importing costs in a process that has imported nothing yet; rxgrad is counted beyond rxjs, which it needs anyway. */
export const measureImports = (rounds, say) => {
  const results = imports.map(({ name, specifier, after }) => ({ name, specifier, after, times: [] }));
  for (let round = 0; round < rounds; round++)
    for (const result of results) {
      if (result.failed) continue;
      say(`import: round ${round + 1} of ${rounds}, ${result.name}`);
      const program = `${result.after ? `await import("${result.after}");` : ""}
        const busy = process.cpuUsage();
        const start = performance.now();
        await import("${result.specifier}");
        const clock = 1000 * (performance.now() - start);
        const { user, system } = process.cpuUsage(busy);
        process.stderr.write("\\n" + JSON.stringify({ clock, cpu: user + system }));`;
      const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
        cwd: here,
        encoding: "utf8",
      });
      if (status === 0) result.times.push(JSON.parse(stderr.trim().split("\n").at(-1)));
      else result.failed = /^\w*Error.*/m.exec(stderr)?.[0] ?? "does not load";
    }
  return results.map(({ name, failed, times }) =>
    failed
      ? { name, failed: briefly(failed) }
      : {
          name,
          microseconds: median(times.map(({ clock }) => clock)),
          cpuMicroseconds: median(times.map(({ cpu }) => cpu)),
          rounds: times.map(({ clock }) => clock),
        },
  );
};

/** The example that `npm start` runs, on 100,000 flights. */
export const measureStart = (rounds, say) => {
  const name = "rxgrad flights";
  const program = `${root}out/examples/flights/main.js`;
  if (!existsSync(`${root}examples/flights/main.ts`))
    return [{ name, failed: "the example is not there yet" }];
  spawnSync("npm", ["run", "--silent", "examples"], { cwd: root, shell: process.platform === "win32" });
  const times = [];
  for (let round = 0; round < rounds; round++) {
    say(`npm start: round ${round + 1} of ${rounds}`);
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [program, "--limit", "100000"], {
      cwd: root,
      encoding: "utf8",
    });
    if (status !== 0) return [{ name, failed: /^\w*Error.*/m.exec(stderr)?.[0] ?? `ended with ${status}` }];
    times.push(((performance.now() - start) * 1000) / 100_000);
  }
  return [{ name, microseconds: median(times), rounds: times, note: "the whole process, from start to end" }];
};
