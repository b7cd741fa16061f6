update auth.refresh_tokens set revoked = true, updated_at = now() where session_id = $1 and not revoked
