/** Opens the system's dialog to choose PDFs. Resolves with none when it is closed. */
export function chooseFiles(): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = "application/pdf,.pdf";
    input.multiple = true;
    input.hidden = true;
    // Chromium forgets an input that is not in the page before its dialog is closed.
    document.body.append(input);
    const settle = () => {
      resolve([...(input.files ?? [])]);
      input.remove();
    };
    input.addEventListener("change", settle);
    input.addEventListener("cancel", settle);
    input.click();
  });
}
