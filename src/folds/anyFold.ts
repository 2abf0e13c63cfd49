/**
 * Any fold that these items can be given to, whatever it keeps. Its members are properties, not methods, so that the
 * compiler refuses a fold that asks more of an item than there is.
 */
export interface AnyFold<Item, Reading> {
  readonly init: () => unknown;
  readonly step: (state: never, item: Item) => unknown;
  readonly read: (state: never) => Reading;
}
