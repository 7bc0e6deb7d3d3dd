/** JSON as it comes: read so that no id is rounded (E8). */

/** A whole number of 16 digits or more outside of texts, which begin with quotes; the first look at what comes. */
const MAY_BE_ROUNDED = /(?:^|[\s:[,])-?\d{16}/;
const NUMBER = /-?\d[\d.eE+-]*/y;
const WHOLE = /^-?\d+$/;

/**
 * As `JSON.parse`, but for whole numbers beyond 2^53 - 1, which it would round: they are texts of their digits.
 * @throws SyntaxError as `JSON.parse` does
 */
export function readJson(text: string): unknown {
  const read: unknown = JSON.parse(text);
  return MAY_BE_ROUNDED.test(text) ? JSON.parse(withLongNumbersQuoted(text)) : read;
}

/** @param json a text that is JSON */
function withLongNumbersQuoted(json: string): string {
  let quoted = '';
  let from = 0;
  for (let at = 0; at < json.length; ) {
    const char = json[at]!;
    if (char === '"') at = endOfText(json, at);
    else if (char === '-' || (char >= '0' && char <= '9')) {
      NUMBER.lastIndex = at;
      const number = NUMBER.exec(json)![0];
      if (WHOLE.test(number) && !Number.isSafeInteger(Number(number))) {
        quoted += `${json.slice(from, at)}"${number}"`;
        from = at + number.length;
      }
      at += number.length;
    } else at += 1;
  }
  return quoted + json.slice(from);
}

/** The offset behind the quotes that end the text which begins at `start`. */
function endOfText(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); ; quote = json.indexOf('"', quote + 1)) {
    let escapes = quote;
    while (json[escapes - 1] === '\\') escapes -= 1;
    if ((quote - escapes) % 2 === 0) return quote + 1;
  }
}
