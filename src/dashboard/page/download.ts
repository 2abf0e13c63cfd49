/** Saves a text as a file of the visitor's. */
export const download = (name: string, type: string, text: string): void => {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "chart"}.${type === "text/csv" ? "csv" : "svg"}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000); // not before it has been read
};
