/** While Temporal is away its SDK says so many times a second: our log says it once a minute, in a sentence. */
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { AWAY, sdkLog } from '../../worker/sdk-log.ts';

const ERROR = 'Status { code: Unavailable, message: "tcp connect error", source: Some(tonic::transport::Error) }';

function logged(say: (write: ReturnType<typeof sdkLog>) => void) {
  const lines: { [name: string]: unknown }[] = [];
  const log = pino({ level: 'debug' }, { write: (line) => void lines.push(JSON.parse(line)) });
  say(sdkLog(log));
  return lines;
}

describe('the log of Temporal’s SDK', () => {
  it('an absence is one plain sentence; each call is detail', () => {
    const lines = logged((write) => {
      for (let n = 6; n < 50; n++) {
        write('WARN', `gRPC call poll_workflow_task_queue retried ${n} times`, {
          target: 'temporalio_client::retry',
          error: ERROR,
        });
      }
    });
    const shown = lines.filter(({ level }) => Number(level) >= 40);
    expect(shown).toMatchObject([{ msg: AWAY, reason: 'Unavailable: tcp connect error' }]);
    expect(lines.filter(({ level }) => level === 20)).toHaveLength(44);
  });

  it('what else it warns of is said as it is', () => {
    const lines = logged((write) => write('WARN', 'Something else', { target: 'temporalio_sdk_core' }));
    expect(lines).toMatchObject([{ level: 40, msg: 'Something else', from: 'temporal' }]);
  });
});
