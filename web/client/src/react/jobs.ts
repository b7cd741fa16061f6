import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useZoned } from "./context.js";
import { zonedKeys } from "./keys.js";

/**
 * The latest jobs of a document, kept current by events.
 *
 * @example
 * ```tsx
 * import { useJobs } from "@zoned/client/react";
 *
 * export function Jobs({ documentId }: { documentId: string }) {
 *   const { data: jobs = [] } = useJobs(documentId);
 *   return jobs.map((job) => <p key={job.id}>{job.kind}: {job.state}</p>);
 * }
 * ```
 */
export function useJobs(documentId: string) {
  const zoned = useZoned();
  return useQuery({
    queryKey: zonedKeys.jobs.list(documentId),
    queryFn: ({ signal }) => zoned.jobs.list({ documentId }, { signal }),
  });
}

/**
 * Ends a queued or running job.
 *
 * @example
 * ```tsx
 * import { useCancelJob } from "@zoned/client/react";
 *
 * export function CancelJob({ id }: { id: string }) {
 *   const cancel = useCancelJob();
 *   return <button type="button" onClick={() => cancel.mutate(id)}>Cancel</button>;
 * }
 * ```
 */
export function useCancelJob() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => zoned.jobs.cancel(id),
    onSettled: () => queries.invalidateQueries({ queryKey: zonedKeys.jobs.all() }),
  });
}

/**
 * Queues a dead or canceled job again.
 *
 * @example
 * ```tsx
 * import { useRetryJob } from "@zoned/client/react";
 *
 * export function RetryJob({ id }: { id: string }) {
 *   const retry = useRetryJob();
 *   return <button type="button" onClick={() => retry.mutate(id)}>Try again</button>;
 * }
 * ```
 */
export function useRetryJob() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => zoned.jobs.retry(id),
    onSettled: () => queries.invalidateQueries({ queryKey: zonedKeys.jobs.all() }),
  });
}
