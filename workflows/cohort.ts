/**
 * The cohort workflow: carries 1 to 100 journeys of one playbook version (architecture, decision 4). It has activities
 * carry out members' commands, wakes members that are due, and hands them their inputs. What any of that means is the
 * journey reducer's; which member it concerns is the member set's. Here is only what Temporal must know.
 *
 * Signals, timers and answers only change the member set and note that something changed; one loop looks at the whole of
 * it after each of them. So no answer is waited for alone, and what comes together goes out together.
 */
import {
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  log,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { ActivityLane } from './cohort/activity-lane.ts';
import { takeReading } from './cohort/clock.ts';
import { MemberSet } from './cohort/member-set.ts';
import { serves, sharedTimerFor } from './cohort/shared-timer.ts';
import {
  CLOCK_SIGNAL,
  type ClockReading,
  type ClockSignal,
  type CohortActivities,
  type CohortInput,
  type CohortItem,
  INPUTS_SIGNAL,
  type InputsSignal,
  JOURNEY_STATES_QUERY,
} from './cohort/types.ts';
import type { JourneyState } from './journey/types.ts';

const inputsSignal = defineSignal<[InputsSignal]>(INPUTS_SIGNAL);
const clockSignal = defineSignal<[ClockSignal]>(CLOCK_SIGNAL);
const journeyStatesQuery = defineQuery<{ [id: string]: JourneyState }>(JOURNEY_STATES_QUERY);

/**
 * Retried here for a second or two, in the same workflow task. After that the lane pauses, by a timer: a retry that
 * holds the task open costs history for as long as the database is away.
 */
const { decide } = proxyLocalActivities<Pick<CohortActivities, 'decide'>>({
  startToCloseTimeout: '30 seconds',
  retry: {
    initialInterval: '100 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '1 second',
    maximumAttempts: 5,
  },
});

/** A hundred slow hand-overs may take minutes; a worker that dies meanwhile is noticed by its missing heartbeats. */
const { deliver } = proxyActivities<Pick<CohortActivities, 'deliver'>>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds', maximumAttempts: 6 },
});

/** Two: members that became ready meanwhile need not wait for a slow batch, and still go together. */
const MAX_DECIDES = 2;
/** A provider's timeouts hold a batch for minutes; other members are not to wait for it. */
const MAX_DELIVERS = 4;
/** Small enough to replay in a blink, long enough that most cohorts never come to it. */
const MAX_HISTORY_EVENTS = 2_000;
/** How long a history is is told between tasks; a quick worker gets many answers in one, and each is an event at least. */
const COUNTS_ANSWERS = 'cohort-counts-answers';
/** A timer for the far future is set again then. */
const MAX_TIMER_MS = 365 * 86_400_000;

/** Runs until every member's journey has ended. */
export async function cohort(input: CohortInput): Promise<void> {
  // Fails the task, not the workflow: a worker that knows the newer schema takes it up.
  if (input.schema !== 1)
    throw new Error(`Cohort input has schema ${input.schema}; this worker knows 1. Update the worker.`);
  const { cohortId, versionHash, program } = input;
  const complain = (id: string, error: unknown) =>
    log.error('A journey failed inside of its reducer', { enrolment: id, error: String(error) });
  const members = new MemberSet({ program, complain }, input.members);
  const lanes = [new ActivityLane('decide', MAX_DECIDES), new ActivityLane('deliver', MAX_DELIVERS)];
  const activities = { decide, deliver };
  let clock = input.clock;
  let hasChanged = false;
  // A run that has done nothing never continues as new, or one that begins with a long history would get nowhere.
  let hasWorked = false;
  let answers = 0;
  let timer: { setToMs: number; scope: CancellationScope } | undefined;

  const readClock = (reading: ClockReading) => {
    clock = takeReading(clock, reading, Date.now());
  };
  const changed = () => {
    hasChanged = true;
    hasWorked = true;
  };
  setHandler(journeyStatesQuery, () => members.journeyStates());
  setHandler(inputsSignal, (inputs) => {
    members.notify(inputs);
    changed();
  });
  setHandler(clockSignal, (reading) => {
    readClock(reading);
    changed();
  });

  const carryOut = async (lane: ActivityLane, items: CohortItem[]) => {
    lane.begin();
    let isDone = false;
    try {
      const reply = await activities[lane.kind]({ cohortId, versionHash, items });
      answers += 1;
      readClock(reply.clock);
      isDone = members.takeReply(items, reply, Date.now()) === 0;
    } catch (error) {
      if (isCancellation(error)) throw error;
      members.giveBack(items);
    }
    lane.end(isDone, Date.now());
    changed();
  };

  const setTimer = (deadlines: number[], nowMs: number) => {
    const shared = sharedTimerFor(deadlines, nowMs, clock?.warp ?? 1);
    if (timer && shared && serves(timer.setToMs, shared)) return;
    timer?.scope.cancel();
    timer = undefined;
    if (!shared) return;
    const scope = new CancellationScope();
    timer = { setToMs: shared.setToMs, scope };
    scope
      .run(() => sleep(Math.min(Math.max(1, shared.setToMs - nowMs), MAX_TIMER_MS)))
      .then(
        () => {
          // Fired in the same task in which another replaced it: that one stays.
          if (timer?.scope === scope) timer = undefined;
          changed();
        },
        (error: unknown) => {
          if (!isCancellation(error)) throw error;
        },
      );
  };

  const isLong = () => {
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    const most = input.maxHistoryEvents ?? MAX_HISTORY_EVENTS;
    if (hasWorked && (continueAsNewSuggested || historyLength > most)) return true;
    return answers > most && patched(COUNTS_ANSWERS);
  };

  for (;;) {
    const nowMs = Date.now();
    members.wake(clock, nowMs);
    if (members.isOver) return;
    if (!isLong()) {
      for (const lane of lanes) {
        if (lane.hasRoom(nowMs) && members.hasReady(lane.kind)) void carryOut(lane, members.takeReady(lane.kind));
      }
      const pauses = lanes.flatMap((lane) =>
        lane.pausedUntilMs > nowMs && members.hasReady(lane.kind) ? lane.pausedUntilMs : [],
      );
      setTimer([...members.wakeTimes(clock), ...pauses], nowMs);
    } else if (lanes.every((lane) => lane.underWay === 0)) {
      // Signals that came with this task have been handled: handlers run before this loop is resumed.
      return continueAsNew<typeof cohort>({ ...input, members: members.carried(), ...(clock && { clock }) });
    }
    await condition(() => hasChanged);
    hasChanged = false;
  }
}
