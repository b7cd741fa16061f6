import { type FormEvent, useState } from "react";
import { authMessage } from "./messages";

/** A form's way to the server and back: `busy` meanwhile, `failure` in words afterwards. */
export function useSubmit(send: (fields: (name: string) => string) => Promise<{ error: unknown }>) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const data = new FormData(event.currentTarget);
    setBusy(true);
    setFailure(undefined);
    try {
      const { error } = await send((name) => String(data.get(name) ?? ""));
      if (error) setFailure(authMessage(error));
    } catch (error) {
      setFailure(authMessage(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, failure, setFailure, onSubmit };
}
