/** Said by a contender that has nothing to show in a workload; the message says why. */
export class NotApplicable extends Error {}
