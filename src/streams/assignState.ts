/** What an online learner keeps, of which the rows are an object of their own. */
interface OnlineState {
  readonly rows: object;
}

/** Takes over what was saved, as a copy, into objects that others hold on to. */
export const assignState = <State extends OnlineState>(state: State, saved: State): void => {
  const { rows, ...others } = structuredClone(saved);
  Object.assign(state, others);
  Object.assign(state.rows, rows);
};
