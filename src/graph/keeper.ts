/** What keeps something for each weight, such as moments, and can forget it for the weights start … end − 1. */
export interface Keeper {
  forget(start: number, end: number): void;
}
