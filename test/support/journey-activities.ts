/** The activities of journeys on a test's database and mail server. */
import { pino } from 'pino';
import { createActivities } from '../../activities/journey.ts';
import type { Mailer } from '../../activities/mail/transport.ts';
import type { Database } from '../../store/postgres/database.ts';
import { openWatermark } from '../../store/postgres/watermark.ts';

/** @param level of what is logged, on standard output @param inHandover how many mails are claimed at once */
export function activitiesOn(database: Database, mailer: Mailer, level: 'silent' | 'warn', inHandover?: number) {
  const watermark = openWatermark(database);
  const links = { secret: 's', publicUrl: 'https://cuebook.example' };
  return createActivities({
    database,
    mailer,
    watermark,
    ...links,
    log: pino({ level }),
    ...(inHandover && { inHandover }),
  });
}
