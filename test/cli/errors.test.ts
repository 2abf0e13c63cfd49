import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cliFolder } from "../support/cli.ts";
import { csvOf, penguins } from "./penguins.ts";

const cli = cliFolder();
const ages = (odd: string, count = 40): string =>
  [
    "age,city,y",
    ...Array.from({ length: count }, (_, i) => `${i === 15 ? odd : i},${i % 2 ? "Oslo" : "Rome"},${i / 2}`),
    "",
  ].join("\n");

beforeAll(async () => {
  const files: Readonly<Record<string, string | Buffer>> = {
    "penguins.csv": csvOf(penguins),
    "fine.csv": ages("15"),
    "old.csv": ages("old"),
    "old.ndjson": Array.from({ length: 40 }, (_, i) =>
      JSON.stringify({ age: i === 15 ? "old" : i, y: i / 2 }),
    ).join("\n"),
    "short.csv": "a,b,y\n1,2,3\n1,2\n",
    "quote.csv": 'a,y\n1,2\n"1,2\n',
    "broken.ndjson": '{"a":1,"y":2}\n{"a":\n',
    "list.ndjson": '{"a":1,"y":2}\n[1]\n',
    "twice.csv": "a,a,y\n1,2,3\n",
    "empty.csv": "",
    "head.csv": "a,b,y\n",
    "alone.csv": "y\n1\n2\n",
    "other.csv": "a,b\n1,2\n",
    "back.csv": "when,x,y\n2001-01-02,1,1\n2001-01-03,2,2\n2001-01-01,3,3\n",
    "binary.bin": Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]),
    "latin1.csv": Buffer.from("stra\xdfe,y\n1,2\n", "latin1"),
    "packed.csv.gz": Buffer.from([0x1f, 0x8b, 8, 0]),
    "cut.parquet": Buffer.from("PAR1 and no more"),
    "nothing.safetensors": "",
    "text.safetensors": "this is no file of tensors, whatever its name says",
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(cli.path(name), content);
  mkdirSync(cli.path("folder"));
  symlinkSync("fine.csv", cli.path("linked.csv"));
  await cli.run(["train", "fine.csv", "--target", "y"]);
  const whole = readFileSync(cli.path("model.safetensors"));
  writeFileSync(cli.path("cut.safetensors"), whole.subarray(0, whole.length - 100));
  const flipped = Buffer.from(whole);
  flipped[whole.length - 40]! ^= 1;
  writeFileSync(cli.path("flipped.safetensors"), flipped);
});
afterAll(() => cli.remove());

const failed: Readonly<Record<string, string>> = {
  "train no.csv --target y": "no.csv: there is no such file",
  "train folder --target y": "folder: a folder, where a file is expected",
  "train empty.csv --target y": "empty.csv is empty; it should hold a table",
  "train head.csv --target y": "head.csv has names of columns, and no rows",
  "train alone.csv --target y": 'alone.csv has no column to learn from besides "y"',
  "train twice.csv --target y": 'twice.csv:1: two columns are named "a"',
  "train binary.bin --target y":
    "binary.bin is no table: it holds bytes that are no text, and is no parquet or arrow file",
  "train latin1.csv --target y":
    "latin1.csv is not in UTF-8; convert it, such as by iconv -f latin1 -t utf-8",
  "train packed.csv.gz --target y":
    "packed.csv.gz is compressed; unpack it: gunzip -c packed.csv.gz | rxgrad … -",
  "train fine.csv --target z": 'fine.csv has no column "z", given as --target; it has age, city, y',
  "train fine.csv --target y --ignore b":
    'fine.csv has no column "b", given as --ignore; it has age, city, y',
  "train fine.csv --target y --time city": 'column "city", given as --time, holds neither dates nor numbers',
  "train fine.csv --target city --task regression":
    'column "city" holds no numbers, which --task regression needs',
  "train penguins.csv --target Species --classes 2":
    'penguins.csv:5: column "Species" expects one of 2 labels, got "Chinstrap"; --classes makes room for more',
  "train old.csv --target y": 'old.csv:17: column "age" expects a number, got "old"',
  "train old.ndjson --target y": 'old.ndjson:16: column "age" expects a number, got "old"',
  "evaluate model.safetensors old.csv": 'old.csv:17: column "age" expects a number, got "old"',
  "train short.csv --target y": 'short.csv:3: expects 3 fields, got 2; none for column 3, "y"',
  "train quote.csv --target y": 'quote.csv:3: column 1, "a": the quote that opens here is never closed',
  "train broken.ndjson --target y": 'broken.ndjson:2: expects JSON, got "{\\"a\\":"',
  "train list.ndjson --target y": 'list.ndjson:2: expects an object, got "[1]"',
  "train back.csv --target y --time when":
    'back.csv:4: column "when" goes back in time, from 2001-01-03T00:00:00.000Z to 2001-01-01T00:00:00.000Z; sort the rows first',
  "train fine.csv --target y --model no/where.safetensors":
    "no/where.safetensors could not be written: its folder does not exist",
  "predict model.safetensors other.csv":
    'other.csv has no columns "age", "city", which the model needs; it has a, b',
  "evaluate model.safetensors other.csv":
    'other.csv has no columns "age", "city", "y", which the model needs; it has a, b',
  "predict model.safetensors fine.csv --keep z": 'fine.csv has no column "z", given as --keep',
  "predict no.safetensors fine.csv": "no.safetensors: there is no such file",
  "inspect no.safetensors": "no.safetensors: there is no such file",
  "inspect folder": "folder: a folder, where a file is expected",
  "train old.csv --target y --model folder": "folder could not be written: it is a folder",
  "train old.csv --target y --model no/where.safetensors":
    "no/where.safetensors could not be written: its folder does not exist",
  "predict model.safetensors fine.csv --out no/where.csv":
    "no/where.csv could not be written: its folder does not exist",
};

test.each(Object.entries(failed))("rxgrad %s: one line, and code 1", async (line, message) => {
  expect(await cli.run(line.split(" "))).toEqual({ code: 1, stdout: "", stderr: `rxgrad: ${message}\n` });
});

const misused: Readonly<Record<string, string>> = {
  "train fine.csv": "required option '--target <column>' not specified; see rxgrad train --help",
  "train --target y": "missing required argument 'data'; see rxgrad train --help",
  "train fine.csv --target y --epoch 2":
    "unknown option '--epoch' (Did you mean --epochs?); see rxgrad train --help",
  "train fine.csv --target y --epochs two":
    "option '--epochs <n>' argument 'two' is invalid. a whole number of at least 1 is expected; see rxgrad train --help",
  "train fine.csv --target y --delimiter ::": '--delimiter expects one character, or tab, got "::"',
  "train - --target y --epochs 2":
    "--epochs reads the data again, which standard input cannot be; give a file",
  "train - --target y --validation 0.1":
    "--validation reads the data again, which standard input cannot be; give a file",
  "serve model.safetensors --port 70000":
    "option '--port <n>' argument '70000' is invalid. a whole number of at least 0 and at most 65535 is expected; see rxgrad serve --help",
  "train fine.csv --target y --model ./fine.csv":
    "--model ./fine.csv would write over fine.csv, which is read; give another file",
  "predict model.safetensors fine.csv --out folder/../fine.csv":
    "--out folder/../fine.csv would write over fine.csv, which is read; give another file",
  "predict model.safetensors linked.csv --out fine.csv":
    "--out fine.csv would write over linked.csv, which is read; give another file",
  "predict model.safetensors fine.csv --out model.safetensors":
    "--out model.safetensors would write over model.safetensors, which is read; give another file",
  tran: "unknown command 'tran' (Did you mean train?); see rxgrad --help",
};

test.each(Object.entries(misused))("rxgrad %s: one line, and code 2", async (line, message) => {
  const input = "a,y\n1,2\n";
  expect(await cli.run(line.split(" "), input)).toEqual({
    code: 2,
    stdout: "",
    stderr: `rxgrad: ${message}\n`,
  });
});

test("rxgrad predict names the line that it has come to", async () => {
  const { code, stdout, stderr } = await cli.run(["predict", "model.safetensors", "old.csv"]);
  expect(code).toBe(1);
  expect(stderr).toBe('rxgrad: old.csv:17: column "age" expects a number, got "old"\n');
  expect(stdout.trimEnd().split("\n").length).toBe(1 + 15);
});

test.each(["cut", "flipped", "text", "nothing"])("rxgrad refuses the %s model in one line", async (name) => {
  for (const command of [
    ["predict", `${name}.safetensors`, "fine.csv"],
    ["inspect", `${name}.safetensors`],
  ]) {
    const { code, stdout, stderr } = await cli.run(command);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(new RegExp(`^rxgrad: ${name}\\.safetensors is damaged, or no [^\\n]+\\n$`));
  }
});

test("rxgrad refuses a damaged parquet file in one line", async () => {
  const { code, stderr } = await cli.run(["train", "cut.parquet", "--target", "y"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^rxgrad: cut\.parquet is a damaged parquet file: [^\n]+\n$/);
});

test("rxgrad predict tells once which columns the first row lacks", async () => {
  const rows = '{"age":1}\n{"age":2}\n';
  const { code, stdout, stderr } = await cli.run(["predict", "model.safetensors", "-"], rows);
  expect([code, stdout.trimEnd().split("\n").length]).toEqual([0, 3]);
  expect(stderr).toBe(
    'rxgrad: the first row of standard input has no column "city"; what rows leave out is taken as missing\n',
  );
  const scored = await cli.run(["evaluate", "model.safetensors", "-"], '{"age":1,"y":1}\n{"age":2,"y":2}\n');
  expect([scored.code, scored.stderr]).toEqual([0, stderr]);
});

test("rxgrad predict refuses rows that have none of the columns", async () => {
  const none = await cli.run(["predict", "model.safetensors", "-"], '{"a":1}\n');
  expect(none).toEqual({
    code: 1,
    stdout: "",
    stderr: 'rxgrad: standard input has no columns "age", "city", which the model needs; it has a\n',
  });
  const later = await cli.run(["predict", "model.safetensors", "-"], '{"age":1,"city":"Oslo"}\n{"a":1}\n');
  expect([later.code, later.stderr]).toEqual([
    1,
    'rxgrad: standard input:2: expects values of age, city, got none of them but "a"\n',
  ]);
});

test("rxgrad train says which columns seem to have decimal commas, and reads them when it is told to", async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i},5\t${i % 2 ? "a,b" : "c"}\t${i},25\n`);
  writeFileSync(cli.path("comma.tsv"), `x\tword\ty\n${rows.join("")}`);
  const line = ["train", "comma.tsv", "--target", "y", "--model", "comma.safetensors", "--quiet"];
  const { code, stderr } = await cli.run(line);
  expect([code, stderr]).toEqual([
    0,
    'rxgrad: took for words, not numbers, what stands in "y", "x"; --decimal-comma reads 1,5\n',
  ]);
  expect(await cli.run([...line, "--decimal-comma"])).toEqual({ code: 0, stdout: "", stderr: "" });
  const scored = await cli.run(["evaluate", "comma.safetensors", "comma.tsv", "--decimal-comma"]);
  expect(scored).toMatchObject({ code: 0, stderr: "" });
  expect(scored.stdout).toContain("mean absolute error");
});

test("rxgrad predict answers the rows that stand before one that cannot be parsed", async () => {
  writeFileSync(cli.path("torn.csv"), 'age,city,y\n1,Oslo,1\n2,Rome,2\n3,"Ro"me,3\n');
  const { code, stdout, stderr } = await cli.run(["predict", "model.safetensors", "torn.csv"]);
  expect([code, stdout.trimEnd().split("\n").length]).toEqual([1, 3]);
  expect(stderr).toMatch(/^rxgrad: torn\.csv:4: column 2, "city": text stands behind a closing quote;/);
});

test("rxgrad predict keeps a column named as a method, where rows have one", async () => {
  const rows = '{"age":1,"city":"Oslo","constructor":"own"}\n{"age":1,"city":"Oslo"}\n';
  for (const format of ["csv", "ndjson"]) {
    const { stdout } = await cli.run(
      ["predict", "model.safetensors", "-", "--keep", "constructor", "--format", format],
      rows,
    );
    expect(stdout).toContain("own");
    expect(stdout).not.toContain("native code");
    expect(stdout).not.toContain("{}");
  }
});

test.each(["[%]", "%", "\r\n%\r\n"])(
  "rxgrad reads JSON behind the mark of its byte order, as %j",
  async (form) => {
    const row = '{"age":1,"city":"Oslo"}';
    const { code, stdout } = await cli.run(
      ["predict", "model.safetensors", "-"],
      `\ufeff${form.replace("%", row)}`,
    );
    expect([code, stdout.trimEnd().split("\n").length]).toEqual([0, 2]);
  },
);

test("rxgrad leaves out what cannot be read, when it is told to, and says so", async () => {
  const { code, stderr } = await cli.run(["train", "old.csv", "--target", "y", "--skip-invalid"]);
  expect(code).toBe(0);
  expect(stderr).toBe(
    'rxgrad: left out 1 rows that cannot be read, of which the first is old.csv:17: column "age" expects a number, got "old"\n',
  );
});

test("rxgrad takes a column for what it is told it is", async () => {
  const told = ["train", "old.csv", "--target", "y", "--types", "age=category", "--json"];
  const { code, stdout } = await cli.run(told);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).recipe.columns[0]).toEqual({ name: "age", kind: "category", size: 50 });
});

test("rxgrad shows where an error comes from with --verbose alone", async () => {
  const { stderr } = await cli.run(["inspect", "text.safetensors", "--verbose"]);
  expect(stderr).toMatch(/^rxgrad: text[^\n]+\n.*\n +at .*caused by .*\n +at /s);
});

test("rxgrad tells its help and its version", async () => {
  const { code, stdout } = await cli.run(["--help"]);
  expect(code).toBe(0);
  for (const name of ["train", "evaluate", "predict", "inspect", "serve"]) {
    expect(stdout).toContain(`  ${name} `);
    const help = await cli.run([name, "--help"]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain(`Usage: rxgrad ${name} [options]`);
  }
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect((await cli.run(["--version"])).stdout).toBe(`${version}\n`);
  expect((await cli.run([])).code).toBe(2);
});
