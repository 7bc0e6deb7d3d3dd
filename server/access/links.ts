/** Links by which users sign in: mailed to the address of a user, single-use, for 15 minutes. */
import type { User } from '../../store/access/users.ts';

export interface SignInLinks {
  /** Undefined of a link that was taken, is too old, or of a user who may sign in no more. */
  take(secret: string): Promise<User | undefined>;
  /** Mails a link to the user of that address; to nobody where there is none. Left out where no mail can be sent. */
  send?(email: string, link: { secret: string; url: string }): Promise<void>;
}
