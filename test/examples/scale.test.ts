import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { expect, it } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { hasNatsServer } from "../support/natsServer.ts";
import { needs } from "../support/needs.ts";

const folder = fileURLToPath(new URL("../../examples/scale/", import.meta.url));
const python = "/usr/bin/python3";
const hasYaml = (() => {
  try {
    execFileSync(python, ["-c", "import yaml"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

/** The documents of a file, by PyYAML. */
const documentsIn = <Document>(file: string): Document[] => {
  const script = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin))))";
  const input = readFileSync(folder + file, "utf8");
  return JSON.parse(execFileSync(python, ["-c", script], { input, encoding: "utf8" }));
};

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}
interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly valueFrom: { readonly configMapKeyRef?: { readonly key: string } };
  }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly resources: { readonly requests: object; readonly limits: object };
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
  readonly spec: {
    readonly serviceName?: string;
    readonly selector: Readonly<Record<string, unknown>> & { readonly matchLabels?: object };
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: { readonly containers: readonly Container[] };
    };
  };
}

/** Refuses what the command would refuse: options that it has not, and that it needs. */
const checkCommand = ([name, ...args]: readonly string[]): void => {
  const command = commands.map((make): Command => make()).find((one) => one.name() === name)!;
  expect(command, name).toBeDefined();
  command
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .action(() => {})
    .parse(
      args.map((arg) => arg.replace(/\$\(\w+\)/, "x")),
      { from: "user" },
    );
};

const checkNats = (args: readonly string[]): void => {
  const help = execFileSync("sh", ["-c", "nats-server --help 2>&1 || true"], { encoding: "utf8" });
  for (const flag of args.filter((arg) => arg.startsWith("-"))) expect(help).toContain(` ${flag}`);
};

it("docker-compose.yml is YAML, whose commands rxgrad and nats-server take", (test) => {
  needs(test, "python3-yaml", hasYaml);
  needs(test, "nats-server", hasNatsServer);
  const [compose] = documentsIn<{
    services: Record<string, { image?: string; build?: string; command: string[] }>;
  }>("docker-compose.yml");
  const { nats, worker, predict } = compose!.services;
  checkNats(nats!.command);
  checkCommand(worker!.command);
  checkCommand(predict!.command);
  const optionOf = (command: readonly string[], flag: string) =>
    command.find((arg) => arg.startsWith(`${flag}=`));
  for (const flag of ["--nats", "--log"])
    expect(optionOf(worker!.command, flag)).toBe(optionOf(predict!.command, flag));
});

it("kubernetes.yaml is YAML, whose commands, names, ports and settings fit together", (test) => {
  needs(test, "python3-yaml", hasYaml);
  needs(test, "nats-server", hasNatsServer);
  const all = documentsIn<Manifest>("kubernetes.yaml");
  const kindOf = (kind: string) => all.filter((one) => one.kind === kind);
  const [settings] = kindOf("ConfigMap");
  const apps = [...kindOf("StatefulSet"), ...kindOf("Deployment")];
  expect(apps.map(({ metadata }) => metadata.name)).toEqual(["nats", "rxgrad-worker", "rxgrad-predict"]);
  for (const { spec } of apps) {
    expect(spec.selector.matchLabels).toEqual(spec.template.metadata.labels);
    for (const { image, args, env = [], ports, resources, ...probes } of spec.template.spec.containers) {
      if (image.startsWith("nats:")) checkNats(args);
      else checkCommand(args);
      const used = args.flatMap((arg) => [...arg.matchAll(/\$\((\w+)\)/g)].map(([, name]) => name));
      expect(env.map(({ name }) => name).sort()).toEqual(used.sort());
      for (const { valueFrom } of env)
        if (valueFrom.configMapKeyRef) expect(settings!.data).toHaveProperty(valueFrom.configMapKeyRef.key);
      expect(resources.requests).toBeDefined();
      expect(resources.limits).toBeDefined();
      expect(probes.livenessProbe).toBeDefined();
      for (const probe of [probes.startupProbe, probes.readinessProbe, probes.livenessProbe])
        if (probe) expect(ports.map(({ name }) => name)).toContain(probe.httpGet.port);
    }
    if (spec.serviceName)
      expect(kindOf("Service").map(({ metadata }) => metadata.name)).toContain(spec.serviceName);
  }
  const labels = apps.map(({ spec }) => spec.template.metadata.labels);
  for (const { spec } of kindOf("Service")) expect(labels).toContainEqual(spec.selector);
  for (const { spec } of kindOf("PodDisruptionBudget"))
    expect(labels).toContainEqual(spec.selector.matchLabels);
});
