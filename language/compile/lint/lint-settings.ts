/** Settings that name what nothing has: they hold for nothing, in silence (W2). */
import { didYouMean, nearest } from '../../diagnostics/nearest.ts';
import { isJsonObject } from '../../json.ts';
import type { FileReport } from '../report.ts';

/** Internal messages pass no cap (P2, P3). */
const CAPPED = ['marketing', 'transactional'];
const CHANNELS = ['email'];

export function lintSettings(report: FileReport): void {
  const { caps, send_window: windows } = isJsonObject(report.file.value) ? report.file.value : {};
  for (const [key, value, known, what] of [
    ['caps', caps, CAPPED, 'class of messages with a cap'],
    ['send_window', windows, CHANNELS, 'channel'],
  ] as const) {
    for (const name of Object.keys(isJsonObject(value) ? value : {})) {
      // A window of a channel that is to come holds for it then.
      const isToCome = key === 'send_window' && nearest(name, known) === undefined;
      if (isToCome || known.includes(name as never)) continue;
      report.key([key, name], {
        severity: 'warning',
        code: 'CB618',
        message: `there is no ${what} \`${name}\`: this holds for nothing`,
        hint: didYouMean(name, known),
      });
    }
  }
}
