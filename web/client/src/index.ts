export type { Account, Usage } from "./account.js";
export type { ApiTokenRequest, ApiTokens } from "./api_tokens.js";
export { createZonedClient, type ZonedClient, type ZonedClientOptions } from "./client.js";
export type { CallOptions, ZonedSupabase } from "./context.js";
export type { Database } from "./database.types.js";
export type { DocumentQuery, DocumentSort, Documents } from "./documents.js";
export { isZonedError, ZonedError, type ZonedErrorCode, type ZonedErrorParts } from "./error.js";
export { toZonedError } from "./error_from.js";
export type { Exports } from "./exports.js";
export type { Jobs } from "./jobs.js";
export type { ApiToken, NewApiToken, TokenScope } from "./model/api_token.js";
export {
  DOCUMENT_STATUSES,
  type Document,
  type DocumentStatus,
  type Progress,
  type Stage,
} from "./model/document.js";
export type { ZonedEvent, ZonedEventKind } from "./model/event.js";
export {
  EXPORT_FORMATS,
  type Export,
  type ExportFormat,
  type ExportOptions,
  type ExportPreset,
  type ExportStatus,
} from "./model/export.js";
export type { Failure } from "./model/failure.js";
export type { Job, JobKind, JobParams, JobState } from "./model/job.js";
export type { Json, JsonObject } from "./model/json.js";
export type { Page, TextSource } from "./model/page.js";
export {
  type DeliveryState,
  WEBHOOK_EVENTS,
  type Webhook,
  type WebhookDelivery,
  type WebhookEvent,
  type WebhookTest,
} from "./model/webhook.js";
export {
  type Box,
  type ListItem,
  type TableCell,
  tableText,
  ZONE_KINDS,
  type Zone,
  type ZoneKind,
  type ZoneOrigin,
  type ZoneRevision,
  type ZoneTable,
} from "./model/zone.js";
export type { Observable } from "./observable.js";
export type { PageRange, Pages } from "./pages.js";
export type { Slice } from "./paging.js";
export type { Presets } from "./presets.js";
export type { Backlog, EventPage } from "./realtime/backlog.js";
export type { ConnectionState } from "./realtime/connection.js";
export type { Environment } from "./realtime/environment.js";
export type { Rhythm } from "./realtime/topic.js";
export type { Transport, TransportHandlers } from "./realtime/transport.js";
export type { Watcher, WatchHandlers, WatchParts } from "./realtime/watch.js";
export type { Settings, SettingsStore, ViewStates } from "./settings.js";
export { checkFile, MAX_FILE_SIZE } from "./upload/check.js";
export { sha256 } from "./upload/checksum.js";
export type { InterruptedUpload, KeyValueStore } from "./upload/memory.js";
export type { Uploads } from "./upload/queue.js";
export type { UploadFileOptions, UploadHandle, UploadState, UploadStatus } from "./upload/upload.js";
export type { NewWebhook, WebhookChange, Webhooks } from "./webhooks.js";
export type { EditOptions, NewZone, ZoneChange, Zones } from "./zones.js";
