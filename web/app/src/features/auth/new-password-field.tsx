import { Field } from "@/components/field";
import { PASSWORD_LENGTH } from "./messages";
import { PasswordInput } from "./password-input";

/** Where a new password is chosen, as form field `password`; `advice` goes on after its least length. */
export function NewPasswordField({
  label,
  advice,
  autoFocus = false,
}: {
  label: string;
  advice?: string;
  autoFocus?: boolean;
}) {
  const length = `At least ${PASSWORD_LENGTH} characters.`;
  return (
    <Field label={label} hint={advice ? `${length} ${advice}` : length}>
      {(control) => (
        <PasswordInput
          {...control}
          name="password"
          autoComplete="new-password"
          minLength={PASSWORD_LENGTH}
          required
          autoFocus={autoFocus}
        />
      )}
    </Field>
  );
}
