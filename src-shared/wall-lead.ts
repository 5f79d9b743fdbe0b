/**
 * How far the time of day, `Date`, is ahead of `timeOrigin + now()` of a process's `performance`, in ms. That clock takes the time of day when the
 * process starts and then goes by itself. So two processes differ by as much as this does when the time was set, or the machine slept, in
 * between.
 */
export function wallLeadMs(date: { now(): number }, clock: { readonly timeOrigin: number; now(): number }): number {
  return date.now() - (clock.timeOrigin + clock.now());
}
