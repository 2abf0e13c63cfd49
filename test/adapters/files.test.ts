import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { Float64, RecordBatchStreamWriter, Table, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";
import { fromArrow, fromCsv, fromNdjson, fromParquet, toCsv, toNdjson } from "rxgrad/files";
import { deliveries } from "rxgrad/sources";
import { from, lastValueFrom, map, type Observable, range, take, tap, toArray } from "rxjs";
import { afterAll, describe, expect, expectTypeOf, it } from "vitest";

const root = mkdtempSync(join(tmpdir(), "rxgrad-files-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const file = (name: string, bytes: string | Uint8Array): string => {
  const path = join(root, name);
  writeFileSync(path, bytes);
  return path;
};
const turn = () => new Promise(setImmediate);
const all = <T>(source$: Observable<T>): Promise<T[]> => lastValueFrom(source$.pipe(toArray()));
const values = <T>(source$: Observable<{ value: T }>): Promise<T[]> =>
  all(source$.pipe(map(({ value }) => value)));

const rows = Array.from({ length: 10 }, (_, i) => ({ i, name: `row ${i}` }));
const csv = file("rows.csv", `i,name\n${rows.map(({ i, name }) => `${i},"${name}"`).join("\n")}\n`);
const ndjson = file("rows.ndjson", rows.map((row) => JSON.stringify(row)).join("\n"));
const parquet = file(
  "rows.parquet",
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "i", data: rows.map(({ i }) => i), type: "INT32" },
        { name: "name", data: rows.map(({ name }) => name), type: "STRING" },
      ],
      rowGroupSize: 4,
    }),
  ),
);
const tableOf = (some: typeof rows) =>
  new Table({
    i: vectorFromArray(
      some.map(({ i }) => i),
      new Float64(),
    ),
    name: vectorFromArray(
      some.map(({ name }) => name),
      new Utf8(),
    ),
  });
const batched = (): Uint8Array => {
  const writer = new RecordBatchStreamWriter();
  for (const some of [rows.slice(0, 4), rows.slice(4)])
    for (const batch of tableOf(some).batches) writer.write(batch);
  return writer.finish().toUint8Array(true);
};
const arrowFile = file("rows.arrow", tableToIPC(tableOf(rows), "file"));
const arrowStream = file("rows.arrows", batched());

const readers: [
  string,
  string,
  (path: string, after?: number) => Observable<{ value: unknown; position: number }>,
][] = [
  ["fromCsv", csv, (path, after) => fromCsv(path, { types: { i: "number" }, after })],
  ["fromNdjson", ndjson, (path, after) => fromNdjson(path, { after })],
  ["fromParquet", parquet, (path, after) => fromParquet(path, { after })],
  ["fromArrow (file)", arrowFile, (path, after) => fromArrow(path, { after })],
  ["fromArrow (stream)", arrowStream, (path, after) => fromArrow(path, { after })],
];

describe.each(readers)("%s() reads a file", (_, path, read) => {
  it("row by row", async () => {
    expect(await values(read(path))).toEqual(rows);
  });

  it("from each of its positions on", async () => {
    const deliveries = await all(read(path));
    for (const [i, { position }] of deliveries.entries())
      expect(await values(read(path, position))).toEqual(rows.slice(i + 1));
  });

  it("and says which one is not there", async () => {
    await expect(all(read(join(root, "none")))).rejects.toThrow("none");
  });

  it("once for each subscription, and lets go of it early", async () => {
    const source$ = read(path);
    expect(await values(source$.pipe(take(2)))).toEqual(rows.slice(0, 2));
    expect(await values(source$)).toEqual(rows);
  });
});

it.each([
  [
    "fromParquet",
    () => fromParquet(file("cut.parquet", readFileSync(parquet).subarray(0, 200))),
    /cut\.parquet.*Parquet/,
  ],
  ["fromParquet", () => fromParquet(file("no.parquet", "hello world, this is none")), /no\.parquet.*Parquet/],
  [
    "fromArrow",
    () => fromArrow(file("cut.arrow", readFileSync(arrowFile).subarray(0, 500))),
    /cut\.arrow.*Arrow/,
  ],
  [
    "fromArrow",
    () => fromArrow(file("cut.arrows", readFileSync(arrowStream).subarray(0, 300))),
    /cut\.arrows.*Arrow/,
  ],
  [
    "fromArrow",
    () => fromArrow(file("between.arrows", readFileSync(arrowStream).subarray(0, -8))),
    /between\.arrows.*the end marker of an Arrow stream, or "any" as end, got none after row 10/,
  ],
  [
    "fromArrow",
    () => fromArrow(file("no.arrow", "hello world, this is none")),
    /begins as Arrow IPC does, got "hello wo"/,
  ],
  [
    "fromNdjson",
    () => fromNdjson(file("cut.ndjson", '{"a":1}\n{"a":')),
    /cut\.ndjson.*JSON in the line that ends at byte 13, got "\{/,
  ],
  [
    "fromNdjson",
    () => fromNdjson(file("long.ndjson", "1".repeat(100)), { maxLine: 50 }),
    /at most 50 bytes, got a longer one/,
  ],
  ["fromCsv", () => fromCsv(file("cut.csv", 'a\n"open')), /cut\.csv.*rows of CSV.*Quote/],
  ["fromCsv", () => fromCsv(file("long.csv", `a\n${"1".repeat(100)}`), { maxRow: 50 }), /long\.csv.*50/],
  ["fromCsv", () => fromCsv(file("short.csv", "a,b\n1,2\n3\n")), /2 fields in line 3, got 1/],
  [
    "fromCsv",
    () => fromCsv(file("age.csv", "age\n1\nx\n"), { types: { age: "number" } }),
    /a number in column "age" of line 3, got "x"/,
  ],
  ["fromCsv", () => fromCsv(file("twice.csv", "a,a\n")), /different names, got "a" twice/],
  ["fromCsv", () => fromCsv(csv, { types: { age: "number" } }), /a column named "age", got i, name/],
] as const)("%s() says what is wrong with a file: %#", async (_, read, message) => {
  await expect(all(read() as Observable<unknown>)).rejects.toThrow(message);
});

it("fromCsv() reads what is typed, and separated otherwise", async () => {
  const path = file("typed.csv", "\ufeffon;price;sold\n2024-01-02;1.5;yes\n;;\n\n2024-01-03;x;no\n");
  const rejected: [unknown, string][] = [];
  const rows$ = fromCsv(path, {
    delimiter: ";",
    types: { on: "date", price: "number", sold: "boolean" },
    onInvalid: "skip",
    rejected: (row, { message }) => rejected.push([row, message]),
  });
  expect(await all(rows$.pipe(map(({ value, position }) => [position, value])))).toEqual([
    [1, { on: new Date("2024-01-02"), price: 1.5, sold: true }],
    [2, { on: undefined, price: undefined, sold: undefined }],
  ]);
  expect(rejected).toEqual([[["2024-01-03", "x", "no"], expect.stringContaining('a number in column "price" of line 5')]]); // biome-ignore format: a line
  expectTypeOf((await values(rows$))[0]!.price).toEqualTypeOf<number | undefined>();
  expect(await values(fromCsv(file("bare.csv", "1,2\n"), { header: false }))).toEqual([{ column1: "1", column2: "2" }]); // biome-ignore format: a line
  expect(await values(fromCsv(file("bare.csv", "1,2\n"), { header: ["a", "b"] }))).toEqual([
    { a: "1", b: "2" },
  ]);
});

it("fromNdjson() leaves bad lines out when it is told to", async () => {
  const path = file(
    "bad.ndjson",
    Buffer.concat([Buffer.from('1\r\n\n{"a"\n'), Buffer.from([0xff, 10]), Buffer.from("2")]),
  );
  let bad = 0;
  expect(await values(fromNdjson(path, { onInvalid: "skip", rejected: () => bad++ }))).toEqual([1, 2]);
  expect(bad).toBe(2);
});

it("fromNdjson() reads streams, iterables, and URLs", async () => {
  const bytes = readFileSync(ndjson);
  const server = createServer((request, response) => {
    if (request.url === "/rows") response.end(bytes);
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const pieces = Array.from({ length: bytes.length }, (_, i) => bytes.subarray(i, i + 1));
    const sources = () => [
      createReadStream(ndjson),
      Readable.from(pieces),
      pathToFileURL(ndjson),
      new URL(`${url}/rows`),
    ];
    for (const source of sources()) expect(await values(fromNdjson(source))).toEqual(rows);
    const [first] = await all(fromNdjson(ndjson).pipe(take(1)));
    for (const source of sources())
      expect(await values(fromNdjson(source, { after: first!.position }))).toEqual(rows.slice(1));
    await expect(all(fromNdjson(new URL(`${url}/none`)))).rejects.toThrow("an answer with a body, got 404");
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it.each([
  ["fromCsv", (stream: Readable) => fromCsv(stream)],
  ["fromNdjson", (stream: Readable) => fromNdjson(stream)],
  ["fromArrow", (stream: Readable) => fromArrow(stream)],
] as const)("%s() destroys a silent stream when nobody listens any more", async (_, read) => {
  const stream = new PassThrough();
  const subscription = (read(stream) as Observable<unknown>).subscribe();
  await turn();
  subscription.unsubscribe();
  await turn();
  await turn();
  expect(stream.destroyed).toBe(true);
});

it.each([
  ["fromCsv", `1,${"2".repeat(100)}\n`, (stream: Readable) => fromCsv(stream)],
  ["fromNdjson", `[1,${"2".repeat(100)}]\n`, (stream: Readable) => fromNdjson(stream)],
] as const)("%s() reads no faster than what stands behind learns", async (_, line, read) => {
  let made = 0;
  let taken = 0;
  let lead = 0;
  const lines = function* () {
    for (; made < 20_000; made++) yield Buffer.from(line);
  };
  await lastValueFrom(
    (read(Readable.from(lines())) as Observable<unknown>).pipe(
      tap(() => {
        lead = Math.max(lead, made - ++taken);
      }),
    ),
  );
  expect(taken).toBeGreaterThanOrEqual(19_999);
  expect(lead).toBeLessThan(1_000);
});

it("fromNdjson() goes on with a file that has grown, behind the position of a ledger", async () => {
  const path = file("grows.ndjson", "1\n2\n");
  const first = deliveries({ ack: "learned" });
  expect(await all(fromNdjson<number>(path).pipe(first.receive()))).toEqual([1, 2]);
  writeFileSync(path, "1\n2\n3\n");
  const second = deliveries({ ack: "learned", from: first.position() });
  expect(await all(fromNdjson<number>(path, { after: second.from(path) }).pipe(second.receive()))).toEqual([
    3,
  ]);
});

describe("toCsv() and toNdjson()", () => {
  const items = [
    { n: 1.5, text: 'a "word", b', on: new Date("2024-01-02"), none: undefined },
    { n: -0.25, text: "two\nlines", on: new Date("2024-01-03"), none: undefined },
  ];

  it("write what fromCsv() and fromNdjson() read", async () => {
    const [one, two] = [join(root, "out.csv"), join(root, "out.ndjson")];
    expect(await all(from(items).pipe(toCsv(one), toNdjson(two)))).toEqual(items);
    const types = { n: "number", on: "date", none: "number" } as const;
    expect(await values(fromCsv(one, { types }))).toEqual(items);
    expect(await values(fromNdjson(two))).toEqual(JSON.parse(JSON.stringify(items)));
    await all(from(items).pipe(toCsv(one, { append: true }), toNdjson(two, { append: true })));
    expect(await values(fromCsv(one, { types }))).toEqual([...items, ...items]);
    expect(await values(fromNdjson(two))).toHaveLength(4);
  });

  it("write to streams, and complete when they are flushed", async () => {
    const chunks: string[] = [];
    const slow = new Writable({
      write: (chunk, _, done) => {
        setImmediate(() => {
          chunks.push(String(chunk));
          done();
        });
      },
    });
    await all(range(0, 5).pipe(toNdjson(slow)));
    expect(chunks.join("")).toBe("0\n1\n2\n3\n4\n");
  });

  it("do not let more wait than capacity", async () => {
    const stuck = new Writable({ write: () => {} });
    await expect(all(range(0, 100).pipe(toNdjson(stuck, { capacity: 50 })))).rejects.toThrow(
      /50 bytes, got more/,
    );
    expect(stuck.destroyed).toBe(true);
  });

  it("keep what was written when the source fails or somebody leaves", async () => {
    const path = join(root, "left.csv");
    await all(from(items).pipe(toCsv(path, { columns: ["n"] }), take(1)));
    expect(readFileSync(path, "utf8")).toBe("n\n1.5\n");
  });

  it("refuse what they cannot write", async () => {
    const path = join(root, "refused");
    await expect(all(from([{ a: { b: 1 } }]).pipe(toCsv(path)))).rejects.toThrow(/as fields, got an object/);
    await expect(all(from([undefined]).pipe(toNdjson(path)))).rejects.toThrow(/what JSON can say/);
    await expect(all(from([1]).pipe(toNdjson(join(root, "none", "x"))))).rejects.toThrow("ENOENT");
    expect(() => toCsv(path, { delimiter: ";;" })).toThrow(/one character as delimiter/);
    expect(() => toNdjson(7 as never)).toThrow(/a path, or a stream/);
  });
});

it("fromArrow() takes a stream without a marker for whole when it is told to, and errors behind its rows otherwise", async () => {
  const path = file("unmarked.arrows", readFileSync(arrowStream).subarray(0, -8));
  expect(await values(fromArrow(path, { end: "any" }))).toEqual(rows);
  const seen: unknown[] = [];
  await lastValueFrom(fromArrow(path).pipe(tap(({ value }) => seen.push(value)))).catch(() => {});
  expect(seen).toEqual(rows);
  expect(() => fromArrow(path, { end: "some" as "any" })).toThrow('"marked" or "any" as end, got "some"');
});
