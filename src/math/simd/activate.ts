import { type Code, type Local, type Scope, v128 } from "./assembler.ts";
import { overAll } from "./elementwise.ts";
import { iadd, load, mul, store } from "./instructions.ts";
import type { VectorActivation } from "./vectorActivation.ts";

/** y = f(z). */
export const activate = (scope: Scope, f: VectorActivation, z: Local, y: Local, size: Code): Code => {
  const v = scope.local(v128);
  return overAll(scope, size, (i) => [v.set(load(iadd(z.get, i))), store(iadd(y.get, i), f.f(scope, v))]);
};

/** dz = dy ∘ f′, with f′ from z, if it needs that, and from y. */
export const slope = (
  scope: Scope,
  f: VectorActivation,
  { z, y, dy, dz }: { readonly z: Local; readonly y: Local; readonly dy: Local; readonly dz: Local },
  size: Code,
): Code => {
  const [vz, vy] = [scope.local(v128), scope.local(v128)];
  return overAll(scope, size, (i) => [
    vy.set(load(iadd(y.get, i))),
    f.needsInput ? vz.set(load(iadd(z.get, i))) : [],
    store(iadd(dz.get, i), mul(load(iadd(dy.get, i)), f.df(scope, vz, vy))),
  ]);
};
