import * as rxgrad from "rxgrad";
import * as rxjs from "rxjs";
import * as operators from "rxjs/operators";
import { expect, it } from "vitest";
import { promised } from "./support/promised.ts";
import { filesUnder } from "./support/sources.ts";

it("rxgrad exports every name that it promises", () => {
  expect(promised.filter((name) => !(name in rxgrad))).toEqual([]);
});

it("rxgrad exports functions alone", () => {
  const others = Object.entries(rxgrad).filter(([, value]) => typeof value !== "function");
  expect(others.map(([name]) => name)).toEqual([]);
});

it("rxgrad shadows no export of RxJS, which people import beside it", () => {
  const taken = new Set([...Object.keys(rxjs), ...Object.keys(operators)]);
  expect(taken.size).toBeGreaterThan(150);
  expect(Object.keys(rxgrad).filter((name) => taken.has(name))).toEqual([]);
});

it("rxgrad is told of on the pages of docs, name by name", () => {
  const pages = filesUnder("docs", ".md")
    .map(({ text }) => text)
    .join("\n");
  const told = (name: string) => new RegExp(`(?<![\\w$])${name.replace("$", "\\$")}(?![\\w$])`).test(pages);
  expect(Object.keys(rxgrad).filter((name) => !told(name))).toEqual([]);
});
