/** An error as it may be logged: what and where, and nothing of whom it was about. Its message may name somebody. */
export function faultOf(error: unknown): { name: string; code?: string; at: string[] } {
  const { name, code, stack } = (error ?? {}) as { name?: unknown; code?: unknown; stack?: unknown };
  const frames = typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : [];
  return {
    name: typeof name === 'string' ? name : typeof error,
    ...(typeof code === 'string' && /^[\w-]{1,60}$/.test(code) && { code }),
    at: frames.slice(0, 10).map((line) => line.trim()),
  };
}
