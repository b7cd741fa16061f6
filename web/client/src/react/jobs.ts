import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useZoned } from "./context";
import { zonedKeys } from "./keys";

/** The latest jobs of a document, kept current by events. */
export function useJobs(documentId: string) {
  const zoned = useZoned();
  return useQuery({
    queryKey: zonedKeys.jobs.list(documentId),
    queryFn: ({ signal }) => zoned.jobs.list({ documentId }, { signal }),
  });
}

/** Ends a queued or running job. */
export function useCancelJob() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => zoned.jobs.cancel(id),
    onSettled: () => queries.invalidateQueries({ queryKey: zonedKeys.jobs.all() }),
  });
}

/** Queues a dead or canceled job again. */
export function useRetryJob() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => zoned.jobs.retry(id),
    onSettled: () => queries.invalidateQueries({ queryKey: zonedKeys.jobs.all() }),
  });
}
