/** The process that does jobs of the server, one at a time: it ends with the server, and is ended when it takes too long. */
import { type Database, openDatabase } from '../../../store/postgres/database.ts';
import { Failure, messageOf } from '../../failure.ts';
import type { Ground, Job, Told } from './job.ts';
import { work } from './work.ts';

const tell = (told: Told) => void process.send?.(told);
let database: Database | undefined;

process.on('disconnect', () => process.exit());
process.on('message', ({ ground, job }: { ground: Ground; job: Job }) => {
  database ??= openDatabase(ground.databaseUrl, { max: 4 });
  work({ folder: ground.folder, database }, job, (said) => tell({ said })).then(
    (result) => tell({ result }),
    (error: unknown) => tell({ failure: failureOf(error) }),
  );
});

function failureOf(error: unknown): Extract<Told, { failure: unknown }>['failure'] {
  if (error instanceof Failure) {
    const { code, message, hint } = error;
    return { code, message, hint, isOwn: true };
  }
  return { code: 'INTERNAL', message: messageOf(error), hint: '', isOwn: false };
}
