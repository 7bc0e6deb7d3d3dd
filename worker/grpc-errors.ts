/** Which of Temporal's refusals may succeed later. */
import { isGrpcServiceError } from '@temporalio/client';

/** gRPC's status of a request that is refused however often it is sent. */
const INVALID_ARGUMENT = 3;

/** True when Temporal would refuse the same request again. */
export function isInvalidArgument(error: unknown): boolean {
  return grpcCodeOf(error) === INVALID_ARGUMENT;
}

/** True when Temporal was away or busy. */
export function isUnavailable(error: unknown): boolean {
  const code = grpcCodeOf(error);
  return code !== undefined && code !== INVALID_ARGUMENT;
}

function grpcCodeOf(error: unknown): number | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return [error, cause].find(isGrpcServiceError)?.code;
}
