import { train } from "rxgrad";
import { learns, network } from "./fraud.ts";

/** What both threads make: the same network, and how it learns. */
export const learning = () => {
  const net = network();
  return { model: net, learn: train(net, { ...learns, onInvalid: "skip" }) };
};
