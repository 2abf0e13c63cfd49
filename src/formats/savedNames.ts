/** The version of the format that `save` writes; each one from 1 on can be read. From 2 on there is a checksum. */
export const currentVersion = 2;

/** The tensor with the JSON, and what the names of those begin with that hold the numbers of its arrays. */
export const stateName = "state.json";
export const poolPrefix = "state.numbers.";

/** What the tensors of a model are called: those of the only one like its parameters. */
export const tensorName = (model: string, parameter: string): string =>
  model === "" ? parameter : `${model}/${parameter}`;
