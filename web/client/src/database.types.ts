export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  public: {
    Tables: {
      api_tokens: {
        Row: {
          created_at: string
          expires_at: string
          id: string
          last_used_at: string | null
          name: string
          owner: string
          prefix: string
          revoked_at: string | null
          scope: Database["public"]["Enums"]["token_scope"]
        }
        Insert: {
          created_at?: string
          expires_at: string
          id?: string
          last_used_at?: string | null
          name: string
          owner: string
          prefix: string
          revoked_at?: string | null
          scope: Database["public"]["Enums"]["token_scope"]
        }
        Update: {
          created_at?: string
          expires_at?: string
          id?: string
          last_used_at?: string | null
          name?: string
          owner?: string
          prefix?: string
          revoked_at?: string | null
          scope?: Database["public"]["Enums"]["token_scope"]
        }
        Relationships: []
      }
      documents: {
        Row: {
          byte_size: number | null
          created_at: string
          error: Json | null
          id: string
          metadata: NonNullable<Json>
          name: string
          object_path: string
          owner: string
          page_count: number | null
          sha256: string | null
          status: Database["public"]["Enums"]["document_status"]
          updated_at: string
          upload_expires_at: string
        }
        Insert: {
          byte_size?: number | null
          created_at?: string
          error?: Json | null
          id?: string
          metadata?: NonNullable<Json>
          name: string
          object_path?: never
          owner?: string
          page_count?: number | null
          sha256?: string | null
          status?: Database["public"]["Enums"]["document_status"]
          updated_at?: string
          upload_expires_at?: string
        }
        Update: {
          byte_size?: number | null
          created_at?: string
          error?: Json | null
          id?: string
          metadata?: NonNullable<Json>
          name?: string
          object_path?: never
          owner?: string
          page_count?: number | null
          sha256?: string | null
          status?: Database["public"]["Enums"]["document_status"]
          updated_at?: string
          upload_expires_at?: string
        }
        Relationships: []
      }
      export_presets: {
        Row: {
          created_at: string
          format: Database["public"]["Enums"]["export_format"]
          id: string
          name: string
          options: NonNullable<Json>
          owner: string
        }
        Insert: {
          created_at?: string
          format: Database["public"]["Enums"]["export_format"]
          id?: string
          name: string
          options?: NonNullable<Json>
          owner?: string
        }
        Update: {
          created_at?: string
          format?: Database["public"]["Enums"]["export_format"]
          id?: string
          name?: string
          options?: NonNullable<Json>
          owner?: string
        }
        Relationships: []
      }
      exports: {
        Row: {
          byte_size: number | null
          created_at: string
          document_id: string
          error: Json | null
          expires_at: string
          format: Database["public"]["Enums"]["export_format"]
          id: string
          object_path: string
          options: NonNullable<Json>
          owner: string
          sha256: string | null
          status: Database["public"]["Enums"]["export_status"]
          updated_at: string
        }
        Insert: {
          byte_size?: number | null
          created_at?: string
          document_id: string
          error?: Json | null
          expires_at?: string
          format: Database["public"]["Enums"]["export_format"]
          id?: string
          object_path?: never
          options?: NonNullable<Json>
          owner?: string
          sha256?: string | null
          status?: Database["public"]["Enums"]["export_status"]
          updated_at?: string
        }
        Update: {
          byte_size?: number | null
          created_at?: string
          document_id?: string
          error?: Json | null
          expires_at?: string
          format?: Database["public"]["Enums"]["export_format"]
          id?: string
          object_path?: never
          options?: NonNullable<Json>
          owner?: string
          sha256?: string | null
          status?: Database["public"]["Enums"]["export_status"]
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "exports_document_id_owner_fkey"
            columns: ["document_id", "owner"]
            isOneToOne: false
            referencedRelation: "documents"
            referencedColumns: ["id", "owner"]
          },
        ]
      }
      job_events: {
        Row: {
          at: string
          document_id: string
          job_id: string | null
          kind: string
          owner: string
          payload: NonNullable<Json>
          seq: number
          written_in: unknown
        }
        Insert: {
          at?: string
          document_id: string
          job_id?: string | null
          kind: string
          owner: string
          payload?: NonNullable<Json>
          seq: number
          written_in?: unknown
        }
        Update: {
          at?: string
          document_id?: string
          job_id?: string | null
          kind?: string
          owner?: string
          payload?: NonNullable<Json>
          seq?: number
          written_in?: unknown
        }
        Relationships: [
          {
            foreignKeyName: "job_events_document_id_owner_fkey"
            columns: ["document_id", "owner"]
            isOneToOne: false
            referencedRelation: "documents"
            referencedColumns: ["id", "owner"]
          },
        ]
      }
      job_progress: {
        Row: {
          document_id: string
          eta_seconds: number | null
          job_id: string
          message: string | null
          owner: string
          pages_done: number
          pages_total: number | null
          percent: number | null
          stage: string
          updated_at: string
        }
        Insert: {
          document_id: string
          eta_seconds?: number | null
          job_id: string
          message?: string | null
          owner: string
          pages_done?: number
          pages_total?: number | null
          percent?: never
          stage: string
          updated_at?: string
        }
        Update: {
          document_id?: string
          eta_seconds?: number | null
          job_id?: string
          message?: string | null
          owner?: string
          pages_done?: number
          pages_total?: number | null
          percent?: never
          stage?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "job_progress_document_id_owner_fkey"
            columns: ["document_id", "owner"]
            isOneToOne: false
            referencedRelation: "documents"
            referencedColumns: ["id", "owner"]
          },
          {
            foreignKeyName: "job_progress_job_id_fkey"
            columns: ["job_id"]
            isOneToOne: true
            referencedRelation: "jobs"
            referencedColumns: ["id"]
          },
        ]
      }
      jobs: {
        Row: {
          attempts: number
          checkpoint: NonNullable<Json>
          created_at: string
          document_id: string
          error: Json | null
          export_id: string | null
          finished_at: string | null
          id: string
          kind: Database["public"]["Enums"]["job_kind"]
          lease_expires_at: string | null
          lease_owner: string | null
          lease_token: string | null
          max_attempts: number
          owner: string
          params: NonNullable<Json>
          priority: number
          run_after: string
          started_at: string | null
          state: Database["public"]["Enums"]["job_state"]
        }
        Insert: {
          attempts?: number
          checkpoint?: NonNullable<Json>
          created_at?: string
          document_id: string
          error?: Json | null
          export_id?: string | null
          finished_at?: string | null
          id?: string
          kind: Database["public"]["Enums"]["job_kind"]
          lease_expires_at?: string | null
          lease_owner?: string | null
          lease_token?: string | null
          max_attempts?: number
          owner: string
          params?: NonNullable<Json>
          priority?: number
          run_after?: string
          started_at?: string | null
          state?: Database["public"]["Enums"]["job_state"]
        }
        Update: {
          attempts?: number
          checkpoint?: NonNullable<Json>
          created_at?: string
          document_id?: string
          error?: Json | null
          export_id?: string | null
          finished_at?: string | null
          id?: string
          kind?: Database["public"]["Enums"]["job_kind"]
          lease_expires_at?: string | null
          lease_owner?: string | null
          lease_token?: string | null
          max_attempts?: number
          owner?: string
          params?: NonNullable<Json>
          priority?: number
          run_after?: string
          started_at?: string | null
          state?: Database["public"]["Enums"]["job_state"]
        }
        Relationships: [
          {
            foreignKeyName: "jobs_document_id_owner_fkey"
            columns: ["document_id", "owner"]
            isOneToOne: false
            referencedRelation: "documents"
            referencedColumns: ["id", "owner"]
          },
          {
            foreignKeyName: "jobs_export_id_fkey"
            columns: ["export_id"]
            isOneToOne: false
            referencedRelation: "exports"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "jobs_lease_owner_fkey"
            columns: ["lease_owner"]
            isOneToOne: false
            referencedRelation: "workers"
            referencedColumns: ["id"]
          },
        ]
      }
      pages: {
        Row: {
          created_at: string
          document_id: string
          error: Json | null
          height: number
          image_path: string | null
          owner: string
          page_number: number
          rotation: number
          text_source: Database["public"]["Enums"]["text_source"]
          width: number
        }
        Insert: {
          created_at?: string
          document_id: string
          error?: Json | null
          height: number
          image_path?: string | null
          owner: string
          page_number: number
          rotation?: number
          text_source: Database["public"]["Enums"]["text_source"]
          width: number
        }
        Update: {
          created_at?: string
          document_id?: string
          error?: Json | null
          height?: number
          image_path?: string | null
          owner?: string
          page_number?: number
          rotation?: number
          text_source?: Database["public"]["Enums"]["text_source"]
          width?: number
        }
        Relationships: [
          {
            foreignKeyName: "pages_document_id_owner_fkey"
            columns: ["document_id", "owner"]
            isOneToOne: false
            referencedRelation: "documents"
            referencedColumns: ["id", "owner"]
          },
        ]
      }
      quotas: {
        Row: {
          export_days: number | null
          max_active_jobs: number | null
          max_bytes: number | null
          max_pages: number | null
          owner: string
          updated_at: string
        }
        Insert: {
          export_days?: number | null
          max_active_jobs?: number | null
          max_bytes?: number | null
          max_pages?: number | null
          owner: string
          updated_at?: string
        }
        Update: {
          export_days?: number | null
          max_active_jobs?: number | null
          max_bytes?: number | null
          max_pages?: number | null
          owner?: string
          updated_at?: string
        }
        Relationships: []
      }
      user_settings: {
        Row: {
          owner: string
          settings: NonNullable<Json>
          updated_at: string
        }
        Insert: {
          owner?: string
          settings?: NonNullable<Json>
          updated_at?: string
        }
        Update: {
          owner?: string
          settings?: NonNullable<Json>
          updated_at?: string
        }
        Relationships: []
      }
      view_states: {
        Row: {
          document_id: string
          owner: string
          state: NonNullable<Json>
          updated_at: string
        }
        Insert: {
          document_id: string
          owner?: string
          state?: NonNullable<Json>
          updated_at?: string
        }
        Update: {
          document_id?: string
          owner?: string
          state?: NonNullable<Json>
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "view_states_document_id_owner_fkey"
            columns: ["document_id", "owner"]
            isOneToOne: false
            referencedRelation: "documents"
            referencedColumns: ["id", "owner"]
          },
        ]
      }
      webhook_deliveries: {
        Row: {
          attempts: number
          created_at: string
          delivered_at: string | null
          error: string | null
          event: string
          id: string
          next_attempt_at: string
          owner: string
          payload: NonNullable<Json>
          response_status: number | null
          state: Database["public"]["Enums"]["delivery_state"]
          webhook_id: string
        }
        Insert: {
          attempts?: number
          created_at?: string
          delivered_at?: string | null
          error?: string | null
          event: string
          id?: string
          next_attempt_at?: string
          owner: string
          payload: NonNullable<Json>
          response_status?: number | null
          state?: Database["public"]["Enums"]["delivery_state"]
          webhook_id: string
        }
        Update: {
          attempts?: number
          created_at?: string
          delivered_at?: string | null
          error?: string | null
          event?: string
          id?: string
          next_attempt_at?: string
          owner?: string
          payload?: NonNullable<Json>
          response_status?: number | null
          state?: Database["public"]["Enums"]["delivery_state"]
          webhook_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "webhook_deliveries_webhook_id_owner_fkey"
            columns: ["webhook_id", "owner"]
            isOneToOne: false
            referencedRelation: "webhooks"
            referencedColumns: ["id", "owner"]
          },
        ]
      }
      webhooks: {
        Row: {
          created_at: string
          description: string
          enabled: boolean
          events: string[]
          id: string
          owner: string
          updated_at: string
          url: string
        }
        Insert: {
          created_at?: string
          description?: string
          enabled?: boolean
          events: string[]
          id?: string
          owner?: string
          updated_at?: string
          url: string
        }
        Update: {
          created_at?: string
          description?: string
          enabled?: boolean
          events?: string[]
          id?: string
          owner?: string
          updated_at?: string
          url?: string
        }
        Relationships: []
      }
      workers: {
        Row: {
          account: string
          capacity: number
          host: string
          id: string
          last_seen: string
          protocol_version: number
          started_at: string
          version: string
        }
        Insert: {
          account: string
          capacity: number
          host: string
          id?: string
          last_seen?: string
          protocol_version: number
          started_at?: string
          version: string
        }
        Update: {
          account?: string
          capacity?: number
          host?: string
          id?: string
          last_seen?: string
          protocol_version?: number
          started_at?: string
          version?: string
        }
        Relationships: []
      }
      zone_revisions: {
        Row: {
          bbox_height: number
          bbox_width: number
          bbox_x: number
          bbox_y: number
          changed_at: string
          changed_by: string | null
          confidence: number
          content: string
          document_id: string
          edited: boolean
          engine_version: string | null
          items: Json | null
          kind: Database["public"]["Enums"]["zone_kind"]
          level: number | null
          operation: string
          origin: Database["public"]["Enums"]["zone_origin"]
          owner: string
          page_number: number
          reading_order: number
          revision: number
          table: Json | null
          zone_id: string
        }
        Insert: {
          bbox_height: number
          bbox_width: number
          bbox_x: number
          bbox_y: number
          changed_at?: string
          changed_by?: string | null
          confidence: number
          content: string
          document_id: string
          edited?: boolean
          engine_version?: string | null
          items?: Json | null
          kind: Database["public"]["Enums"]["zone_kind"]
          level?: number | null
          operation: string
          origin: Database["public"]["Enums"]["zone_origin"]
          owner: string
          page_number: number
          reading_order: number
          revision: number
          table?: Json | null
          zone_id: string
        }
        Update: {
          bbox_height?: number
          bbox_width?: number
          bbox_x?: number
          bbox_y?: number
          changed_at?: string
          changed_by?: string | null
          confidence?: number
          content?: string
          document_id?: string
          edited?: boolean
          engine_version?: string | null
          items?: Json | null
          kind?: Database["public"]["Enums"]["zone_kind"]
          level?: number | null
          operation?: string
          origin?: Database["public"]["Enums"]["zone_origin"]
          owner?: string
          page_number?: number
          reading_order?: number
          revision?: number
          table?: Json | null
          zone_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "zone_revisions_document_id_owner_fkey"
            columns: ["document_id", "owner"]
            isOneToOne: false
            referencedRelation: "documents"
            referencedColumns: ["id", "owner"]
          },
        ]
      }
      zones: {
        Row: {
          bbox_height: number
          bbox_width: number
          bbox_x: number
          bbox_y: number
          confidence: number
          content: string
          created_at: string
          document_id: string
          edited: boolean
          engine_version: string | null
          id: string
          items: Json | null
          kind: Database["public"]["Enums"]["zone_kind"]
          level: number | null
          origin: Database["public"]["Enums"]["zone_origin"]
          owner: string
          page_number: number
          reading_order: number
          revision: number
          table: Json | null
          updated_at: string
        }
        Insert: {
          bbox_height: number
          bbox_width: number
          bbox_x: number
          bbox_y: number
          confidence?: number
          content?: string
          created_at?: string
          document_id: string
          edited?: boolean
          engine_version?: string | null
          id?: string
          items?: Json | null
          kind: Database["public"]["Enums"]["zone_kind"]
          level?: number | null
          origin?: Database["public"]["Enums"]["zone_origin"]
          owner?: string
          page_number: number
          reading_order: number
          revision?: number
          table?: Json | null
          updated_at?: string
        }
        Update: {
          bbox_height?: number
          bbox_width?: number
          bbox_x?: number
          bbox_y?: number
          confidence?: number
          content?: string
          created_at?: string
          document_id?: string
          edited?: boolean
          engine_version?: string | null
          id?: string
          items?: Json | null
          kind?: Database["public"]["Enums"]["zone_kind"]
          level?: number | null
          origin?: Database["public"]["Enums"]["zone_origin"]
          owner?: string
          page_number?: number
          reading_order?: number
          revision?: number
          table?: Json | null
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "zones_document_id_page_number_fkey"
            columns: ["document_id", "page_number"]
            isOneToOne: false
            referencedRelation: "pages"
            referencedColumns: ["document_id", "page_number"]
          },
        ]
      }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      backup_document: {
        Args: { document_id: string; with_rows?: boolean }
        Returns: Json
      }
      backup_documents: {
        Args: { after_id: string; max_documents: number }
        Returns: Json
      }
      backup_rows: {
        Args: {
          after_key: Json
          document_id: string
          max_rows: number
          schema_name: string
          table_name: string
        }
        Returns: Json
      }
      backup_tables: { Args: Record<PropertyKey, never>; Returns: Json }
      backup_users: {
        Args: { after_id: string; max_users: number }
        Returns: Json
      }
      begin_request: {
        Args: {
          idempotency_key?: string
          operation?: string
          request_hash?: string
        }
        Returns: Json
      }
      cancel_document: {
        Args: { document_id: string }
        Returns: {
          byte_size: number | null
          created_at: string
          error: Json | null
          id: string
          metadata: NonNullable<Json>
          name: string
          object_path: string
          owner: string
          page_count: number | null
          sha256: string | null
          status: Database["public"]["Enums"]["document_status"]
          updated_at: string
          upload_expires_at: string
        }
        SetofOptions: {
          from: "*"
          to: "documents"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      cancel_job: {
        Args: { job_id: string }
        Returns: {
          attempts: number
          checkpoint: NonNullable<Json>
          created_at: string
          document_id: string
          error: Json | null
          export_id: string | null
          finished_at: string | null
          id: string
          kind: Database["public"]["Enums"]["job_kind"]
          lease_expires_at: string | null
          lease_owner: string | null
          lease_token: string | null
          max_attempts: number
          owner: string
          params: NonNullable<Json>
          priority: number
          run_after: string
          started_at: string | null
          state: Database["public"]["Enums"]["job_state"]
        }
        SetofOptions: {
          from: "*"
          to: "jobs"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      create_api_token: {
        Args: {
          expires_in_days?: number
          name: string
          scope?: Database["public"]["Enums"]["token_scope"]
        }
        Returns: Json
      }
      create_document: {
        Args: {
          byte_size?: number
          metadata?: Json
          name: string
          sha256?: string
          upload_seconds?: number
        }
        Returns: {
          byte_size: number | null
          created_at: string
          error: Json | null
          id: string
          metadata: NonNullable<Json>
          name: string
          object_path: string
          owner: string
          page_count: number | null
          sha256: string | null
          status: Database["public"]["Enums"]["document_status"]
          updated_at: string
          upload_expires_at: string
        }
        SetofOptions: {
          from: "*"
          to: "documents"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      delete_account: { Args: Record<PropertyKey, never>; Returns: Json }
      document_objects: {
        Args: { document_ids: string[] }
        Returns: {
          bucket_id: string
          name: string
        }[]
      }
      draw_zone: {
        Args: {
          box: Json
          document_id: string
          kind?: Database["public"]["Enums"]["zone_kind"]
          page_number: number
        }
        Returns: {
          attempts: number
          checkpoint: NonNullable<Json>
          created_at: string
          document_id: string
          error: Json | null
          export_id: string | null
          finished_at: string | null
          id: string
          kind: Database["public"]["Enums"]["job_kind"]
          lease_expires_at: string | null
          lease_owner: string | null
          lease_token: string | null
          max_attempts: number
          owner: string
          params: NonNullable<Json>
          priority: number
          run_after: string
          started_at: string | null
          state: Database["public"]["Enums"]["job_state"]
        }
        SetofOptions: {
          from: "*"
          to: "jobs"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      end_request: {
        Args: { idempotency_key: string; response?: Json }
        Returns: undefined
      }
      events_since: {
        Args: { after_seq: number; document_id: string; max_events?: number }
        Returns: {
          at: string
          document_id: string
          job_id: string | null
          kind: string
          owner: string
          payload: NonNullable<Json>
          seq: number
          written_in: unknown
        }[]
        SetofOptions: {
          from: "*"
          to: "job_events"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      merge_settings: {
        Args: { patch: Json }
        Returns: {
          owner: string
          settings: NonNullable<Json>
          updated_at: string
        }
        SetofOptions: {
          from: "*"
          to: "user_settings"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      order_zones: {
        Args: { document_id: string; page_number: number; zone_ids: string[] }
        Returns: {
          bbox_height: number
          bbox_width: number
          bbox_x: number
          bbox_y: number
          confidence: number
          content: string
          created_at: string
          document_id: string
          edited: boolean
          engine_version: string | null
          id: string
          items: Json | null
          kind: Database["public"]["Enums"]["zone_kind"]
          level: number | null
          origin: Database["public"]["Enums"]["zone_origin"]
          owner: string
          page_number: number
          reading_order: number
          revision: number
          table: Json | null
          updated_at: string
        }[]
        SetofOptions: {
          from: "*"
          to: "zones"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      quota_usage: {
        Args: Record<PropertyKey, never>
        Returns: Database["public"]["CompositeTypes"]["quota_usage"]
        SetofOptions: {
          from: "*"
          to: "quota_usage"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      redeem_api_token: { Args: { token: string }; Returns: Json }
      reprocess_zone: {
        Args: {
          box?: Json
          kind?: Database["public"]["Enums"]["zone_kind"]
          revision?: number
          zone_id: string
        }
        Returns: {
          attempts: number
          checkpoint: NonNullable<Json>
          created_at: string
          document_id: string
          error: Json | null
          export_id: string | null
          finished_at: string | null
          id: string
          kind: Database["public"]["Enums"]["job_kind"]
          lease_expires_at: string | null
          lease_owner: string | null
          lease_token: string | null
          max_attempts: number
          owner: string
          params: NonNullable<Json>
          priority: number
          run_after: string
          started_at: string | null
          state: Database["public"]["Enums"]["job_state"]
        }
        SetofOptions: {
          from: "*"
          to: "jobs"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      request_export: {
        Args: {
          document_id: string
          format: Database["public"]["Enums"]["export_format"]
          options?: Json
        }
        Returns: {
          byte_size: number | null
          created_at: string
          document_id: string
          error: Json | null
          expires_at: string
          format: Database["public"]["Enums"]["export_format"]
          id: string
          object_path: string
          options: NonNullable<Json>
          owner: string
          sha256: string | null
          status: Database["public"]["Enums"]["export_status"]
          updated_at: string
        }
        SetofOptions: {
          from: "*"
          to: "exports"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      restore_tables: { Args: { tables: Json }; Returns: number }
      restore_zone: {
        Args: { expected_revision?: number; revision: number; zone_id: string }
        Returns: {
          bbox_height: number
          bbox_width: number
          bbox_x: number
          bbox_y: number
          confidence: number
          content: string
          created_at: string
          document_id: string
          edited: boolean
          engine_version: string | null
          id: string
          items: Json | null
          kind: Database["public"]["Enums"]["zone_kind"]
          level: number | null
          origin: Database["public"]["Enums"]["zone_origin"]
          owner: string
          page_number: number
          reading_order: number
          revision: number
          table: Json | null
          updated_at: string
        }
        SetofOptions: {
          from: "*"
          to: "zones"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      retry_document: {
        Args: { document_id: string }
        Returns: {
          byte_size: number | null
          created_at: string
          error: Json | null
          id: string
          metadata: NonNullable<Json>
          name: string
          object_path: string
          owner: string
          page_count: number | null
          sha256: string | null
          status: Database["public"]["Enums"]["document_status"]
          updated_at: string
          upload_expires_at: string
        }
        SetofOptions: {
          from: "*"
          to: "documents"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      retry_job: {
        Args: { job_id: string }
        Returns: {
          attempts: number
          checkpoint: NonNullable<Json>
          created_at: string
          document_id: string
          error: Json | null
          export_id: string | null
          finished_at: string | null
          id: string
          kind: Database["public"]["Enums"]["job_kind"]
          lease_expires_at: string | null
          lease_owner: string | null
          lease_token: string | null
          max_attempts: number
          owner: string
          params: NonNullable<Json>
          priority: number
          run_after: string
          started_at: string | null
          state: Database["public"]["Enums"]["job_state"]
        }
        SetofOptions: {
          from: "*"
          to: "jobs"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      revoke_api_token: {
        Args: { token_id: string }
        Returns: {
          created_at: string
          expires_at: string
          id: string
          last_used_at: string | null
          name: string
          owner: string
          prefix: string
          revoked_at: string | null
          scope: Database["public"]["Enums"]["token_scope"]
        }
        SetofOptions: {
          from: "*"
          to: "api_tokens"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      rotate_webhook_secret: {
        Args: Record<PropertyKey, never>
        Returns: string
      }
      search_documents: {
        Args: { query: string }
        Returns: {
          byte_size: number | null
          created_at: string
          error: Json | null
          id: string
          metadata: NonNullable<Json>
          name: string
          object_path: string
          owner: string
          page_count: number | null
          sha256: string | null
          status: Database["public"]["Enums"]["document_status"]
          updated_at: string
          upload_expires_at: string
        }[]
        SetofOptions: {
          from: "*"
          to: "documents"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      search_zones: {
        Args: { document_id: string; query: string }
        Returns: {
          bbox_height: number
          bbox_width: number
          bbox_x: number
          bbox_y: number
          confidence: number
          content: string
          created_at: string
          document_id: string
          edited: boolean
          engine_version: string | null
          id: string
          items: Json | null
          kind: Database["public"]["Enums"]["zone_kind"]
          level: number | null
          origin: Database["public"]["Enums"]["zone_origin"]
          owner: string
          page_number: number
          reading_order: number
          revision: number
          table: Json | null
          updated_at: string
        }[]
        SetofOptions: {
          from: "*"
          to: "zones"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      service_health: { Args: Record<PropertyKey, never>; Returns: Json }
      set_private_hosts: { Args: { hosts: string[] }; Returns: undefined }
      set_quota: {
        Args: {
          export_days?: number
          max_active_jobs?: number
          max_bytes?: number
          max_pages?: number
          owner?: string
        }
        Returns: undefined
      }
      settle_webhook_test: {
        Args: { delivery_id: string; error?: string; status?: number }
        Returns: {
          attempts: number
          created_at: string
          delivered_at: string | null
          error: string | null
          event: string
          id: string
          next_attempt_at: string
          owner: string
          payload: NonNullable<Json>
          response_status: number | null
          state: Database["public"]["Enums"]["delivery_state"]
          webhook_id: string
        }
        SetofOptions: {
          from: "*"
          to: "webhook_deliveries"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      test_webhook: { Args: { webhook_id: string }; Returns: Json }
      user_events_since: {
        Args: { after_cursor?: string; max_events?: number }
        Returns: Json
      }
      webhook_secret: { Args: Record<PropertyKey, never>; Returns: string }
    }
    Enums: {
      delivery_state: "pending" | "delivered" | "failed"
      document_status:
        | "awaiting_upload"
        | "queued"
        | "processing"
        | "ready"
        | "failed"
      export_format:
        | "markdown"
        | "json"
        | "jsonl"
        | "chunks"
        | "csv"
        | "xlsx"
        | "html"
        | "text"
      export_status: "queued" | "running" | "ready" | "failed" | "expired"
      job_kind: "process_document" | "process_zone" | "export"
      job_state: "queued" | "running" | "succeeded" | "dead" | "canceled"
      text_source: "native" | "ocr" | "none"
      token_scope: "read" | "write"
      zone_kind:
        | "title"
        | "heading"
        | "paragraph"
        | "list"
        | "list_item"
        | "table"
        | "figure"
        | "caption"
        | "header"
        | "footer"
        | "page_number"
        | "footnote"
        | "formula"
        | "code"
        | "form_field"
        | "toc"
        | "watermark"
      zone_origin: "engine" | "user"
    }
    CompositeTypes: {
      quota_usage: {
        bytes: number | null
        max_bytes: number | null
        pages: number | null
        max_pages: number | null
        active_jobs: number | null
        max_active_jobs: number | null
        export_days: number | null
      }
    }
  }
}

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] &
        DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] &
        DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I
      }
      ? I
      : never
    : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U
      }
      ? U
      : never
    : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never) = never,
> = DefaultSchemaEnumNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never) = never,
> = PublicCompositeTypeNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never

export const Constants = {
  public: {
    Enums: {
      delivery_state: ["pending", "delivered", "failed"],
      document_status: [
        "awaiting_upload",
        "queued",
        "processing",
        "ready",
        "failed",
      ],
      export_format: [
        "markdown",
        "json",
        "jsonl",
        "chunks",
        "csv",
        "xlsx",
        "html",
        "text",
      ],
      export_status: ["queued", "running", "ready", "failed", "expired"],
      job_kind: ["process_document", "process_zone", "export"],
      job_state: ["queued", "running", "succeeded", "dead", "canceled"],
      text_source: ["native", "ocr", "none"],
      token_scope: ["read", "write"],
      zone_kind: [
        "title",
        "heading",
        "paragraph",
        "list",
        "list_item",
        "table",
        "figure",
        "caption",
        "header",
        "footer",
        "page_number",
        "footnote",
        "formula",
        "code",
        "form_field",
        "toc",
        "watermark",
      ],
      zone_origin: ["engine", "user"],
    },
  },
} as const
