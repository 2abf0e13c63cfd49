import * as rxgrad from "../../../dist/index.js";
import { NotApplicable } from "./NotApplicable.mjs";

/** Comes to life when batches can be given as index and value rows. */
export const load = () => {
  if (!("sparse" in rxgrad)) throw new NotApplicable("batches cannot be given as index and value rows yet");
  throw new NotApplicable("this contender is to be written against sparse()");
};
