// Types from the contract: `npx openapi-typescript@7 capstone/openapi.yaml -o api.d.ts`, then `npx tsc --noEmit --strict typed.ts`.
import type { paths } from "./api";

// --8<-- [start:typed]
type Page = paths["/api/v1/audiobooks/"]["get"]["responses"][200]["content"]["application/json"];

export function minutes(page: Page): number[] {
  return page.results.map((recording) => Math.round(recording.duration_ms / 60_000));
}
// --8<-- [end:typed]

// --8<-- [start:wrong]
export function seconds(page: Page): number[] {
  return page.results.map((recording) => recording.duration_s);
}
// --8<-- [end:wrong]
