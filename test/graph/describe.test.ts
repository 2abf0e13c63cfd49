import {
  add,
  chain,
  columns,
  concatenate,
  dense,
  describe as describeGraph,
  embedding,
  join,
  layerNorm,
  model,
  named,
  node,
  parallel,
  relu,
  residual,
  summary,
  tanh,
  through,
  toMermaid,
  wire,
} from "rxgrad";
import { expect, it } from "vitest";

const mixed = () =>
  model(
    chain(
      parallel(concatenate(), chain(columns(0, 1), embedding(7, 3)), columns(1, 3)),
      dense(5, 4, { activation: "tanh" }),
      residual(layerNorm(4)),
      named("head", dense(4, 1)),
    ),
  );

it("summary() tells layers, shapes and parameter counts", () => {
  expect(`\n${summary(mixed())}`).toBe(`
layer         is                                   gives  parameters
columns0      columns(0, 1)                        n × 1           0
embedding1    embedding(7, 3)                      n × 3          21
columns2      columns(1, 3)                        n × 2           0
concatenate3  concatenate()                        n × 5           0
dense4        dense(5, 4, { activation: tanh() })  n × 4          24
layerNorm5    layerNorm(4)                         n × 4           8
add6          add()                                n × 4           0
head          dense(4, 1)                          n × 1           5
                                                                  58`);
});

it("summary() counts a shared layer once in the sum, and open widths as ?", () => {
  const twice = dense(2, 2);
  expect(`\n${summary(model(chain(relu(), twice, twice)))}`).toBe(`
layer     is           gives  parameters
relu0     relu()       n × ?           0
dense1    dense(2, 2)  n × 2           6
dense1_2  dense(2, 2)  n × 2           6
                                       6`);
});

it("describe() gives the graph as nodes and edges", () => {
  expect(describeGraph(model(chain(dense(2, 3), residual(tanh()), dense(3, 1))))).toEqual({
    nodes: [
      { id: "input", label: "input", parameters: 0, outputs: 2 },
      { id: "dense0", label: "dense(2, 3)", parameters: 9, outputs: 3 },
      { id: "tanh1", label: "tanh()", parameters: 0, outputs: 3 },
      { id: "add2", label: "add()", parameters: 0, outputs: 3 },
      { id: "dense3", label: "dense(3, 1)", parameters: 4, outputs: 1 },
      { id: "output", label: "output", parameters: 0, outputs: 1 },
    ],
    edges: [
      { from: "input", to: "dense0" },
      { from: "dense0", to: "tanh1" },
      { from: "tanh1", to: "add2" },
      { from: "dense0", to: "add2" },
      { from: "add2", to: "dense3" },
      { from: "dense3", to: "output" },
    ],
  });
});

it("describe() gives a shared layer an id for each place", () => {
  const twice = dense(2, 2);
  const { nodes, edges } = describeGraph(model(chain(twice, twice)));
  expect(nodes.map(({ id }) => id)).toEqual(["input", "dense0", "dense0_2", "output"]);
  expect(edges).toEqual([
    { from: "input", to: "dense0" },
    { from: "dense0", to: "dense0_2" },
    { from: "dense0_2", to: "output" },
  ]);
});

it("describe() leaves layers the names that they were given, whatever they are", () => {
  const m = model(
    chain(named("input", dense(2, 3)), named("output", dense(3, 3)), named("output.W", dense(3, 1))),
  );
  expect(describeGraph(m).nodes).toEqual([
    { id: "input_2", label: "input", parameters: 0, outputs: 2 },
    { id: "input", label: "dense(2, 3)", parameters: 9, outputs: 3 },
    { id: "output", label: "dense(3, 3)", parameters: 12, outputs: 3 },
    { id: "output.W", label: "dense(3, 1)", parameters: 4, outputs: 1 },
    { id: "output_2", label: "output", parameters: 0, outputs: 1 },
  ]);
  expect(describeGraph(m).edges).toEqual([
    { from: "input_2", to: "input" },
    { from: "input", to: "output" },
    { from: "output", to: "output.W" },
    { from: "output.W", to: "output_2" },
  ]);
  expect(summary(m).split("\n")).toHaveLength(5);
});

it("describe() draws a graph wired by hand, with all its inputs and outputs", () => {
  const a = wire({ widths: [2] }).source;
  const b = wire({ circuit: a.wiring.circuit, widths: [3] }).source;
  const both = node(concatenate(), join([through(a, dense(2, 1)), through(b, dense(3, 1))]));
  through(both, dense(2, 1));
  expect(describeGraph(a.wiring.circuit).edges).toEqual([
    { from: "input", to: "dense0" },
    { from: "input", to: "dense1" },
    { from: "dense0", to: "concatenate2" },
    { from: "dense1", to: "concatenate2" },
    { from: "concatenate2", to: "dense3" },
    { from: "dense3", to: "output" },
  ]);
});

it("toMermaid() draws a flowchart", () => {
  expect(`${toMermaid(model(chain(dense(2, 3), residual(tanh()), dense(3, 1))))}\n`).toBe(`flowchart LR
  input["input"]
  dense0["dense(2, 3)"]
  tanh1["tanh()"]
  add2["add()"]
  dense3["dense(3, 1)"]
  output["output"]
  input --> dense0
  dense0 --> tanh1
  tanh1 --> add2
  dense0 --> add2
  add2 --> dense3
  dense3 --> output
`);
});

it("toMermaid() keeps names and quotes that Mermaid would misread out of the drawing", () => {
  const drawn = toMermaid(
    model(
      chain(
        named("end", dense(1, 1)),
        named("my layer", dense(1, 1)),
        named('say "hi"', { ...tanh(), source: 'say("hi")' }),
        parallel(add(), relu()),
      ),
    ),
  );
  expect(drawn.split("\n").slice(2, 5)).toEqual([
    '  node_1["dense(1, 1)"]',
    '  node_2["dense(1, 1)"]',
    '  node_3["say(#quot;hi#quot;)"]',
  ]);
  expect(drawn).toContain("  node_1 --> node_2\n  node_2 --> node_3\n  node_3 --> relu3\n");
});
