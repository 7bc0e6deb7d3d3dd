/** One route of the API: where it is, who may call it, and the shapes of what goes in and comes out. */
import type { z } from 'zod';
import type { Role } from './common.ts';

export interface Endpoint {
  method: 'GET' | 'POST';
  /** With `{name}` for its parameters. */
  path: `/api/${string}`;
  /** The least role that may call it. */
  role: Role;
  /** A sentence for the API's description. */
  summary: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  answer: z.ZodType;
  /** Its change stands in the audit log by this name; to be left out where nothing is changed. */
  audit?: string;
  /** What a body may have at most; default: what few fields need. */
  maxBytes?: number;
  /** It answers line by line, each of the answer's shape. */
  streams?: true;
}

/** Keeps the exact types of its shapes. */
export function endpoint<const E extends Endpoint>(one: E): E {
  return one;
}

type Came<S> = S extends z.ZodType ? z.infer<S> : undefined;
export type ParamsOf<E extends Endpoint> = Came<E['params']>;
export type QueryOf<E extends Endpoint> = Came<E['query']>;
export type BodyOf<E extends Endpoint> = Came<E['body']>;
export type AnswerOf<E extends Endpoint> = z.infer<E['answer']>;
