/** One line of a file of events, as the event that it means or the reason why it is not taken. */
import { type CallOptions, type ParsedCall, parseCall } from '../../events/parse-call.ts';
import { readJson } from '../../events/read-json.ts';
import { pointer, Refused } from '../../events/refusal.ts';
import { type Line, MAX_LINE_BYTES } from './lines.ts';

/** A line that was not taken, and why. */
export interface RefusedLine {
  file: string;
  line: number;
  code: string;
  /** A JSON Pointer into the line. */
  pointer: string;
  message: string;
}

export function parseLine(file: string, line: Line, options: CallOptions): ParsedCall | { refused: RefusedLine } {
  try {
    return parseCall(jsonOf(line), options);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { code, path, message } = error;
    return { refused: { file, line: line.number, code, pointer: pointer(path), message } };
  }
}

function jsonOf({ text }: Line): unknown {
  if (text === undefined) {
    throw new Refused('event_too_large', [], `The line has more than ${MAX_LINE_BYTES} bytes.`);
  }
  try {
    return readJson(text);
  } catch (error) {
    throw new Refused('invalid_field', [], `The line is not JSON: ${(error as Error).message}.`);
  }
}
