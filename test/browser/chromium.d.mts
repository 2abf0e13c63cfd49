import type { Page } from "playwright-core";

export const executablePath: string;
export const installed: boolean;

export interface Chromium {
  readonly version: string;
  open(failed?: (why: string) => void): Promise<Page>;
  close(): Promise<void>;
}

export const browse: (
  files: Readonly<Record<string, string | Uint8Array>>,
  headers?: Readonly<Record<string, string>>,
) => Promise<Chromium>;
