export { useApiTokens, useCreateApiToken, useRevokeApiToken } from "./api_tokens.js";
export { createZonedQueryClient, useZoned, ZonedProvider, type ZonedProviderProps } from "./context.js";
export {
  useCancelDocument,
  useDeleteDocuments,
  useDocument,
  useDocuments,
  useRenameDocument,
  useRetryDocument,
} from "./documents.js";
export {
  ErrorMessage,
  type FallbackProps,
  ZonedErrorBoundary,
  type ZonedErrorBoundaryProps,
} from "./error_boundary.js";
export {
  useDeleteExport,
  useDeletePreset,
  useExportProgress,
  useExports,
  usePresets,
  useRequestExport,
  useSavePreset,
} from "./exports.js";
export { useCancelJob, useJobs, useRetryJob } from "./jobs.js";
export { zonedKeys } from "./keys.js";
export { useConnection, useInterruptedUploads, useObservable, useUploads } from "./observed.js";
export { useFileUrl, usePages } from "./pages.js";
export { createReaderStore, type Panes, type ReaderState, useReader, type Zoom } from "./reader_store.js";
export { useSettings, useViewState } from "./settings.js";
export {
  Empty,
  type EmptyProps,
  Loading,
  type LoadingProps,
  QueryView,
  type QueryViewProps,
} from "./states.js";
export {
  useCreateWebhook,
  useDeleteWebhook,
  useRotateWebhookSecret,
  useTestWebhook,
  useUpdateWebhook,
  useWebhookDeliveries,
  useWebhookSecret,
  useWebhooks,
  useWebhooksAvailable,
} from "./webhooks.js";
export {
  type UseZoneEditOptions,
  useAddZone,
  useDeleteZone,
  useDrawZone,
  useOrderZones,
  useReprocessZone,
  useRestoreZone,
  useUpdateZone,
  type ZoneConflict,
} from "./zone_edits.js";
export {
  prefetchZones,
  type UseZonesOptions,
  useZoneHistory,
  useZoneRevisions,
  useZoneSearch,
  useZones,
} from "./zones.js";
