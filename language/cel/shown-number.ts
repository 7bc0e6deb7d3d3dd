/** A number and the text that shows it are one value where values are compared for being equal (Y2). */

/** The number as it is shown; anything else as it is. */
export function shownNumber(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value;
}

/** Both forms of a constant that a number and a text may be; any other alone. */
export function formsOf<T>(value: T): (T | string | number)[] {
  if (typeof value === 'number') return [value, String(value)];
  return isShownNumber(value) ? [value, Number(value)] : [value];
}

function isShownNumber(value: unknown): boolean {
  return typeof value === 'string' && /\d/.test(value) && String(Number(value)) === value;
}
