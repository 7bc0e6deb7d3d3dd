/** Names of events that are none: an expression, or a name with its window in one text. */
import { lengthMeant } from '../../time/moment/lengths.ts';

const EXPRESSION = /==|!=|<=|>=|&&|\bhas\(|^!|^\w+\.\w+\s*[<>]\s*[\w"'.]|\s(?:is|in)\s+["[]/;
const WITH_WINDOW = /^([\w.:-]+)\s+(?:with)?in\s+(\d.*|[a-z]+\s+\w+)$/i;

/** What is wrong with a name, and what to write; undefined for what may be a name. Names may have blanks. */
export function eventMeant(text: string): { message: string; hint: string } | undefined {
  if (EXPRESSION.test(text)) {
    return {
      message: `\`${text}\` is a condition, and the name of an event is needed here`,
      hint: `for traits that come to be so write { becomes: ${text} }; for an event { event: …, where: … }`,
    };
  }
  const [, name, length] = WITH_WINDOW.exec(text) ?? [];
  const within = length === undefined ? undefined : (lengthMeant(length) ?? /^\d+(?:ms|[smhdw])$/.exec(length)?.[0]);
  return within === undefined
    ? undefined
    : {
        message: `\`${text}\` is one name, and looks like a name and a time`,
        hint: `write { event: ${name}, within: ${within} }`,
      };
}
