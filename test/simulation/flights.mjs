// The network of examples/scale, and events for it: flights of 300 airports, no two alike.
import {
  adam,
  binaryCrossentropy,
  chain,
  columns,
  concatenate,
  dense,
  embedding,
  model,
  parallel,
} from "rxgrad";

export const parts = 12;
export const batch = 32;
export const subjects = Array.from({ length: parts }, (_, p) => `flights.${p}`);

const codes = [
  { size: 512, width: 16 },
  { size: 512, width: 16 },
  { size: 24, width: 8 },
  { size: 7, width: 4 },
];

export const lateness = (hidden) => {
  const embeddings = codes.map(({ size, width }, i) => chain(columns(i, i + 1), embedding(size, width)));
  return model(
    chain(
      parallel(concatenate(), columns(4, 7), ...embeddings),
      dense(47, hidden, { activation: "relu" }),
      dense(hidden, hidden, { activation: "relu" }),
      dense(hidden, 1),
    ),
    { seed: 1 },
  );
};
export const loss = binaryCrossentropy({ fromLogits: true });
export const optimizer = () => adam(5e-4, { lazy: true });

const size = 18;
export const flightOf = (i) => {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, i);
  view.setUint32(4, 15_000_000 + i);
  view.setUint16(8, 100 + ((i * 7919) % 2500));
  view.setInt16(10, ((i * 104729) % 90) - 30);
  view.setUint16(12, (i * 31) % 300);
  view.setUint16(14, (i * 17 + 5) % 300);
  return bytes;
};
export const decode = (bytes) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  const [time, distance, delay] = [view.getUint32(4), view.getUint16(8), view.getInt16(10)];
  return {
    id: view.getUint32(0),
    time,
    distance,
    delay,
    origin: view.getUint16(12),
    destination: view.getUint16(14),
  };
};
export const sampleOf = ({ time, distance, origin, destination, delay }) => {
  const angle = (2 * Math.PI * time) / 1440;
  return {
    x: [
      ...[origin + 1, destination + 1, Math.floor(time / 60) % 24, Math.floor(time / 1440 + 4) % 7],
      ...[Math.log(distance + 1) - 6.3, Math.sin(angle), Math.cos(angle)],
    ],
    y: delay > 15 ? 1 : 0,
  };
};
