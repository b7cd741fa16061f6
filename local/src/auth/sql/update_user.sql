update auth.users
   set aud = $2, role = $3, email = $4, encrypted_password = $5, email_confirmed_at = $6,
       raw_app_meta_data = $7, raw_user_meta_data = $8, is_anonymous = $9, banned_until = $10, updated_at = now()
 where id = $1
