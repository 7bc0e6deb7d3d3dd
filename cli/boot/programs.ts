/** Programs that Cuebook runs beside itself: what they learn of its environment, and those that only answer and end. */
import { type ExecFileOptions, execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What every program may need: where programs and libraries are, its user's home, language and zone. Nothing secret. */
const PLAIN =
  /^(PATH|PATHEXT|HOME|USER|LOGNAME|USERPROFILE|APPDATA|LOCALAPPDATA|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|TMPDIR|TEMP|TMP|TZ|LANG|LANGUAGE|LC_\w+|LD_LIBRARY_PATH|DYLD_\w+)$/i;
/** What besides is needed to fetch and build: proxies, certificates, caches, the compiler's settings. */
const FETCHING =
  /^((HTTP|HTTPS|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|NETRC|XDG_(CACHE|CONFIG)_HOME|GIT_\w+|SSH_AUTH_SOCK|GO(PATH|ROOT|BIN|PROXY|SUMDB|PRIVATE|NOPROXY|NOSUMDB|INSECURE|VCS|AUTH|FLAGS|CACHE|MODCACHE|TMPDIR|TOOLCHAIN|ENV|OS|ARCH|AMD64|ARM64|MAXPROCS|EXPERIMENT)|CGO_\w+|CC|CXX|PKG_CONFIG\w*)$/i;

/** The environment of a server, or of a program that answers and ends: without the secrets of ours. */
export function plainEnvironment(from: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return only(from, (name) => PLAIN.test(name));
}

/** That of a program that gets others from elsewhere. */
export function fetchingEnvironment(from: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return only(from, (name) => PLAIN.test(name) || FETCHING.test(name));
}

function only(from: NodeJS.ProcessEnv, allows: (name: string) => boolean): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(from).filter(([name]) => allows(name)));
}

/**
 * Runs a program to its end, in `plainEnvironment` unless another is given.
 *
 * @throws the error of `execFile`, with `stderr`, where it cannot be run or ends with another code than 0.
 */
export async function run(
  program: string,
  args: readonly string[],
  options: Omit<ExecFileOptions, 'encoding'> = {},
): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(program, args, { env: plainEnvironment(), ...options, encoding: 'utf8' });
}
