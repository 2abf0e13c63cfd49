import { Subject } from "rxjs";
import { wire } from "../../../dist/index.js";

const ends = {
  /** A wire of the graph, from its sink to whoever listens at its source. */
  wire: () => {
    const { source, sink } = wire();
    return [sink.value, source.value$];
  },
  subject: () => {
    const subject = new Subject();
    return [subject, subject];
  },
};

/** A message to one listener, which is what each layer costs twice in a step, beside its kernels. */
export const load = (_workload, _data, variant) => {
  const [from, to] = ends[variant]();
  const frame = { id: 0, mode: "train", value: { rows: 1, cols: 1, data: new Float32Array(1) } };
  let received = 0;
  to.subscribe(({ id }) => {
    received += id;
  });
  return {
    run: (n) => {
      for (let i = 0; i < n; i++) {
        frame.id = i & 1;
        from.next(frame);
      }
      return received;
    },
    exact: false,
  };
};
